with

labels as (

    select 1 as flight_id, 'AA' as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 2 as flight_id, 'AA' as carrier_code, timestamp '2012-12-31 00:00:00' as predicted_at
    union all
    select 3 as flight_id, 'UA' as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 4 as flight_id, cast(null as string) as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at

),

-- one carrier: a state, the next, and a correction of the first that became known last; not one was
-- known at no moment, nor does one belong to no carrier
states as (

    select 'AA' as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 0.1 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-02 00:00:00' as event_at, timestamp '2013-01-02 00:00:00' as known_at, 0.2 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-02 12:00:00' as known_at, 0.3 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-09 00:00:00' as event_at, cast(null as timestamp) as known_at, 0.4 as late_rate
    union all
    select cast(null as string) as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 0.5 as late_rate

)

select * from (
    select
        label_row.*,
        view_1.late_rate as late_rate
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
                struct(event_at, late_rate) as view_1
            from (
                select carrier_code, event_at, known_at, late_rate
                from states
                where
                    event_at is not null
                    and known_at is not null
                    and carrier_code is not null
                qualify
                    event_at = max(event_at) over (
                        partition by carrier_code
                        order by known_at
                    )
                    and row_number() over (
                        partition by carrier_code, known_at
                        order by event_at desc, late_rate desc
                    ) = 1
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
) as joined
