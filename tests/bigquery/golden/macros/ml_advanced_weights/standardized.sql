select * from ml.advanced_weights(
    model `demo`.`azekura_ml`.`ml_flight__explained`,
    struct(true as standardize)
) as asked
