-- the same flights on both sides, each from the same record: no day was left behind by an incremental run
with

records as (

    select
        flight_id,
        ingested_at
    from {{ ref('stg_nycflights13__flights') }}

),

flights as (

    select
        flight_id,
        ingested_at
    from {{ ref('fct_flight') }}

)

select
    records.flight_id as record_flight_id,
    flights.flight_id as fact_flight_id,
    records.ingested_at as record_ingested_at,
    flights.ingested_at as fact_ingested_at
from records
full join flights on records.flight_id = flights.flight_id
where records.ingested_at is distinct from flights.ingested_at
