select * from ml.weights(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
