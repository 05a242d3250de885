select origin_airport_code, mean_absolute_scaled_error from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    (select * from `demo`.`marts`.`daily`),
    struct(14 as horizon)
) as evaluation
