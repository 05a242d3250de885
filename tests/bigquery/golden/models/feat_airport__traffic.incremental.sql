with

-- keeps the departures whose records arrived in the window or up to three hours before it;
-- a record arrives at most two days after its flight's date
flights as (

    select
        origin_airport_code as airport_code,
        timestamp_add(timestamp_trunc(ingested_at, hour), interval 1 hour) as event_at,
        departure_delay_minutes,
        is_cancelled,
        is_late_departure
    from `demo`.`azekura_warehouse`.`fct_flight`
    where flight_date >= date '2013-06-09' and flight_date < date '2013-06-18'

),

hourly as (

    select
        airport_code,
        event_at,
        count(*) as reported_count,
        count(departure_delay_minutes) as departed_count,
        count(case when is_cancelled then 1 end) as cancelled_count,
        count(case when is_late_departure then 1 end) as late_departure_count,
        sum(departure_delay_minutes) as departure_delay_minutes_sum
    from flights
    group by airport_code, event_at

),

rolling as (

    select
        airport_code,
        event_at,
        departed_count as departures_count_1h,
        sum(departed_count) over (
            partition by airport_code
            order by unix_seconds(event_at)
            range between 7200 preceding and current row
        ) as departures_count_3h,
        sum(cancelled_count) over (
            partition by airport_code
            order by unix_seconds(event_at)
            range between 7200 preceding and current row
        ) as cancelled_count_3h,
        sum(late_departure_count) over (
            partition by airport_code
            order by unix_seconds(event_at)
            range between 7200 preceding and current row
        ) as late_departure_count_3h,
        sum(departure_delay_minutes_sum) over (
            partition by airport_code
            order by unix_seconds(event_at)
            range between 7200 preceding and current row
        ) as departure_delay_minutes_sum_3h
    from hourly

),

final as (

    select
        airport_code,
        event_at,
        -- every record of the hours counted had arrived by their end
        event_at as known_at,
        cast(timestamp_add(event_at, interval -1 hour) as date) as feature_date,
        departures_count_1h,
        cast(departures_count_3h as bigint) as departures_count_3h,
        cast(cancelled_count_3h as bigint) as cancelled_count_3h,
        late_departure_count_3h / nullif(departures_count_3h, 0) as late_departure_rate_3h,
        departure_delay_minutes_sum_3h / nullif(departures_count_3h, 0) as departure_delay_minutes_mean_3h
    from rolling

)

select
    airport_code,
    event_at,
    known_at,
    feature_date,
    departures_count_1h,
    departures_count_3h,
    cancelled_count_3h,
    late_departure_rate_3h,
    departure_delay_minutes_mean_3h
from final
where feature_date >= date '2013-06-12' and feature_date < date '2013-06-18'
