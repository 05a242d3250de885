with

labels as (

    select 1 as flight_id, 'JFK' as origin, 'LAX' as destination, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 2 as flight_id, 'JFK' as origin, 'SFO' as destination, timestamp '2013-01-01 00:00:00' as predicted_at

),

routes as (

    select 'JFK' as origin, 'LAX' as destination, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 06:00:00' as known_at, 10 as flights_count, 0.1 as late_rate

),

weather as (

    select 'JFK' as airport_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 5.5 as wind_speed_mph
    union all
    select 'JFK' as airport_code, timestamp '2013-01-02 00:00:00' as event_at, timestamp '2013-01-02 00:00:00' as known_at, cast(null as FLOAT64) as wind_speed_mph

)

select * from (
    select
        label_row.*,
        view_1.flights_count as flights_count,
        view_1.late_rate as late_rate,
        view_2.wind_speed_mph as wind_speed_mph
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
                struct(event_at, wind_speed_mph) as view_2
            from (
                select airport_code, event_at, known_at, wind_speed_mph
                from weather
                where
                    event_at is not null
                    and known_at is not null
                    and airport_code is not null
                qualify
                    event_at = max(event_at) over (
                        partition by airport_code
                        order by known_at
                    )
                    and row_number() over (
                        partition by airport_code, known_at
                        order by event_at desc, wind_speed_mph desc
                    ) = 1
            )
            union all
            select
                label_row.origin as key_1,
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
                        origin as key_1,
                        destination as key_2,
                        known_at as moment,
                        1 as side,
                        null as label_row,
                        struct(event_at, flights_count, late_rate) as view_1
                    from (
                        select origin, destination, event_at, known_at, flights_count, late_rate
                        from routes
                        where
                            event_at is not null
                            and known_at is not null
                            and origin is not null
                            and destination is not null
                        qualify
                            event_at = max(event_at) over (
                                partition by origin, destination
                                order by known_at
                            )
                            and row_number() over (
                                partition by origin, destination, known_at
                                order by event_at desc, flights_count desc, late_rate desc
                            ) = 1
                    )
                    union all
                    select
                        label_row.origin as key_1,
                        label_row.destination as key_2,
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
