with

flights as (

    select * from `demo`.`marts`.`flights`

)

select * from {{ ml_predict('`demo`.`azekura_ml`.`ml_air_time__model`', 'flights') }} as predicted
