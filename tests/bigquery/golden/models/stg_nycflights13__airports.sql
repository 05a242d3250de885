with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from (
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
                where ingested_date >= date '0001-01-01'
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
    where reject_reason is null

),

renamed as (

    select
        faa as airport_code,
        name as airport_name,
        lat as latitude_degrees,
        lon as longitude_degrees,
        alt as altitude_feet,
        tzone as time_zone,
        ingested_at
    from records

)

select * from renamed
