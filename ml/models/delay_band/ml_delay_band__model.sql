{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'logistic_reg',
    'input_label_cols': ['delay_band'],
    'data_split_method': 'custom',
    'data_split_col': 'is_evaluation',
    'max_iterations': 20,
    'min_rel_progress': 0.0005,
}}) }}

select
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
    wind_speed_mph,
    precipitation_inches,
    visibility_miles,
    carrier_code,
    origin_airport_code,
    departure_hour,
    departure_day_of_week,
    is_evaluation,
    delay_band
from {{ ref('ml_delay_band__training_set') }}
where delay_band is not null
