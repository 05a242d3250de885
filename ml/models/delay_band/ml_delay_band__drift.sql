{%- set features -%}
    distance_miles,
    late_departure_rate_7d,
    late_departure_rate_28d,
    cancelled_rate_28d,
    late_arrival_rate_28d,
    arrival_delay_minutes_mean_28d,
    departures_count_3h,
    late_departure_rate_3h,
    departure_delay_minutes_mean_3h,
    humidity_percent,
    precipitation_inches,
    visibility_miles,
    wind_speed_mph,
    carrier_code,
    origin_airport_code,
    departure_day_of_week,
    departure_hour
{%- endset -%}
{%- set trained_on -%}
    select {{ features }} from {{ ref('ml_delay_band__training_set') }} where not is_evaluation
{%- endset -%}
{%- set predicted_on -%}
    select {{ features }} from {{ ref('ml_delay_band__training_set') }} where is_evaluation
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
