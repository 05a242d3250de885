with

flights as (

    select 1089 as distance_miles

)

select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_air_time__model`,
    (select * from flights)
) as predicted
