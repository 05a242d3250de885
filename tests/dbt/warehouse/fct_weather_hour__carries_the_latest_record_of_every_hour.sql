-- the same hours on both sides, each from the same record: no day was left behind by an incremental run
with

records as (

    select
        airport_code,
        observed_at,
        ingested_at
    from {{ ref('stg_nycflights13__weather') }}

),

observations as (

    select
        airport_code,
        observed_at,
        ingested_at
    from {{ ref('fct_weather_hour') }}

)

select
    records.airport_code as record_airport_code,
    records.observed_at as record_observed_at,
    observations.airport_code as fact_airport_code,
    observations.observed_at as fact_observed_at
from records
full join observations
    on
        records.airport_code = observations.airport_code
        and records.observed_at = observations.observed_at
where records.ingested_at is distinct from observations.ingested_at
