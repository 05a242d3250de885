select origin_airport_code, mean_absolute_scaled_error from {{ bigquery__ml_evaluate('`demo`.`azekura_ml`.`ml_flight__series`', '`demo`.`marts`.`daily`', {'horizon': 14}) }} as evaluation
