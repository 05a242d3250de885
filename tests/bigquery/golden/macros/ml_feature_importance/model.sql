select * from ml.feature_importance(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
