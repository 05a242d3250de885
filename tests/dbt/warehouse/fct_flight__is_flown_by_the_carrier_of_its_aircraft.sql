-- every flight has an aircraft of its moment, and that aircraft's carrier then is the flight's
with

flights as (

    select
        flight_id,
        tail_number,
        carrier_code,
        aircraft_key,
        event_at
    from {{ ref('fct_flight') }}

),

aircraft as (

    select
        aircraft_key,
        tail_number,
        carrier_code,
        valid_from,
        valid_to
    from {{ ref('dim_aircraft') }}

)

select
    flights.flight_id,
    flights.carrier_code,
    aircraft.carrier_code as aircraft_carrier_code
from flights
left join aircraft
    on
        flights.aircraft_key = aircraft.aircraft_key
        and flights.event_at >= aircraft.valid_from
        and flights.event_at < aircraft.valid_to
where
    aircraft.aircraft_key is null
    or flights.tail_number is distinct from aircraft.tail_number
    or (flights.tail_number is not null and flights.carrier_code is distinct from aircraft.carrier_code)
