{%- set numbers = [
    'distance_miles',
    'late_departure_rate_7d',
    'late_departure_rate_28d',
    'cancelled_rate_28d',
    'late_arrival_rate_28d',
    'arrival_delay_minutes_mean_28d',
    'departures_count_3h',
    'late_departure_rate_3h',
    'departure_delay_minutes_mean_3h',
    'humidity_percent',
    'precipitation_inches',
    'visibility_miles',
    'wind_speed_mph',
] -%}
{%- set categories = ['carrier_code', 'origin_airport_code', 'departure_day_of_week', 'departure_hour'] -%}
{#- a day is of one weather and one season, and of one weekday: only what is beyond that is told -#}
{%- set thresholds = {'PSI': 5, 'KS_DISTANCE': 0.65, 'departure_day_of_week': {'PSI': 10, 'L_INFTY': 0.95}} -%}
{#- DuckDB has it from the model and does not read it -#}
{%- set trained_on -%}
    select * from {{ ref('ml_delay_band__training_set') }} where not is_evaluation and delay_band is not null
{%- endset %}

with

-- keeps what was predicted, each day for itself
predicted_on as (

    select
        flight_date as predicted_date,
        {{ (numbers + categories) | join(',\n        ') }}
    from {{ ref('ml_delay_band__training_set') }}
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
        model=ref('ml_delay_band__model_boosted_tree')
    ) }} as drift

)

select
    predicted_date,
    'ml_delay_band__model_boosted_tree' as model_name,
    feature,
    metric,
    threshold,
    value,
    is_anomaly,
    rows_count
from drift
