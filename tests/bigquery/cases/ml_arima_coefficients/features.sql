select origin_airport_code, processed_input, weight from {{ bigquery__ml_arima_coefficients('`demo`.`azekura_ml`.`ml_flight__series_with_features`') }} as coefficients
