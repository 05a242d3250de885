{%- set features -%}
    distance_miles,
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    departure_hour
{%- endset -%}
{%- set trained_on -%}
    select {{ features }} from {{ ref('ml_air_time__training_set') }} where not is_evaluation
{%- endset -%}
{%- set predicted_on -%}
    select {{ features }} from {{ ref('ml_air_time__training_set') }} where is_evaluation
{%- endset -%}

with

drift as (

    select * from {{ ml_validate_data_drift(trained_on, predicted_on) }} as drift

)

select
    input,
    metric,
    threshold,
    value,
    is_anomaly
from drift
