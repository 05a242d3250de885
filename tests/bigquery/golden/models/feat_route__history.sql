with

-- keeps the flights of the window and of the 27 days that its first day looks back on
flights as (

    select * from `demo`.`azekura_warehouse`.`fct_flight`
    where true

),

daily as (

    select
        origin_airport_code,
        destination_airport_code,
        flight_date,
        count(*) as flights_count,
        count(arrival_delay_minutes) as arrived_count,
        count(case when is_late_arrival then 1 end) as late_arrival_count,
        sum(arrival_delay_minutes) as arrival_delay_minutes_sum,
        count(air_time_minutes) as flown_count,
        sum(air_time_minutes) as air_time_minutes_sum,
        max(known_at) as known_at
    from flights
    group by origin_airport_code, destination_airport_code, flight_date

),

rolling as (

    select
        origin_airport_code,
        destination_airport_code,
        flight_date,
        timestamp(datetime_add(cast(date_add(flight_date, interval 1 day) as datetime), interval 0 minute), 'America/New_York') as event_at,
        max(known_at) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as last_known_at,
        sum(flights_count) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as flights_count_28d,
        sum(arrived_count) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as arrived_count_28d,
        sum(late_arrival_count) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as late_arrival_count_28d,
        sum(arrival_delay_minutes_sum) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as arrival_delay_minutes_sum_28d,
        sum(flown_count) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as flown_count_28d,
        sum(air_time_minutes_sum) over (
            partition by origin_airport_code, destination_airport_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as air_time_minutes_sum_28d
    from daily

),

final as (

    select
        origin_airport_code,
        destination_airport_code,
        event_at,
        -- a flight's outcome is known when it has landed, which may be after the day's end
        greatest(event_at, last_known_at) as known_at,
        flight_date as feature_date,
        cast(flights_count_28d as bigint) as flights_count_28d,
        late_arrival_count_28d / nullif(arrived_count_28d, 0) as late_arrival_rate_28d,
        arrival_delay_minutes_sum_28d / nullif(arrived_count_28d, 0) as arrival_delay_minutes_mean_28d,
        air_time_minutes_sum_28d / nullif(flown_count_28d, 0) as air_time_minutes_mean_28d
    from rolling

)

select
    origin_airport_code,
    destination_airport_code,
    event_at,
    known_at,
    feature_date,
    flights_count_28d,
    late_arrival_rate_28d,
    arrival_delay_minutes_mean_28d,
    air_time_minutes_mean_28d
from final
where true
