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
        case when label_row.predicted_at <= timestamp_add(state_1.event_at, interval 192 hour) then state_1.air_time_minutes_mean_28d end as air_time_minutes_mean_28d,
        case when label_row.predicted_at <= timestamp_add(state_2.event_at, interval 3 hour) then state_2.temperature_fahrenheit end as temperature_fahrenheit,
        case when label_row.predicted_at <= timestamp_add(state_2.event_at, interval 3 hour) then state_2.wind_speed_mph end as wind_speed_mph
    from (
        select
            label_row,
            state_1,
            last_value(state_2 ignore nulls) over (
                partition by key_1
                order by moment, side
                rows between unbounded preceding and current row
            ) as state_2,
            side
        from (
            select
                airport_code as key_1,
                known_at as moment,
                0 as side,
                null as label_row,
                null as state_1,
                struct(event_at, temperature_fahrenheit, wind_speed_mph) as state_2
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
                null as state_2
            from (
                select
                    label_row,
                    last_value(state_1 ignore nulls) over (
                        partition by key_1, key_2
                        order by moment, side
                        rows between unbounded preceding and current row
                    ) as state_1,
                    side
                from (
                    select
                        origin_airport_code as key_1,
                        destination_airport_code as key_2,
                        known_at as moment,
                        0 as side,
                        null as label_row,
                        struct(event_at, air_time_minutes_mean_28d) as state_1
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
    temperature_fahrenheit,
    wind_speed_mph,
    air_time_minutes,
    is_evaluation
from joined
