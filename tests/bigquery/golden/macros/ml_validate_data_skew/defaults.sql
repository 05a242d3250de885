select * from ml.validate_data_skew(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (select * from `demo`.`marts`.`flights`)
) as skew
