select * from ml.feature_importance(
    model `demo`.`azekura_ml`.`ml_flight__trees`
) as asked
