select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (
select 1089 as distance_miles
        ),
    struct(0.3 as threshold)
) as predicted
