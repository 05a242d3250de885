with

-- keeps the airports as they were flown to after those the model was trained on
flown_later as (

    select
        flights_per_day_log,
        distance_miles_mean,
        late_arrival_rate,
        evening_departure_rate
    from `demo`.`azekura_ml`.`ml_airport_segments__training_set`
    where has_enough_flights and is_evaluation

),

counted as (

    select count(*) as rows_count from flown_later

),

skew as (

    select * from ml.validate_data_skew(
    model `demo`.`azekura_ml`.`ml_airport_segments__model`,
    (select * from flown_later)
) as skew

)

select
    cast('2013-10-01' as date) as predicted_date,
    'ml_airport_segments__model' as model_name,
    skew.input as feature,
    skew.metric,
    skew.threshold,
    skew.value,
    skew.is_anomaly,
    counted.rows_count
from skew
cross join counted
