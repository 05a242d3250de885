select origin_airport_code, forecast_timestamp, forecast_value from {{ bigquery__ml_forecast('`demo`.`azekura_ml`.`ml_flight__series`', 14, 0.8) }} as forecast
