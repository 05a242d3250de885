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
        case when label_row.predicted_at <= timestamp_add(view_1.event_at, interval 259200 second) then view_1.late_departure_rate_7d end as late_departure_rate_7d,
        case when label_row.predicted_at <= timestamp_add(view_1.event_at, interval 259200 second) then view_1.late_departure_rate_28d end as late_departure_rate_28d,
        case when label_row.predicted_at <= timestamp_add(view_1.event_at, interval 259200 second) then view_1.cancelled_rate_28d end as cancelled_rate_28d,
        case when label_row.predicted_at <= timestamp_add(view_2.event_at, interval 691200 second) then view_2.late_arrival_rate_28d end as late_arrival_rate_28d,
        case when label_row.predicted_at <= timestamp_add(view_2.event_at, interval 691200 second) then view_2.arrival_delay_minutes_mean_28d end as arrival_delay_minutes_mean_28d,
        case when label_row.predicted_at <= timestamp_add(view_3.event_at, interval 10800 second) then view_3.departures_count_3h end as departures_count_3h,
        case when label_row.predicted_at <= timestamp_add(view_3.event_at, interval 10800 second) then view_3.late_departure_rate_3h end as late_departure_rate_3h,
        case when label_row.predicted_at <= timestamp_add(view_3.event_at, interval 10800 second) then view_3.departure_delay_minutes_mean_3h end as departure_delay_minutes_mean_3h,
        case when label_row.predicted_at <= timestamp_add(view_4.event_at, interval 10800 second) then view_4.humidity_percent end as humidity_percent,
        case when label_row.predicted_at <= timestamp_add(view_4.event_at, interval 10800 second) then view_4.wind_speed_mph end as wind_speed_mph,
        case when label_row.predicted_at <= timestamp_add(view_4.event_at, interval 10800 second) then view_4.precipitation_inches end as precipitation_inches,
        case when label_row.predicted_at <= timestamp_add(view_4.event_at, interval 10800 second) then view_4.visibility_miles end as visibility_miles
    from (
        select
            label_row,
            view_1,
            view_2,
            view_3,
            last_value(view_4 ignore nulls) over (
                partition by key_1
                order by moment, side
                rows between unbounded preceding and current row
            ) as view_4,
            side
        from (
            select
                airport_code as key_1,
                known_at as moment,
                1 as side,
                null as label_row,
                null as view_1,
                null as view_2,
                null as view_3,
                struct(event_at, humidity_percent, wind_speed_mph, precipitation_inches, visibility_miles) as view_4
            from (
                select airport_code, event_at, known_at, humidity_percent, wind_speed_mph, precipitation_inches, visibility_miles
                from `demo`.`azekura_features`.`feat_airport__weather_v1`
                where
                    event_at is not null
                    and known_at is not null
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
                2 as side,
                label_row,
                view_1,
                view_2,
                view_3,
                null as view_4
            from (
                select
                    label_row,
                    view_1,
                    view_2,
                    last_value(view_3 ignore nulls) over (
                        partition by key_1
                        order by moment, side
                        rows between unbounded preceding and current row
                    ) as view_3,
                    side
                from (
                    select
                        airport_code as key_1,
                        known_at as moment,
                        1 as side,
                        null as label_row,
                        null as view_1,
                        null as view_2,
                        struct(event_at, departures_count_3h, late_departure_rate_3h, departure_delay_minutes_mean_3h) as view_3
                    from (
                        select airport_code, event_at, known_at, departures_count_3h, late_departure_rate_3h, departure_delay_minutes_mean_3h
                        from `demo`.`azekura_features`.`feat_airport__traffic`
                        where
                            event_at is not null
                            and known_at is not null
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
                        2 as side,
                        label_row,
                        view_1,
                        view_2,
                        null as view_3
                    from (
                        select
                            label_row,
                            view_1,
                            last_value(view_2 ignore nulls) over (
                                partition by key_1, key_2
                                order by moment, side
                                rows between unbounded preceding and current row
                            ) as view_2,
                            side
                        from (
                            select
                                origin_airport_code as key_1,
                                destination_airport_code as key_2,
                                known_at as moment,
                                1 as side,
                                null as label_row,
                                null as view_1,
                                struct(event_at, late_arrival_rate_28d, arrival_delay_minutes_mean_28d) as view_2
                            from (
                                select origin_airport_code, destination_airport_code, event_at, known_at, late_arrival_rate_28d, arrival_delay_minutes_mean_28d
                                from `demo`.`azekura_features`.`feat_route__history`
                                where
                                    event_at is not null
                                    and known_at is not null
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
                                2 as side,
                                label_row,
                                view_1,
                                null as view_2
                            from (
                                select
                                    label_row,
                                    last_value(view_1 ignore nulls) over (
                                        partition by key_1
                                        order by moment, side
                                        rows between unbounded preceding and current row
                                    ) as view_1,
                                    side
                                from (
                                    select
                                        carrier_code as key_1,
                                        known_at as moment,
                                        1 as side,
                                        null as label_row,
                                        struct(event_at, late_departure_rate_7d, late_departure_rate_28d, cancelled_rate_28d) as view_1
                                    from (
                                        select carrier_code, event_at, known_at, late_departure_rate_7d, late_departure_rate_28d, cancelled_rate_28d
                                        from `demo`.`azekura_features`.`feat_carrier__punctuality`
                                        where
                                            event_at is not null
                                            and known_at is not null
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
                                        2 as side,
                                        label_row,
                                        null as view_1
                                    from (
                                        select label_row from labels as label_row
                                    )
                                )
                                where true
                                qualify side = 2
                            )
                        )
                        where true
                        qualify side = 2
                    )
                )
                where true
                qualify side = 2
            )
        )
        where true
        qualify side = 2
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
