select origin_airport_code, aic, error_message from {{ bigquery__ml_arima_evaluate('`demo`.`azekura_ml`.`ml_flight__series`', true) }} as candidates
