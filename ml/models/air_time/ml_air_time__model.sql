{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'linear_reg',
    'input_label_cols': ['air_time_minutes'],
    'data_split_method': 'custom',
    'data_split_col': 'is_evaluation',
}}) }}

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
from {{ ref('ml_air_time__training_set') }}
where air_time_minutes is not null
