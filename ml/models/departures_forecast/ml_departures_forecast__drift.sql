with

newest as (

    select
        max(forecast_from) as forecast_from,
        max(departure_date) as last_date
    from {{ ref('ml_departures_forecast__training_set') }}

),

-- keeps every day once
days as (

    select
        known.departure_date,
        known.departures_count
    from {{ ref('ml_departures_forecast__training_set') }} as known
    inner join newest on known.forecast_from = newest.forecast_from

),

-- keeps the last 14 days, and the eight weeks before them
recent as (

    select
        days.departures_count,
        days.departure_date > {{ date_add_days('newest.last_date', -14) }} as is_newest
    from days
    cross join newest
    where days.departure_date > {{ date_add_days('newest.last_date', -70) }}

),

before as (

    select departures_count from recent
    where not is_newest

),

after as (

    select departures_count from recent
    where is_newest

),

counted as (

    select count(*) as rows_count from after

),

drift as (

    select * from {{ ml_validate_data_drift('before', 'after', 0.3) }} as drift

)

select
    newest.last_date as predicted_date,
    'ml_departures_forecast__model' as model_name,
    drift.input as feature,
    drift.metric,
    drift.threshold,
    drift.value,
    drift.is_anomaly,
    counted.rows_count
from drift
cross join counted
cross join newest
