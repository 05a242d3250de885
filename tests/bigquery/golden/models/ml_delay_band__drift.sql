with

drift as (

    select * from ml.validate_data_drift(
    (
select distance_miles,
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
    departure_hour from `demo`.`azekura_ml`.`ml_delay_band__training_set` where not is_evaluation
        ),
    (
select distance_miles,
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
    departure_hour from `demo`.`azekura_ml`.`ml_delay_band__training_set` where is_evaluation
        ),
    struct(
        0.3 as numerical_default_threshold,
        0.3 as categorical_default_threshold
    )
) as drift

)

select
    input,
    metric,
    threshold,
    value,
    is_anomaly
from drift
