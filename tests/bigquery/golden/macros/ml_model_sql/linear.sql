create or replace model `demo`.`azekura_ml`.`ml_air_time__model`
options(
    model_type = 'LINEAR_REG',
    input_label_cols = ['air_time_minutes']
) as (
select distance_miles, air_time_minutes from `demo`.`marts`.`flights`
)
