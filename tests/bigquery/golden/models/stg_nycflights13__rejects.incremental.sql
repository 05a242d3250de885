with

-- keeps the records of flights that could not be used
flights as (

    select
        ingested_date,
        'flights' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from (
    with lake_rows as (
        select
            `year`, `month`, `day`, `dep_time`, `sched_dep_time`, `dep_delay`, `arr_time`, `sched_arr_time`, `arr_delay`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `air_time`, `distance`, `hour`, `minute`, `time_hour`, `event_at`, `ingested_at`,
            ingested_date,
            _file_name as lake_file,
            cast(null as int64) as line_number
        from `demo`.`azekura_lake_files`.`flights`
        where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-20'
    ),

    typed as (
        select
            cast(`year` as int64) as `year`,
            cast(`month` as int64) as `month`,
            cast(`day` as int64) as `day`,
            cast(`dep_time` as int64) as `dep_time`,
            cast(`sched_dep_time` as int64) as `sched_dep_time`,
            cast(`dep_delay` as int64) as `dep_delay`,
            cast(`arr_time` as int64) as `arr_time`,
            cast(`sched_arr_time` as int64) as `sched_arr_time`,
            cast(`arr_delay` as int64) as `arr_delay`,
            cast(`carrier` as string) as `carrier`,
            cast(`flight` as int64) as `flight`,
            cast(`tailnum` as string) as `tailnum`,
            cast(`origin` as string) as `origin`,
            cast(`dest` as string) as `dest`,
            cast(`air_time` as int64) as `air_time`,
            cast(`distance` as int64) as `distance`,
            cast(`hour` as int64) as `hour`,
            cast(`minute` as int64) as `minute`,
            cast(`time_hour` as timestamp) as `time_hour`,
            cast(`event_at` as timestamp) as `event_at`,
            cast(`ingested_at` as timestamp) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            cast(null as string) as raw_record,
            cast(null as string) as problem
        from lake_rows
    ),

    checked as (
        select
            `year`,
            `month`,
            `day`,
            `dep_time`,
            `sched_dep_time`,
            `dep_delay`,
            `arr_time`,
            `sched_arr_time`,
            `arr_delay`,
            `carrier`,
            `flight`,
            `tailnum`,
            `origin`,
            `dest`,
            `air_time`,
            `distance`,
            `hour`,
            `minute`,
            `time_hour`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `carrier` is null then 'column carrier is missing or NULL'
                when `flight` is null then 'column flight is missing or NULL'
                when `origin` is null then 'column origin is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `dest` is null then 'column dest is missing or NULL'
                when `sched_dep_time` is null then 'column sched_dep_time is missing or NULL'
                when `sched_arr_time` is null then 'column sched_arr_time is missing or NULL'
                when `distance` is null then 'column distance is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `carrier` = '' then 'column carrier is empty'
                when `origin` = '' then 'column origin is empty'
                when `dest` = '' then 'column dest is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
                when not coalesce(sched_dep_time between 0 and 2400 and mod(sched_dep_time, 100) < 60, true) then 'sched_dep_time is not a clock time HHMM'
                when not coalesce(sched_arr_time between 0 and 2400 and mod(sched_arr_time, 100) < 60, true) then 'sched_arr_time is not a clock time HHMM'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `carrier`, `flight`, `origin`, `event_at`
                order by ingested_at desc, lake_file desc, `year` desc, `month` desc, `day` desc, `dep_time` desc, `sched_dep_time` desc, `dep_delay` desc, `arr_time` desc, `sched_arr_time` desc, `arr_delay` desc, `carrier` desc, `flight` desc, `tailnum` desc, `origin` desc, `dest` desc, `air_time` desc, `distance` desc, `hour` desc, `minute` desc, `time_hour` desc, `event_at` desc, `ingested_at` desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `carrier`, `flight`, `origin`, `event_at`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `year`,
            `month`,
            `day`,
            `dep_time`,
            `sched_dep_time`,
            `dep_delay`,
            `arr_time`,
            `sched_arr_time`,
            `arr_delay`,
            `carrier`,
            `flight`,
            `tailnum`,
            `origin`,
            `dest`,
            `air_time`,
            `distance`,
            `hour`,
            `minute`,
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
                when version_rank > 1 then 'duplicate key (carrier, flight, origin, event_at): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `year`,
        `month`,
        `day`,
        `dep_time`,
        `sched_dep_time`,
        `dep_delay`,
        `arr_time`,
        `sched_arr_time`,
        `arr_delay`,
        `carrier`,
        `flight`,
        `tailnum`,
        `origin`,
        `dest`,
        `air_time`,
        `distance`,
        `hour`,
        `minute`,
        `time_hour`,
        `event_at`,
        `ingested_at`,
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then to_json_string(struct(`year`, `month`, `day`, `dep_time`, `sched_dep_time`, `dep_delay`, `arr_time`, `sched_arr_time`, `arr_delay`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `air_time`, `distance`, `hour`, `minute`, `time_hour`, `event_at`, `ingested_at`)) end as raw_record
    from judged
    where not is_superseded
) as lake_records
    where reject_reason is not null

),

-- keeps the records of weather that could not be used
weather as (

    select
        ingested_date,
        'weather' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from (
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
                where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-20'
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
    where reject_reason is not null

),

-- keeps the records of aircraft that could not be used
aircraft as (

    select
        ingested_date,
        'aircraft' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from (
    with lake_rows as (
        select
            array(
                select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
                from unnest(regexp_extract_all(concat(',', raw_record), ',("(?:[^"]|"")*"|[^",][^,]*|)')) as cell
                with offset as cell_position
                order by cell_position
            ) as cells,
            raw_record,
            if(
                array_to_string(regexp_extract_all(concat(',', raw_record), ',(?:"(?:[^"]|"")*"|[^",][^,]*|)'), '')
                != concat(',', raw_record),
                'is not well-formed CSV',
                null
            ) as raw_problem,
            ingested_date,
            lake_file,
            cast(null as int64) as line_number
        from (
            select
                raw_record,
                ingested_date,
                lake_file
            from (
                select
                    rtrim(raw_record, '\r') as raw_record,
                    ingested_date,
                    _file_name as lake_file
                from `demo`.`azekura_lake_files`.`aircraft`
                where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-20'
            )
        )
        where raw_record != ''
    ),

    typed as (
        select
            safe_cast(nullif(nullif(cells[safe_offset(0)], 'NA'), '') as STRING) as `tailnum`,
            safe_cast(nullif(nullif(cells[safe_offset(1)], 'NA'), '') as INT64) as `year`,
            safe_cast(nullif(nullif(cells[safe_offset(2)], 'NA'), '') as STRING) as `type`,
            safe_cast(nullif(nullif(cells[safe_offset(3)], 'NA'), '') as STRING) as `manufacturer`,
            safe_cast(nullif(nullif(cells[safe_offset(4)], 'NA'), '') as STRING) as `model`,
            safe_cast(nullif(nullif(cells[safe_offset(5)], 'NA'), '') as INT64) as `engines`,
            safe_cast(nullif(nullif(cells[safe_offset(6)], 'NA'), '') as INT64) as `seats`,
            safe_cast(nullif(nullif(cells[safe_offset(7)], 'NA'), '') as INT64) as `speed`,
            safe_cast(nullif(nullif(cells[safe_offset(8)], 'NA'), '') as STRING) as `engine`,
            safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(9)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `event_at`,
            safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(10)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when raw_problem is not null then raw_problem
                when array_length(cells) != 11
                    then concat('holds ', cast(array_length(cells) as string), ' field(s) instead of 11')
                when nullif(nullif(cells[safe_offset(1)], 'NA'), '') is not null and safe_cast(nullif(nullif(cells[safe_offset(1)], 'NA'), '') as INT64) is null
                    then concat('column year holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(1)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(1)], 'NA'), '')) > 100, '...', '')), '", which is not INT64')
                when nullif(nullif(cells[safe_offset(5)], 'NA'), '') is not null and safe_cast(nullif(nullif(cells[safe_offset(5)], 'NA'), '') as INT64) is null
                    then concat('column engines holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(5)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(5)], 'NA'), '')) > 100, '...', '')), '", which is not INT64')
                when nullif(nullif(cells[safe_offset(6)], 'NA'), '') is not null and safe_cast(nullif(nullif(cells[safe_offset(6)], 'NA'), '') as INT64) is null
                    then concat('column seats holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(6)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(6)], 'NA'), '')) > 100, '...', '')), '", which is not INT64')
                when nullif(nullif(cells[safe_offset(7)], 'NA'), '') is not null and safe_cast(nullif(nullif(cells[safe_offset(7)], 'NA'), '') as INT64) is null
                    then concat('column speed holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(7)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(7)], 'NA'), '')) > 100, '...', '')), '", which is not INT64')
                when nullif(nullif(cells[safe_offset(9)], 'NA'), '') is not null and safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(9)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column event_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(9)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(9)], 'NA'), '')) > 100, '...', '')), '", which is not TIMESTAMP')
                when nullif(nullif(cells[safe_offset(10)], 'NA'), '') is not null and safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(10)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column ingested_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(10)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(10)], 'NA'), '')) > 100, '...', '')), '", which is not TIMESTAMP')
            end as problem
        from lake_rows
    ),

    checked as (
        select
            `tailnum`,
            `year`,
            `type`,
            `manufacturer`,
            `model`,
            `engines`,
            `seats`,
            `speed`,
            `engine`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `tailnum` is null then 'column tailnum is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `tailnum` = '' then 'column tailnum is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `tailnum`
                order by ingested_at desc, lake_file desc, raw_record desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `tailnum`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `tailnum`,
            `year`,
            `type`,
            `manufacturer`,
            `model`,
            `engines`,
            `seats`,
            `speed`,
            `engine`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (tailnum): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `tailnum`,
        `year`,
        `type`,
        `manufacturer`,
        `model`,
        `engines`,
        `seats`,
        `speed`,
        `engine`,
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
    where reject_reason is not null

),

