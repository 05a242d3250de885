with

flights as (

    select * from `demo`.`marts`.`flights`

)

select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_air_time__model`,
    (select * from flights)
) as predicted
