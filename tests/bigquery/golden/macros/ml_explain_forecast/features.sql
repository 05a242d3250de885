select attribution_price, holiday_effect_Christmas from ml.explain_forecast(
    model `demo`.`azekura_ml`.`ml_flight__series_with_features`,
    struct(14 as horizon, 0.9 as confidence_level),
    (
select departed_on, origin_airport_code, 2.0 as price from `demo`.`marts`.`daily`
        )
) as parts
