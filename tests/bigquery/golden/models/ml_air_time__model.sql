create or replace model `demo`.`azekura_ml`.`ml_air_time__model`
options(
    model_type = 'LINEAR_REG',
    data_split_col = 'is_evaluation',
    data_split_method = 'CUSTOM',
    input_label_cols = ['air_time_minutes']
) as (


select
    distance_miles,
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    departure_hour,
    is_evaluation,
    air_time_minutes
from `demo`.`azekura_ml`.`ml_air_time__training_set`
where air_time_minutes is not null
)
