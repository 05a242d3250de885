{%- set features -%}
    flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate
{%- endset -%}
{%- set trained_on -%}
    select {{ features }} from {{ ref('ml_airport_segments__training_set') }} where has_enough_flights and not is_evaluation
{%- endset -%}
{%- set flown_later -%}
    select {{ features }} from {{ ref('ml_airport_segments__training_set') }} where has_enough_flights and is_evaluation
{%- endset -%}

with

drift as (

    select * from {{ ml_validate_data_drift(trained_on, flown_later) }} as drift

)

select
    input,
    metric,
    threshold,
    value,
    is_anomaly
from drift
