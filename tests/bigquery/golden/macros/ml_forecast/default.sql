select * from ml.forecast(
    model `demo`.`azekura_ml`.`ml_flight__series`
) as forecast
