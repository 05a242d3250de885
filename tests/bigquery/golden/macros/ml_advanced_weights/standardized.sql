select * from ml.advanced_weights(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    struct(true as standardize)
) as asked
