select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (
select * from `demo`.`marts`.`flights`
        ),
    struct(0.3 as threshold)
) as predicted
