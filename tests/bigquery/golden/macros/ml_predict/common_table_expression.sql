with

flights as (

    select 1089 as distance_miles

)

select * from ml.predict(
    model `demo`.`ml`.`air_time`,
    (select * from flights)
) as predicted
