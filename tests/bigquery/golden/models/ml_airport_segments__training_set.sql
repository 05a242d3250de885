with

flights as (

    select
        destination_airport_code as airport_code,
        flight_date >= cast('2013-10-01' as date) as is_evaluation,
        flight_date,
        scheduled_departure_minute,
        distance_miles,
        arrival_delay_minutes,
        is_late_arrival
    from `demo`.`azekura_warehouse`.`fct_flight`

),

-- keeps the two times: before var('evaluation_from'), and from it on
periods as (

    select
        is_evaluation,
        count(distinct flight_date) as days_count
    from flights
    group by is_evaluation

),

airports as (

    select airport_code
    from flights
    group by airport_code

),

flown as (

    select
        airport_code,
        is_evaluation,
        count(*) as flights_count,
        sum(distance_miles) as distance_miles_sum,
        count(arrival_delay_minutes) as arrived_count,
        count(case when is_late_arrival then 1 end) as late_arrival_count,
        -- the evening bank leaves from 17:00 on
        count(case when scheduled_departure_minute >= 1020 then 1 end) as evening_departure_count
    from flights
    group by airport_code, is_evaluation

),

-- keeps every airport in both times, also where nobody flew there
final as (

    select
        airports.airport_code,
        periods.is_evaluation,
        coalesce(flown.flights_count, 0) as flights_count,
        coalesce(flown.flights_count, 0) / periods.days_count as flights_per_day,
        -- a flight more per day is much for a small airport and little for a large one
        ln(flown.flights_count / periods.days_count) as flights_per_day_log,
        flown.distance_miles_sum / flown.flights_count as distance_miles_mean,
        flown.late_arrival_count / nullif(flown.arrived_count, 0) as late_arrival_rate,
        flown.evening_departure_count / flown.flights_count as evening_departure_rate,
        -- a flight every third day: fewer make rates of chance
        coalesce(flown.flights_count, 0) * 3 >= periods.days_count and flown.arrived_count > 0 as has_enough_flights
    from airports
    cross join periods
    left join flown
        on
            airports.airport_code = flown.airport_code
            and periods.is_evaluation = flown.is_evaluation

)

select
    airport_code,
    is_evaluation,
    flights_count,
    flights_per_day,
    flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate,
    has_enough_flights
from final
