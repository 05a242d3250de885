select * from ml.feature_info(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
