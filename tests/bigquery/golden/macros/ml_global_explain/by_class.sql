select * from ml.global_explain(
    model `demo`.`azekura_ml`.`ml_flight__explained`,
    struct(true as class_level_explain)
) as asked
