select * from ml.validate_data_drift(
    (select * from `demo`.`marts`.`base`),
    (select * from `demo`.`marts`.`study`),
    struct(0.3 as numerical_default_threshold, 0.3 as categorical_default_threshold)
) as drift
