with

drift as (

    select * from ml.validate_data_drift(
    (
select distance_miles,
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    departure_hour from `demo`.`azekura_ml`.`ml_air_time__training_set` where not is_evaluation
        ),
    (
select distance_miles,
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    departure_hour from `demo`.`azekura_ml`.`ml_air_time__training_set` where is_evaluation
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
