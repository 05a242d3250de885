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
        air_time_minutes,
        flight_date >= cast('2013-10-01' as date) as is_evaluation
    from `demo`.`azekura_warehouse`.`fct_flight`

),

joined as (

    select * from (
    select
        label_row.*,
        case when label_row.predicted_at <= timestamp_add(view_1.event_at, interval 691200 second) then view_1.air_time_minutes_mean_28d end as air_time_minutes_mean_28d,
        case when label_row.predicted_at <= timestamp_add(view_2.event_at, interval 10800 second) then view_2.temperature_celsius end as temperature_celsius,
        case when label_row.predicted_at <= timestamp_add(view_2.event_at, interval 10800 second) then view_2.wind_speed_kmh end as wind_speed_kmh
    from (
        select
            label_row,
            view_1,
            last_value(view_2 ignore nulls) over (
                partition by key_1
                order by moment, side
                rows between unbounded preceding and current row
            ) as view_2,
            side
        from (
            select
                airport_code as key_1,
                known_at as moment,
                1 as side,
                null as label_row,
                null as view_1,
                struct(event_at, temperature_celsius, wind_speed_kmh) as view_2
            from (
                select airport_code, event_at, known_at, temperature_celsius, wind_speed_kmh
                from `demo`.`azekura_features`.`feat_airport__weather_v2`
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
                null as view_2
            from (
                select
                    label_row,
                    last_value(view_1 ignore nulls) over (
                        partition by key_1, key_2
                        order by moment, side
                        rows between unbounded preceding and current row
                    ) as view_1,
                    side
                from (
                    select
                        origin_airport_code as key_1,
                        destination_airport_code as key_2,
                        known_at as moment,
                        1 as side,
                        null as label_row,
                        struct(event_at, air_time_minutes_mean_28d) as view_1
                    from (
                        select origin_airport_code, destination_airport_code, event_at, known_at, air_time_minutes_mean_28d
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
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    air_time_minutes,
    is_evaluation
from joined
