select * from ml.roc_curve(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
