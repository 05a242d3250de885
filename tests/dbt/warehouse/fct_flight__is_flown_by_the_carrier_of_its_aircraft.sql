-- the aircraft is joined as it was on that day: its carrier then is the flight's
with

flights as (

    select
        flight_id,
        tail_number,
        carrier_code,
        aircraft_key
    from {{ ref('fct_flight') }}

),

aircraft as (

    select
        aircraft_key,
        tail_number,
        carrier_code
    from {{ ref('dim_aircraft') }}

)

select
    flights.flight_id,
    flights.carrier_code,
    aircraft.carrier_code as aircraft_carrier_code
from flights
inner join aircraft on flights.aircraft_key = aircraft.aircraft_key
where
    flights.tail_number is distinct from aircraft.tail_number
    or (flights.tail_number is not null and flights.carrier_code is distinct from aircraft.carrier_code)
