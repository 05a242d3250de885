with

drift as (

    select * from ml.validate_data_drift(
    (
select flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate from `demo`.`azekura_ml`.`ml_airport_segments__training_set` where has_enough_flights and not is_evaluation
        ),
    (
select flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate from `demo`.`azekura_ml`.`ml_airport_segments__training_set` where has_enough_flights and is_evaluation
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
