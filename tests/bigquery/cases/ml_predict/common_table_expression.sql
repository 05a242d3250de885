with

flights as (

    select 1089 as distance_miles

)

select * from {{ ml_predict('`demo`.`ml`.`air_time`', 'flights') }} as predicted
