with

flights as (

    select 1089 as distance_miles

)

select * from {{ ml_predict('`demo`.`azekura_ml`.`ml_air_time__model`', 'flights') }} as predicted
