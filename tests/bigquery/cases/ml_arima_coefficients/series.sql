select origin_airport_code, ar_coefficients[safe_offset(0)] as first_ar from {{ bigquery__ml_arima_coefficients('`demo`.`azekura_ml`.`ml_flight__series`') }} as coefficients
