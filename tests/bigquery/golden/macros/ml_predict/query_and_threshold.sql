select * from ml.predict(
    model `demo`.`ml`.`late_arrival`,
    (select 1089 as distance_miles),
    struct(0.3 as threshold)
) as predicted
