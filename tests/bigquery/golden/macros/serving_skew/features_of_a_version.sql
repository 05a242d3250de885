select * from (
    with log_rows as (
        select * from (
select * from `demo`.`marts`.`request_log` where requested_at >= timestamp '2013-06-14'
        )
    ),

    log_texts as (
        select
            json_value(`keys`, '$.airport_code') as airport_code,
            json_value(`values`, '$.humidity_percent') as served__humidity_percent,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.humidity_percent') is not null as asked__humidity_percent,
            requested_at
        from log_rows
        where view = 'feat_airport__weather' and version = 1
    ),

    log_reads as (
        select
            safe_cast(airport_code as STRING) as airport_code,
            safe_cast(if(regexp_contains(served__humidity_percent, '[xX]'), null, served__humidity_percent) as FLOAT64) as served__humidity_percent,
            asked__humidity_percent,
            requested_at
        from log_texts
    ),

    joined as (
        select * from (
    select
        label_row.*,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.humidity_percent end as humidity_percent
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
                airport_code as key_1,
                known_at as moment,
                1 as side,
                null as label_row,
                struct(event_at, humidity_percent) as view_1
            from (
                select airport_code, event_at, known_at, humidity_percent
                from `demo`.`azekura_features`.`feat_airport__weather_v1`
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
                        order by event_at desc, humidity_percent desc
                    ) = 1
            )
            union all
            select
                label_row.airport_code as key_1,
                label_row.requested_at as moment,
                2 as side,
                label_row,
                null as view_1
            from (
                select label_row from log_reads as label_row
            )
        )
        where true
        qualify side = 2
    )
) as known
    ),

    compared as (
        select one.*
        from joined
        cross join unnest([
            struct('humidity_percent' as feature, asked__humidity_percent as is_asked, coalesce((cast(served__humidity_percent as string) != cast(humidity_percent as string) and served__humidity_percent != humidity_percent and not abs(served__humidity_percent - humidity_percent) < 1e-9 * (abs(served__humidity_percent) + abs(humidity_percent))), false) as is_mismatch, served__humidity_percent is null and humidity_percent is not null as is_missing, served__humidity_percent is not null and humidity_percent is null as is_extra, cast(case when abs(served__humidity_percent) + abs(humidity_percent) = 0 then 0 when abs(served__humidity_percent) + abs(humidity_percent) < cast('inf' as FLOAT64) then 2 * abs(served__humidity_percent - humidity_percent) / (abs(served__humidity_percent) + abs(humidity_percent)) end as FLOAT64) as error)
        ]) as one
    ),

    rates as (
        select
            feature,
            count(*) as rows_count,
            count(case when is_mismatch then 1 end) / count(*) as mismatch_rate,
            count(case when is_missing then 1 end) / count(*) as missing_rate,
            count(case when is_extra then 1 end) / count(*) as extra_rate,
            avg(error) as smape
        from compared
        where is_asked
        group by feature
    )

    select
        'feat_airport__weather' as view,
        cast(1 as bigint) as version,
        feature,
        rows_count,
        mismatch_rate,
        missing_rate,
        extra_rate,
        smape
    from rates
) as skew
