select * from ml.roc_curve(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (select * from `demo`.`marts`.`flights`),
    [0.2, 0.5]
) as asked
