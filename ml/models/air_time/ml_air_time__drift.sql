{%- set numbers = [
    'distance_miles',
    'air_time_minutes_mean_28d',
    'temperature_celsius',
    'wind_speed_kmh',
] -%}
{%- set categories = ['carrier_code', 'origin_airport_code', 'destination_airport_code', 'departure_hour'] -%}
{#- a day is of one weather and one season, and of one weekday: only what is beyond that is told -#}
{%- set thresholds = {'PSI': 5, 'KS_DISTANCE': 0.65} -%}
{#- DuckDB has it from the model and does not read it -#}
{%- set trained_on -%}
    select * from {{ ref('ml_air_time__training_set') }} where not is_evaluation and air_time_minutes is not null
{%- endset %}

with

-- keeps what was predicted, each day for itself
predicted_on as (

    select
        flight_date as predicted_date,
        {{ (numbers + categories) | join(',\n        ') }}
    from {{ ref('ml_air_time__training_set') }}
    where is_evaluation and {{ in_window('flight_date') }}

),

drift as (

    select * from {{ feature_drift(
        trained_on,
        'predicted_on',
        numbers=numbers,
        categories=categories,
        by='predicted_date',
        thresholds=thresholds,
        model=ref('ml_air_time__model')
    ) }} as drift

)

select
    predicted_date,
    'ml_air_time__model' as model_name,
    feature,
    metric,
    threshold,
    value,
    is_anomaly,
    rows_count
from drift
