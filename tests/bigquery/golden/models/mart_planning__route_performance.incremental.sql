with

flights as (

    select
        *,
        cast(timestamp_trunc(
        cast(flight_date as timestamp),
        month
    ) as date) as flight_month
    from `demo`.`azekura_warehouse`.`fct_flight`
    where flight_date >= date '2013-06-01' and flight_date < date '2013-07-01'

),

aircraft as (

    select
        aircraft_key,
        valid_from,
        valid_to,
        seat_count
    from `demo`.`azekura_warehouse`.`dim_aircraft`

),

monthly as (

    select
        flights.flight_month,
        flights.origin_airport_code,
        flights.destination_airport_code,
        min(flights.distance_miles) as distance_miles,
        count(*) as flights_count,
        count(distinct flights.carrier_code) as carriers_count,
        count(case when flights.is_cancelled then 1 end) as cancelled_count,
        count(case when flights.is_late_arrival then 1 end) as late_arrival_count,
        count(flights.arrival_delay_minutes) as arrived_count,
        sum(flights.arrival_delay_minutes) as arrival_delay_minutes_sum,
        sum(flights.air_time_minutes) as air_time_minutes_sum,
        count(flights.air_time_minutes) as flown_count,
        sum(case when not flights.is_cancelled then aircraft.seat_count end) as known_seats_count,
        count(case when not flights.is_cancelled then aircraft.seat_count end) as flights_with_known_seats_count
    from flights
    left join aircraft
        on
            flights.aircraft_key = aircraft.aircraft_key
            and flights.event_at >= aircraft.valid_from
            and flights.event_at < aircraft.valid_to
    group by flights.flight_month, flights.origin_airport_code, flights.destination_airport_code

),

airports as (

    select
        airport_code,
        airport_name
    from `demo`.`azekura_warehouse`.`dim_airport`

),

final as (

    select
        monthly.flight_month,
        monthly.origin_airport_code,
        monthly.destination_airport_code,
        airports.airport_name as destination_airport_name,
        monthly.distance_miles,
        monthly.flights_count,
        monthly.carriers_count,
        cast(monthly.known_seats_count as bigint) as known_seats_count,
        monthly.flights_with_known_seats_count,
        monthly.cancelled_count / monthly.flights_count as cancelled_rate,
        monthly.late_arrival_count / nullif(monthly.arrived_count, 0) as late_arrival_rate,
        monthly.arrival_delay_minutes_sum / nullif(monthly.arrived_count, 0) as arrival_delay_minutes_mean,
        monthly.air_time_minutes_sum / nullif(monthly.flown_count, 0) as air_time_minutes_mean
    from monthly
    left join airports on monthly.destination_airport_code = airports.airport_code

)

select
    flight_month,
    origin_airport_code,
    destination_airport_code,
    destination_airport_name,
    distance_miles,
    flights_count,
    carriers_count,
    known_seats_count,
    flights_with_known_seats_count,
    cancelled_rate,
    late_arrival_rate,
    arrival_delay_minutes_mean,
    air_time_minutes_mean
from final
