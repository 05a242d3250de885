with

flights as (

    select * from `demo`.`azekura_warehouse`.`fct_flight`
    where flight_date >= date '2013-06-12' and flight_date < date '2013-06-16'

),

daily as (

    select
        flight_date,
        carrier_code,
        origin_airport_code,
        count(*) as flights_count,
        count(case when is_cancelled then 1 end) as cancelled_count,
        count(case when is_diverted then 1 end) as diverted_count,
        count(case when is_late_departure then 1 end) as late_departure_count,
        count(case when is_late_arrival then 1 end) as late_arrival_count,
        count(arrival_delay_minutes) as arrived_count,
        sum(departure_delay_minutes) as departure_delay_minutes_sum,
        sum(arrival_delay_minutes) as arrival_delay_minutes_sum
    from flights
    group by flight_date, carrier_code, origin_airport_code

),

carriers as (

    select * from `demo`.`azekura_warehouse`.`dim_carrier`

),

final as (

    select
        daily.flight_date,
        daily.carrier_code,
        carriers.carrier_name,
        daily.origin_airport_code,
        daily.flights_count,
        daily.cancelled_count,
        daily.diverted_count,
        daily.late_departure_count,
        daily.late_arrival_count,
        daily.cancelled_count / daily.flights_count as cancelled_rate,
        daily.late_departure_count / nullif(daily.flights_count - daily.cancelled_count, 0) as late_departure_rate,
        daily.late_arrival_count / nullif(daily.arrived_count, 0) as late_arrival_rate,
        daily.departure_delay_minutes_sum / nullif(daily.flights_count - daily.cancelled_count, 0) as departure_delay_minutes_mean,
        daily.arrival_delay_minutes_sum / nullif(daily.arrived_count, 0) as arrival_delay_minutes_mean
    from daily
    left join carriers on daily.carrier_code = carriers.carrier_code

)

select
    flight_date,
    carrier_code,
    carrier_name,
    origin_airport_code,
    flights_count,
    cancelled_count,
    diverted_count,
    late_departure_count,
    late_arrival_count,
    cancelled_rate,
    late_departure_rate,
    late_arrival_rate,
    departure_delay_minutes_mean,
    arrival_delay_minutes_mean
from final
