with

-- keeps the flights of the window and of the 27 days that its first day looks back on
flights as (

    select * from {{ ref('fct_flight') }}
    where {{ in_window('flight_date', before=27) }}

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
        {{ local_to_utc(date_add_days('flight_date', 1), 0, "'" ~ var('reporting_time_zone') ~ "'") }} as event_at,
        max(ingested_at) {{ over_last_days(28, 'flight_date', by=['carrier_code']) }} as last_ingested_at,
        sum(flights_count) {{ over_last_days(7, 'flight_date', by=['carrier_code']) }} as flights_count_7d,
        sum(departed_count) {{ over_last_days(7, 'flight_date', by=['carrier_code']) }} as departed_count_7d,
        sum(late_departure_count) {{ over_last_days(7, 'flight_date', by=['carrier_code']) }} as late_departure_count_7d,
        sum(departure_delay_minutes_sum) {{ over_last_days(7, 'flight_date', by=['carrier_code']) }} as departure_delay_minutes_sum_7d,
        sum(flights_count) {{ over_last_days(28, 'flight_date', by=['carrier_code']) }} as flights_count_28d,
        sum(departed_count) {{ over_last_days(28, 'flight_date', by=['carrier_code']) }} as departed_count_28d,
        sum(late_departure_count) {{ over_last_days(28, 'flight_date', by=['carrier_code']) }} as late_departure_count_28d
    from daily

),

final as (

    select
        carrier_code,
        event_at,
        -- the day's last flight may be reported long after the day's end
        greatest(event_at, last_ingested_at) as known_at,
        flight_date as feature_date,
        cast(flights_count_7d as {{ dbt.type_bigint() }}) as flights_count_7d,
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
where {{ in_window('feature_date') }}
