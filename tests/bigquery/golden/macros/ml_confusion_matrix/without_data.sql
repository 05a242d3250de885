select * from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
