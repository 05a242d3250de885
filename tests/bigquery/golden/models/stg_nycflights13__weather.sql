with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from (
    with lake_rows as (
        select
            array(
                select if(starts_with(cell, '\ufdd0'), substr(cell, 2), regexp_replace(cell, '"﷐([^"]*)"', r'\1'))
                from unnest([
                    coalesce(json_value(record, '$."origin"'), nullif(to_json_string(json_query(record, '$."origin"')), 'null')),
                    coalesce(json_value(record, '$."year"'), nullif(to_json_string(json_query(record, '$."year"')), 'null')),
                    coalesce(json_value(record, '$."month"'), nullif(to_json_string(json_query(record, '$."month"')), 'null')),
                    coalesce(json_value(record, '$."day"'), nullif(to_json_string(json_query(record, '$."day"')), 'null')),
                    coalesce(json_value(record, '$."hour"'), nullif(to_json_string(json_query(record, '$."hour"')), 'null')),
                    coalesce(json_value(record, '$."temp"'), nullif(to_json_string(json_query(record, '$."temp"')), 'null')),
                    coalesce(json_value(record, '$."dewp"'), nullif(to_json_string(json_query(record, '$."dewp"')), 'null')),
                    coalesce(json_value(record, '$."humid"'), nullif(to_json_string(json_query(record, '$."humid"')), 'null')),
                    coalesce(json_value(record, '$."wind_dir"'), nullif(to_json_string(json_query(record, '$."wind_dir"')), 'null')),
                    coalesce(json_value(record, '$."wind_speed"'), nullif(to_json_string(json_query(record, '$."wind_speed"')), 'null')),
                    coalesce(json_value(record, '$."wind_gust"'), nullif(to_json_string(json_query(record, '$."wind_gust"')), 'null')),
                    coalesce(json_value(record, '$."precip"'), nullif(to_json_string(json_query(record, '$."precip"')), 'null')),
                    coalesce(json_value(record, '$."pressure"'), nullif(to_json_string(json_query(record, '$."pressure"')), 'null')),
                    coalesce(json_value(record, '$."visib"'), nullif(to_json_string(json_query(record, '$."visib"')), 'null')),
                    coalesce(json_value(record, '$."time_hour"'), nullif(to_json_string(json_query(record, '$."time_hour"')), 'null')),
                    coalesce(json_value(record, '$."event_at"'), nullif(to_json_string(json_query(record, '$."event_at"')), 'null')),
                    coalesce(json_value(record, '$."ingested_at"'), nullif(to_json_string(json_query(record, '$."ingested_at"')), 'null'))
                ]) as cell with offset as cell_position
                order by cell_position
            ) as cells,
            raw_record,
            case
                when regexp_contains(raw_record, r'﷐|\\u[fF][dD][dD]0') then 'holds U+FDD0, which is no character'
                when record is null or regexp_contains(to_json_string(record), '"﷐[^"]*"[[:space:]]*:') then 'is not valid JSON'
                when json_type(record) != 'object' then 'is not a JSON object'
            end as raw_problem,
            ingested_date,
            lake_file,
            cast(null as int64) as line_number
        from (
            select
                raw_record,
                safe.parse_json(replace(
            regexp_replace(ltrim(raw_record, '\ufeff'), r'("(?:[^"\\]|\\.)*(?:"|\\?$))|(-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)', concat(r'\1"', '\ufdd0', r'\2"')),
            '"\ufdd0"', ''
        )) as record,
                ingested_date,
                lake_file
            from (
                select
                    rtrim(raw_record, '\r') as raw_record,
                    ingested_date,
                    _file_name as lake_file
                from `demo`.`azekura_lake_files`.`weather`
                where ingested_date >= date '0001-01-01'
            )
        )
        where raw_record != ''
    ),

    typed as (
        select
            safe_cast(cells[safe_offset(0)] as STRING) as `origin`,
            safe_cast(cells[safe_offset(1)] as INT64) as `year`,
            safe_cast(cells[safe_offset(2)] as INT64) as `month`,
            safe_cast(cells[safe_offset(3)] as INT64) as `day`,
            safe_cast(cells[safe_offset(4)] as INT64) as `hour`,
            safe_cast(if(regexp_contains(cells[safe_offset(5)], '[xX]'), null, cells[safe_offset(5)]) as FLOAT64) as `temp`,
            safe_cast(if(regexp_contains(cells[safe_offset(6)], '[xX]'), null, cells[safe_offset(6)]) as FLOAT64) as `dewp`,
            safe_cast(if(regexp_contains(cells[safe_offset(7)], '[xX]'), null, cells[safe_offset(7)]) as FLOAT64) as `humid`,
            safe_cast(cells[safe_offset(8)] as INT64) as `wind_dir`,
            safe_cast(if(regexp_contains(cells[safe_offset(9)], '[xX]'), null, cells[safe_offset(9)]) as FLOAT64) as `wind_speed`,
            safe_cast(if(regexp_contains(cells[safe_offset(10)], '[xX]'), null, cells[safe_offset(10)]) as FLOAT64) as `wind_gust`,
            safe_cast(if(regexp_contains(cells[safe_offset(11)], '[xX]'), null, cells[safe_offset(11)]) as FLOAT64) as `precip`,
            safe_cast(if(regexp_contains(cells[safe_offset(12)], '[xX]'), null, cells[safe_offset(12)]) as FLOAT64) as `pressure`,
            safe_cast(if(regexp_contains(cells[safe_offset(13)], '[xX]'), null, cells[safe_offset(13)]) as FLOAT64) as `visib`,
            safe_cast(regexp_extract(cells[safe_offset(14)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `time_hour`,
            safe_cast(regexp_extract(cells[safe_offset(15)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `event_at`,
            safe_cast(regexp_extract(cells[safe_offset(16)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when raw_problem is not null then raw_problem
                when cells[safe_offset(1)] is not null and safe_cast(cells[safe_offset(1)] as INT64) is null
                    then concat('column year holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(1)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(1)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(2)] is not null and safe_cast(cells[safe_offset(2)] as INT64) is null
                    then concat('column month holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(2)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(2)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(3)] is not null and safe_cast(cells[safe_offset(3)] as INT64) is null
                    then concat('column day holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(3)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(3)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(4)] is not null and safe_cast(cells[safe_offset(4)] as INT64) is null
                    then concat('column hour holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(4)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(4)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(5)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(5)], '[xX]'), null, cells[safe_offset(5)]) as FLOAT64) is null
                    then concat('column temp holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(5)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(5)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(6)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(6)], '[xX]'), null, cells[safe_offset(6)]) as FLOAT64) is null
                    then concat('column dewp holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(6)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(6)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(7)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(7)], '[xX]'), null, cells[safe_offset(7)]) as FLOAT64) is null
                    then concat('column humid holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(7)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(7)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(8)] is not null and safe_cast(cells[safe_offset(8)] as INT64) is null
                    then concat('column wind_dir holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(8)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(8)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(9)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(9)], '[xX]'), null, cells[safe_offset(9)]) as FLOAT64) is null
                    then concat('column wind_speed holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(9)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(9)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(10)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(10)], '[xX]'), null, cells[safe_offset(10)]) as FLOAT64) is null
                    then concat('column wind_gust holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(10)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(10)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(11)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(11)], '[xX]'), null, cells[safe_offset(11)]) as FLOAT64) is null
                    then concat('column precip holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(11)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(11)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(12)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(12)], '[xX]'), null, cells[safe_offset(12)]) as FLOAT64) is null
                    then concat('column pressure holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(12)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(12)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(13)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(13)], '[xX]'), null, cells[safe_offset(13)]) as FLOAT64) is null
                    then concat('column visib holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(13)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(13)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(14)] is not null and safe_cast(regexp_extract(cells[safe_offset(14)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column time_hour holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(14)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(14)]) > 100, '...', '')), '", which is not TIMESTAMP')
                when cells[safe_offset(15)] is not null and safe_cast(regexp_extract(cells[safe_offset(15)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column event_at holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(15)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(15)]) > 100, '...', '')), '", which is not TIMESTAMP')
                when cells[safe_offset(16)] is not null and safe_cast(regexp_extract(cells[safe_offset(16)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column ingested_at holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(16)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(16)]) > 100, '...', '')), '", which is not TIMESTAMP')
            end as problem
        from lake_rows
    ),

    checked as (
        select
            `origin`,
            `year`,
            `month`,
            `day`,
            `hour`,
            `temp`,
            `dewp`,
            `humid`,
            `wind_dir`,
            `wind_speed`,
            `wind_gust`,
            `precip`,
            `pressure`,
            `visib`,
            `time_hour`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `origin` is null then 'column origin is missing or NULL'
                when `time_hour` is null then 'column time_hour is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `origin` = '' then 'column origin is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
                when not coalesce(ingested_at >= event_at, true) then 'arrived before it was observed'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `origin`, `time_hour`
                order by ingested_at desc, lake_file desc, raw_record desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `origin`, `time_hour`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `origin`,
            `year`,
            `month`,
            `day`,
            `hour`,
            `temp`,
            `dewp`,
            `humid`,
            `wind_dir`,
            `wind_speed`,
            `wind_gust`,
            `precip`,
            `pressure`,
            `visib`,
            `time_hour`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (origin, time_hour): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `origin`,
        `year`,
        `month`,
        `day`,
        `hour`,
        `temp`,
        `dewp`,
        `humid`,
        `wind_dir`,
        `wind_speed`,
        `wind_gust`,
        `precip`,
        `pressure`,
        `visib`,
        `time_hour`,
        `event_at`,
        `ingested_at`,
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then raw_record end as raw_record
    from judged
    where not is_superseded
) as lake_records
    where reject_reason is null

),

renamed as (

    select
        origin as airport_code,
        cast(event_at as date) as observed_date,
        event_at as observed_at,

        ---------- measures
        temp as temperature_fahrenheit,
        dewp as dew_point_fahrenheit,
        humid as humidity_percent,
        wind_dir as wind_direction_degrees,
        wind_speed as wind_speed_mph,
        wind_gust as wind_gust_mph,
        precip as precipitation_inches,
        pressure as pressure_millibars,
        visib as visibility_miles,

        ---------- times
        ingested_at,
        ingested_date
    from records

),

windowed as (

    select * from renamed
    where true

)

select * from windowed
