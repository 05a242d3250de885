select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_flight__components`,
    (select * from `demo`.`marts`.`flights`),
    struct(true as keep_original_columns)
) as predicted
