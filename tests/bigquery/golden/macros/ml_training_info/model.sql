select * from ml.training_info(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as asked
