select * from (
    with log_rows as (
        select * from `demo`.`marts`.`request_log`
    ),

    log_texts as (
        select
            json_value(`keys`, '$.airport_code') as airport_code,
            json_value(`values`, '$.departures_count_1h') as served__departures_count_1h,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.departures_count_1h') is not null as asked__departures_count_1h,
            json_value(`values`, '$.departures_count_3h') as served__departures_count_3h,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.departures_count_3h') is not null as asked__departures_count_3h,
            json_value(`values`, '$.cancelled_count_3h') as served__cancelled_count_3h,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.cancelled_count_3h') is not null as asked__cancelled_count_3h,
            json_value(`values`, '$.late_departure_rate_3h') as served__late_departure_rate_3h,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.late_departure_rate_3h') is not null as asked__late_departure_rate_3h,
            json_value(`values`, '$.departure_delay_minutes_mean_3h') as served__departure_delay_minutes_mean_3h,
            json_query(parse_json(`values`, wide_number_mode => 'round'), '$.departure_delay_minutes_mean_3h') is not null as asked__departure_delay_minutes_mean_3h,
            requested_at
        from log_rows
        where view = 'feat_airport__traffic' and version = 1
    ),

    log_reads as (
        select
            safe_cast(airport_code as STRING) as airport_code,
            safe_cast(served__departures_count_1h as INT64) as served__departures_count_1h,
            asked__departures_count_1h,
            safe_cast(served__departures_count_3h as INT64) as served__departures_count_3h,
            asked__departures_count_3h,
            safe_cast(served__cancelled_count_3h as INT64) as served__cancelled_count_3h,
            asked__cancelled_count_3h,
            safe_cast(if(regexp_contains(served__late_departure_rate_3h, '[xX]'), null, served__late_departure_rate_3h) as FLOAT64) as served__late_departure_rate_3h,
            asked__late_departure_rate_3h,
            safe_cast(if(regexp_contains(served__departure_delay_minutes_mean_3h, '[xX]'), null, served__departure_delay_minutes_mean_3h) as FLOAT64) as served__departure_delay_minutes_mean_3h,
            asked__departure_delay_minutes_mean_3h,
            requested_at
        from log_texts
    ),

    joined as (
        select * from (
    select
        label_row.*,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.departures_count_1h end as departures_count_1h,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.departures_count_3h end as departures_count_3h,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.cancelled_count_3h end as cancelled_count_3h,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.late_departure_rate_3h end as late_departure_rate_3h,
        case when label_row.requested_at <= timestamp_add(view_1.event_at, interval 10800 second) then view_1.departure_delay_minutes_mean_3h end as departure_delay_minutes_mean_3h
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
                struct(event_at, departures_count_1h, departures_count_3h, cancelled_count_3h, late_departure_rate_3h, departure_delay_minutes_mean_3h) as view_1
            from (
                select airport_code, event_at, known_at, departures_count_1h, departures_count_3h, cancelled_count_3h, late_departure_rate_3h, departure_delay_minutes_mean_3h
                from `demo`.`azekura_features`.`feat_airport__traffic`
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
                        order by event_at desc, departures_count_1h desc, departures_count_3h desc, cancelled_count_3h desc, late_departure_rate_3h desc, departure_delay_minutes_mean_3h desc
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
            struct('departures_count_1h' as feature, asked__departures_count_1h as is_asked, coalesce(cast(served__departures_count_1h as string) != cast(departures_count_1h as string), false) as is_mismatch, served__departures_count_1h is null and departures_count_1h is not null as is_missing, served__departures_count_1h is not null and departures_count_1h is null as is_extra, cast(case when abs(served__departures_count_1h) + abs(departures_count_1h) = 0 then 0 when abs(served__departures_count_1h) + abs(departures_count_1h) < cast('inf' as FLOAT64) then 2 * abs(served__departures_count_1h - departures_count_1h) / (abs(served__departures_count_1h) + abs(departures_count_1h)) end as FLOAT64) as error),
            struct('departures_count_3h' as feature, asked__departures_count_3h as is_asked, coalesce(cast(served__departures_count_3h as string) != cast(departures_count_3h as string), false) as is_mismatch, served__departures_count_3h is null and departures_count_3h is not null as is_missing, served__departures_count_3h is not null and departures_count_3h is null as is_extra, cast(case when abs(served__departures_count_3h) + abs(departures_count_3h) = 0 then 0 when abs(served__departures_count_3h) + abs(departures_count_3h) < cast('inf' as FLOAT64) then 2 * abs(served__departures_count_3h - departures_count_3h) / (abs(served__departures_count_3h) + abs(departures_count_3h)) end as FLOAT64) as error),
            struct('cancelled_count_3h' as feature, asked__cancelled_count_3h as is_asked, coalesce(cast(served__cancelled_count_3h as string) != cast(cancelled_count_3h as string), false) as is_mismatch, served__cancelled_count_3h is null and cancelled_count_3h is not null as is_missing, served__cancelled_count_3h is not null and cancelled_count_3h is null as is_extra, cast(case when abs(served__cancelled_count_3h) + abs(cancelled_count_3h) = 0 then 0 when abs(served__cancelled_count_3h) + abs(cancelled_count_3h) < cast('inf' as FLOAT64) then 2 * abs(served__cancelled_count_3h - cancelled_count_3h) / (abs(served__cancelled_count_3h) + abs(cancelled_count_3h)) end as FLOAT64) as error),
            struct('late_departure_rate_3h' as feature, asked__late_departure_rate_3h as is_asked, coalesce((cast(served__late_departure_rate_3h as string) != cast(late_departure_rate_3h as string) and served__late_departure_rate_3h != late_departure_rate_3h and not abs(served__late_departure_rate_3h - late_departure_rate_3h) < 1e-9 * (abs(served__late_departure_rate_3h) + abs(late_departure_rate_3h))), false) as is_mismatch, served__late_departure_rate_3h is null and late_departure_rate_3h is not null as is_missing, served__late_departure_rate_3h is not null and late_departure_rate_3h is null as is_extra, cast(case when abs(served__late_departure_rate_3h) + abs(late_departure_rate_3h) = 0 then 0 when abs(served__late_departure_rate_3h) + abs(late_departure_rate_3h) < cast('inf' as FLOAT64) then 2 * abs(served__late_departure_rate_3h - late_departure_rate_3h) / (abs(served__late_departure_rate_3h) + abs(late_departure_rate_3h)) end as FLOAT64) as error),
            struct('departure_delay_minutes_mean_3h' as feature, asked__departure_delay_minutes_mean_3h as is_asked, coalesce((cast(served__departure_delay_minutes_mean_3h as string) != cast(departure_delay_minutes_mean_3h as string) and served__departure_delay_minutes_mean_3h != departure_delay_minutes_mean_3h and not abs(served__departure_delay_minutes_mean_3h - departure_delay_minutes_mean_3h) < 1e-9 * (abs(served__departure_delay_minutes_mean_3h) + abs(departure_delay_minutes_mean_3h))), false) as is_mismatch, served__departure_delay_minutes_mean_3h is null and departure_delay_minutes_mean_3h is not null as is_missing, served__departure_delay_minutes_mean_3h is not null and departure_delay_minutes_mean_3h is null as is_extra, cast(case when abs(served__departure_delay_minutes_mean_3h) + abs(departure_delay_minutes_mean_3h) = 0 then 0 when abs(served__departure_delay_minutes_mean_3h) + abs(departure_delay_minutes_mean_3h) < cast('inf' as FLOAT64) then 2 * abs(served__departure_delay_minutes_mean_3h - departure_delay_minutes_mean_3h) / (abs(served__departure_delay_minutes_mean_3h) + abs(departure_delay_minutes_mean_3h)) end as FLOAT64) as error)
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
        'feat_airport__traffic' as view,
        cast(1 as bigint) as version,
        feature,
        rows_count,
        mismatch_rate,
        missing_rate,
        extra_rate,
        smape
    from rates
) as skew
