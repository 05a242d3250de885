select origin_airport_code, forecast_value from ml.forecast(
    model `demo`.`azekura_ml`.`ml_flight__series_with_features`,
    struct(3 as horizon),
    (
select departed_on, origin_airport_code, 2.0 as price from `demo`.`marts`.`daily`
        )
) as forecast
