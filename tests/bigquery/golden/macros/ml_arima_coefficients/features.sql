select origin_airport_code, processed_input, weight from ml.arima_coefficients(
    model `demo`.`azekura_ml`.`ml_flight__series_with_features`
) as coefficients
