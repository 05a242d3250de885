with

-- keeps every flight, an hour before its departure; flights that never arrived have no label
labels as (

    select
        flight_id,
        flight_date,
        timestamp_add(event_at, interval -1 hour) as predicted_at,
        carrier_code,
        origin_airport_code,
        destination_airport_code,
        distance_miles,
        cast(cast(floor(scheduled_departure_minute / 60) as bigint) as string) as departure_hour,
        cast(extract(dayofweek from flight_date) as string) as departure_day_of_week,
        is_late_arrival,
        flight_date >= cast('2013-10-01' as date) as is_evaluation
    from `demo`.`azekura_warehouse`.`fct_flight`

),

joined as (

    select * from (
    select
        label_row.*,
        case when label_row.predicted_at <= timestamp_add(state_1.event_at, interval 72 hour) then state_1.late_departure_rate_7d end as late_departure_rate_7d,
        case when label_row.predicted_at <= timestamp_add(state_1.event_at, interval 72 hour) then state_1.late_departure_rate_28d end as late_departure_rate_28d,
        case when label_row.predicted_at <= timestamp_add(state_1.event_at, interval 72 hour) then state_1.cancelled_rate_28d end as cancelled_rate_28d,
        case when label_row.predicted_at <= timestamp_add(state_2.event_at, interval 192 hour) then state_2.late_arrival_rate_28d end as late_arrival_rate_28d,
        case when label_row.predicted_at <= timestamp_add(state_2.event_at, interval 192 hour) then state_2.arrival_delay_minutes_mean_28d end as arrival_delay_minutes_mean_28d,
        case when label_row.predicted_at <= timestamp_add(state_3.event_at, interval 3 hour) then state_3.departures_count_3h end as departures_count_3h,
        case when label_row.predicted_at <= timestamp_add(state_3.event_at, interval 3 hour) then state_3.late_departure_rate_3h end as late_departure_rate_3h,
        case when label_row.predicted_at <= timestamp_add(state_3.event_at, interval 3 hour) then state_3.departure_delay_minutes_mean_3h end as departure_delay_minutes_mean_3h,
        case when label_row.predicted_at <= timestamp_add(state_4.event_at, interval 3 hour) then state_4.humidity_percent end as humidity_percent,
        case when label_row.predicted_at <= timestamp_add(state_4.event_at, interval 3 hour) then state_4.wind_speed_mph end as wind_speed_mph,
        case when label_row.predicted_at <= timestamp_add(state_4.event_at, interval 3 hour) then state_4.precipitation_inches end as precipitation_inches,
        case when label_row.predicted_at <= timestamp_add(state_4.event_at, interval 3 hour) then state_4.visibility_miles end as visibility_miles
    from (
        select
            label_row,
            state_1,
            state_2,
            state_3,
            last_value(state_4 ignore nulls) over (
                partition by key_1
                order by moment, side
                rows between unbounded preceding and current row
            ) as state_4,
            side
        from (
            select
                airport_code as key_1,
                known_at as moment,
                0 as side,
                null as label_row,
                null as state_1,
                null as state_2,
                null as state_3,
                struct(event_at, humidity_percent, wind_speed_mph, precipitation_inches, visibility_miles) as state_4
            from (
                select *
                from `demo`.`azekura_features`.`feat_airport__weather`
                where
                    known_at is not null
                    and airport_code is not null
                qualify event_at = max(event_at) over (
                    partition by airport_code
                    order by known_at
                )
            )
            union all
            select
                label_row.origin_airport_code as key_1,
                label_row.predicted_at as moment,
                1 as side,
                label_row,
                state_1,
                state_2,
                state_3,
                null as state_4
            from (
                select
                    label_row,
                    state_1,
                    state_2,
                    last_value(state_3 ignore nulls) over (
                        partition by key_1
                        order by moment, side
                        rows between unbounded preceding and current row
                    ) as state_3,
                    side
                from (
                    select
                        airport_code as key_1,
                        known_at as moment,
                        0 as side,
                        null as label_row,
                        null as state_1,
                        null as state_2,
                        struct(event_at, departures_count_3h, late_departure_rate_3h, departure_delay_minutes_mean_3h) as state_3
                    from (
                        select *
                        from `demo`.`azekura_features`.`feat_airport__traffic`
                        where
                            known_at is not null
                            and airport_code is not null
                        qualify event_at = max(event_at) over (
                            partition by airport_code
                            order by known_at
                        )
                    )
                    union all
                    select
                        label_row.origin_airport_code as key_1,
                        label_row.predicted_at as moment,
                        1 as side,
                        label_row,
                        state_1,
                        state_2,
                        null as state_3
                    from (
                        select
                            label_row,
                            state_1,
                            last_value(state_2 ignore nulls) over (
                                partition by key_1, key_2
                                order by moment, side
                                rows between unbounded preceding and current row
                            ) as state_2,
                            side
                        from (
                            select
                                origin_airport_code as key_1,
                                destination_airport_code as key_2,
                                known_at as moment,
                                0 as side,
                                null as label_row,
                                null as state_1,
                                struct(event_at, late_arrival_rate_28d, arrival_delay_minutes_mean_28d) as state_2
                            from (
                                select *
                                from `demo`.`azekura_features`.`feat_route__history`
                                where
                                    known_at is not null
                                    and origin_airport_code is not null
                                    and destination_airport_code is not null
                                qualify event_at = max(event_at) over (
                                    partition by origin_airport_code, destination_airport_code
                                    order by known_at
                                )
                            )
                            union all
                            select
                                label_row.origin_airport_code as key_1,
                                label_row.destination_airport_code as key_2,
                                label_row.predicted_at as moment,
                                1 as side,
                                label_row,
                                state_1,
                                null as state_2
                            from (
                                select
                                    label_row,
                                    last_value(state_1 ignore nulls) over (
                                        partition by key_1
                                        order by moment, side
                                        rows between unbounded preceding and current row
                                    ) as state_1,
                                    side
                                from (
                                    select
                                        carrier_code as key_1,
                                        known_at as moment,
                                        0 as side,
                                        null as label_row,
                                        struct(event_at, late_departure_rate_7d, late_departure_rate_28d, cancelled_rate_28d) as state_1
                                    from (
                                        select *
                                        from `demo`.`azekura_features`.`feat_carrier__punctuality`
                                        where
                                            known_at is not null
                                            and carrier_code is not null
                                        qualify event_at = max(event_at) over (
                                            partition by carrier_code
                                            order by known_at
                                        )
                                    )
                                    union all
                                    select
                                        label_row.carrier_code as key_1,
                                        label_row.predicted_at as moment,
                                        1 as side,
                                        label_row,
                                        null as state_1
                                    from (
                                        select label_row from labels as label_row
                                    )
                                )
                                where true
                                qualify side = 1
                            )
                        )
                        where true
                        qualify side = 1
                    )
                )
                where true
                qualify side = 1
            )
        )
        where true
        qualify side = 1
    )
) as joined

)

select
    flight_id,
    flight_date,
    predicted_at,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    distance_miles,
    departure_hour,
    departure_day_of_week,
    late_departure_rate_7d,
    late_departure_rate_28d,
    cancelled_rate_28d,
    late_arrival_rate_28d,
    arrival_delay_minutes_mean_28d,
    departures_count_3h,
    late_departure_rate_3h,
    departure_delay_minutes_mean_3h,
    humidity_percent,
    wind_speed_mph,
    precipitation_inches,
    visibility_miles,
    is_late_arrival,
    is_evaluation
from joined