-- keeps the records of airports that could not be used
airports as (

    select
        ingested_date,
        'airports' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from (
    with lake_rows as (
        select
            array(
                select if(starts_with(cell, '\ufdd0'), substr(cell, 2), regexp_replace(cell, '"﷐([^"]*)"', r'\1'))
                from unnest([
                    coalesce(json_value(record, '$."faa"'), nullif(to_json_string(json_query(record, '$."faa"')), 'null')),
                    coalesce(json_value(record, '$."name"'), nullif(to_json_string(json_query(record, '$."name"')), 'null')),
                    coalesce(json_value(record, '$."lat"'), nullif(to_json_string(json_query(record, '$."lat"')), 'null')),
                    coalesce(json_value(record, '$."lon"'), nullif(to_json_string(json_query(record, '$."lon"')), 'null')),
                    coalesce(json_value(record, '$."alt"'), nullif(to_json_string(json_query(record, '$."alt"')), 'null')),
                    coalesce(json_value(record, '$."tz"'), nullif(to_json_string(json_query(record, '$."tz"')), 'null')),
                    coalesce(json_value(record, '$."dst"'), nullif(to_json_string(json_query(record, '$."dst"')), 'null')),
                    coalesce(json_value(record, '$."tzone"'), nullif(to_json_string(json_query(record, '$."tzone"')), 'null')),
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
                from `demo`.`azekura_lake_files`.`airports`
                where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-20'
            )
        )
        where raw_record != ''
    ),

    typed as (
        select
            safe_cast(cells[safe_offset(0)] as STRING) as `faa`,
            safe_cast(cells[safe_offset(1)] as STRING) as `name`,
            safe_cast(if(regexp_contains(cells[safe_offset(2)], '[xX]'), null, cells[safe_offset(2)]) as FLOAT64) as `lat`,
            safe_cast(if(regexp_contains(cells[safe_offset(3)], '[xX]'), null, cells[safe_offset(3)]) as FLOAT64) as `lon`,
            safe_cast(cells[safe_offset(4)] as INT64) as `alt`,
            safe_cast(cells[safe_offset(5)] as INT64) as `tz`,
            safe_cast(cells[safe_offset(6)] as STRING) as `dst`,
            safe_cast(cells[safe_offset(7)] as STRING) as `tzone`,
            safe_cast(regexp_extract(cells[safe_offset(8)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `event_at`,
            safe_cast(regexp_extract(cells[safe_offset(9)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when raw_problem is not null then raw_problem
                when cells[safe_offset(2)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(2)], '[xX]'), null, cells[safe_offset(2)]) as FLOAT64) is null
                    then concat('column lat holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(2)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(2)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(3)] is not null and safe_cast(if(regexp_contains(cells[safe_offset(3)], '[xX]'), null, cells[safe_offset(3)]) as FLOAT64) is null
                    then concat('column lon holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(3)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(3)]) > 100, '...', '')), '", which is not FLOAT64')
                when cells[safe_offset(4)] is not null and safe_cast(cells[safe_offset(4)] as INT64) is null
                    then concat('column alt holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(4)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(4)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(5)] is not null and safe_cast(cells[safe_offset(5)] as INT64) is null
                    then concat('column tz holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(5)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(5)]) > 100, '...', '')), '", which is not INT64')
                when cells[safe_offset(8)] is not null and safe_cast(regexp_extract(cells[safe_offset(8)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column event_at holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(8)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(8)]) > 100, '...', '')), '", which is not TIMESTAMP')
                when cells[safe_offset(9)] is not null and safe_cast(regexp_extract(cells[safe_offset(9)], '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column ingested_at holds "', concat(regexp_replace(replace(replace(replace(left(cells[safe_offset(9)], 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cells[safe_offset(9)]) > 100, '...', '')), '", which is not TIMESTAMP')
            end as problem
        from lake_rows
    ),

    checked as (
        select
            `faa`,
            `name`,
            `lat`,
            `lon`,
            `alt`,
            `tz`,
            `dst`,
            `tzone`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `faa` is null then 'column faa is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `faa` = '' then 'column faa is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `faa`
                order by ingested_at desc, lake_file desc, raw_record desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `faa`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `faa`,
            `name`,
            `lat`,
            `lon`,
            `alt`,
            `tz`,
            `dst`,
            `tzone`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (faa): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `faa`,
        `name`,
        `lat`,
        `lon`,
        `alt`,
        `tz`,
        `dst`,
        `tzone`,
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
    where reject_reason is not null

),

-- keeps the records of carriers that could not be used
carriers as (

    select
        ingested_date,
        'carriers' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from (
    with lake_rows as (
        select
            array(
                select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
                from unnest(regexp_extract_all(concat(',', raw_record), ',("(?:[^"]|"")*"|[^",][^,]*|)')) as cell
                with offset as cell_position
                order by cell_position
            ) as cells,
            raw_record,
            if(
                array_to_string(regexp_extract_all(concat(',', raw_record), ',(?:"(?:[^"]|"")*"|[^",][^,]*|)'), '')
                != concat(',', raw_record),
                'is not well-formed CSV',
                null
            ) as raw_problem,
            ingested_date,
            lake_file,
            cast(null as int64) as line_number
        from (
            select
                raw_record,
                ingested_date,
                lake_file
            from (
                select
                    rtrim(raw_record, '\r') as raw_record,
                    ingested_date,
                    _file_name as lake_file
                from `demo`.`azekura_lake_files`.`carriers`
                where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-20'
            )
        )
        where raw_record != ''
    ),

    typed as (
        select
            safe_cast(nullif(nullif(cells[safe_offset(0)], 'NA'), '') as STRING) as `carrier`,
            safe_cast(nullif(nullif(cells[safe_offset(1)], 'NA'), '') as STRING) as `name`,
            safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(2)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `event_at`,
            safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(3)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when raw_problem is not null then raw_problem
                when array_length(cells) != 4
                    then concat('holds ', cast(array_length(cells) as string), ' field(s) instead of 4')
                when nullif(nullif(cells[safe_offset(2)], 'NA'), '') is not null and safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(2)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column event_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(2)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(2)], 'NA'), '')) > 100, '...', '')), '", which is not TIMESTAMP')
                when nullif(nullif(cells[safe_offset(3)], 'NA'), '') is not null and safe_cast(regexp_extract(nullif(nullif(cells[safe_offset(3)], 'NA'), ''), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column ingested_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(nullif(cells[safe_offset(3)], 'NA'), ''), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(nullif(cells[safe_offset(3)], 'NA'), '')) > 100, '...', '')), '", which is not TIMESTAMP')
            end as problem
        from lake_rows
    ),

    checked as (
        select
            `carrier`,
            `name`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `carrier` is null then 'column carrier is missing or NULL'
                when `name` is null then 'column name is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `carrier` = '' then 'column carrier is empty'
                when `name` = '' then 'column name is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `carrier`
                order by ingested_at desc, lake_file desc, raw_record desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `carrier`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `carrier`,
            `name`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (carrier): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `carrier`,
        `name`,
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
    where reject_reason is not null

),

unioned as (

    select * from flights union all
    select * from weather union all
    select * from aircraft union all
    select * from airports union all
    select * from carriers
    

),

windowed as (

    select * from unioned
    where ingested_date >= date '2013-06-12' and ingested_date < date '2013-06-18'

)

select * from windowed
