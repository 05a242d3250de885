with

-- keeps the airports as they were flown to after those the model was trained on
flown_later as (

    select
        flights_per_day_log,
        distance_miles_mean,
        late_arrival_rate,
        evening_departure_rate
    from {{ ref('ml_airport_segments__training_set') }}
    where has_enough_flights and is_evaluation

),

counted as (

    select count(*) as rows_count from flown_later

),

skew as (

    select * from {{ ml_validate_data_skew(ref('ml_airport_segments__model'), 'flown_later') }} as skew

)

select
    cast('{{ var("evaluation_from") }}' as date) as predicted_date,
    'ml_airport_segments__model' as model_name,
    skew.input as feature,
    skew.metric,
    skew.threshold,
    skew.value,
    skew.is_anomaly,
    counted.rows_count
from skew
cross join counted
