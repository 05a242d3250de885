select trend + seasonal_period_weekly as expected, residual from ml.explain_forecast(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    struct(14 as horizon)
) as parts
