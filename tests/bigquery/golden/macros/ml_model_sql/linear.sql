create or replace model `demo`.`ml`.`air_time`
options(
    model_type = 'LINEAR_REG',
    input_label_cols = ['air_time_minutes']
) as (
select distance_miles, air_time_minutes from `demo`.`marts`.`flights`
)
