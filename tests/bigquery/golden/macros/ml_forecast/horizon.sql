select origin_airport_code, forecast_timestamp, forecast_value from ml.forecast(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    struct(14 as horizon, 0.8 as confidence_level)
) as forecast
