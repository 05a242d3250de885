select * from ml.global_explain(
    model `demo`.`azekura_ml`.`ml_flight__explained`
) as asked
