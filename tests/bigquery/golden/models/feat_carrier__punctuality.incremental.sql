with

-- keeps the flights of the window and of the 27 days that its first day looks back on
flights as (

    select * from `demo`.`azekura_warehouse`.`fct_flight`
    where flight_date >= date '2013-05-16' and flight_date < date '2013-07-13'

),

daily as (

    select
        carrier_code,
        flight_date,
        count(*) as flights_count,
        count(departure_delay_minutes) as departed_count,
        count(case when is_late_departure then 1 end) as late_departure_count,
        sum(departure_delay_minutes) as departure_delay_minutes_sum,
        max(ingested_at) as ingested_at
    from flights
    group by carrier_code, flight_date

),

rolling as (

    select
        carrier_code,
        flight_date,
        timestamp(datetime_add(cast(date_add(flight_date, interval 1 day) as datetime), interval 0 minute), 'America/New_York') as event_at,
        max(ingested_at) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as last_ingested_at,
        sum(flights_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 6 preceding and current row
        ) as flights_count_7d,
        sum(departed_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 6 preceding and current row
        ) as departed_count_7d,
        sum(late_departure_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 6 preceding and current row
        ) as late_departure_count_7d,
        sum(departure_delay_minutes_sum) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 6 preceding and current row
        ) as departure_delay_minutes_sum_7d,
        sum(flights_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as flights_count_28d,
        sum(departed_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as departed_count_28d,
        sum(late_departure_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 27 preceding and current row
        ) as late_departure_count_28d
    from daily

),

final as (

    select
        carrier_code,
        event_at,
        -- the day's last flight may be reported long after the day's end
        greatest(event_at, last_ingested_at) as known_at,
        flight_date as feature_date,
        cast(flights_count_7d as bigint) as flights_count_7d,
        late_departure_count_7d / nullif(departed_count_7d, 0) as late_departure_rate_7d,
        departure_delay_minutes_sum_7d / nullif(departed_count_7d, 0) as departure_delay_minutes_mean_7d,
        (flights_count_28d - departed_count_28d) / flights_count_28d as cancelled_rate_28d,
        late_departure_count_28d / nullif(departed_count_28d, 0) as late_departure_rate_28d
    from rolling

)

select
    carrier_code,
    event_at,
    known_at,
    feature_date,
    flights_count_7d,
    late_departure_rate_7d,
    departure_delay_minutes_mean_7d,
    cancelled_rate_28d,
    late_departure_rate_28d
from final
where feature_date >= date '2013-06-12' and feature_date < date '2013-07-13'
