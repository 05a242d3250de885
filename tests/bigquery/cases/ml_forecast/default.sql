select * from {{ bigquery__ml_forecast('`demo`.`azekura_ml`.`ml_flight__series`', none, none) }} as forecast
