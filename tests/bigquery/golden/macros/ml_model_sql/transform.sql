create or replace model `demo`.`azekura_ml`.`ml_air_time__model`
transform(
    air_time_minutes,
    ml.standard_scaler(distance_miles) over () as distance,
    * except (air_time_minutes, distance_miles)
)
options(
    model_type = 'LINEAR_REG',
    input_label_cols = ['air_time_minutes']
) as (
select distance_miles, origin_airport_code, air_time_minutes from `demo`.`marts`.`flights`
)
