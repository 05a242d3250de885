select * from (
    with lake_rows as (
        select
            array(
                select if(starts_with(cell, '\ufdd0'), substr(cell, 2), regexp_replace(cell, '"﷐([^"]*)"', r'\1'))
                from unnest([
                    coalesce(json_value(record, '$."order_id"'), nullif(to_json_string(json_query(record, '$."order_id"')), 'null')),
                    coalesce(json_value(record, '$."customer"'), nullif(to_json_string(json_query(record, '$."customer"')), 'null')),
                    coalesce(json_value(record, '$."amount"'), nullif(to_json_string(json_query(record, '$."amount"')), 'null')),
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
                from `demo`.`lake_files`.`order_lines`
                where ingested_date >= date '0001-01-01'
            )
        )
        where raw_record != ''
    ),

    typed as (
        select
            safe_cast(nullif(cells[safe_offset(0)], 'NA') as INT64) as `order_id`,
            safe_cast(nullif(cells[safe_offset(1)], 'NA') as STRING) as `customer`,
            safe_cast(if(regexp_contains(nullif(cells[safe_offset(2)], 'NA'), '[xX]'), null, nullif(cells[safe_offset(2)], 'NA')) as FLOAT64) as `amount`,
            safe_cast(regexp_extract(nullif(cells[safe_offset(3)], 'NA'), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `event_at`,
            safe_cast(regexp_extract(nullif(cells[safe_offset(4)], 'NA'), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when raw_problem is not null then raw_problem
                when nullif(cells[safe_offset(0)], 'NA') is not null and safe_cast(nullif(cells[safe_offset(0)], 'NA') as INT64) is null
                    then concat('column order_id holds "', concat(regexp_replace(replace(replace(replace(left(nullif(cells[safe_offset(0)], 'NA'), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(cells[safe_offset(0)], 'NA')) > 100, '...', '')), '", which is not INT64')
                when nullif(cells[safe_offset(2)], 'NA') is not null and safe_cast(if(regexp_contains(nullif(cells[safe_offset(2)], 'NA'), '[xX]'), null, nullif(cells[safe_offset(2)], 'NA')) as FLOAT64) is null
                    then concat('column amount holds "', concat(regexp_replace(replace(replace(replace(left(nullif(cells[safe_offset(2)], 'NA'), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(cells[safe_offset(2)], 'NA')) > 100, '...', '')), '", which is not FLOAT64')
                when nullif(cells[safe_offset(3)], 'NA') is not null and safe_cast(regexp_extract(nullif(cells[safe_offset(3)], 'NA'), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column event_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(cells[safe_offset(3)], 'NA'), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(cells[safe_offset(3)], 'NA')) > 100, '...', '')), '", which is not TIMESTAMP')
                when nullif(cells[safe_offset(4)], 'NA') is not null and safe_cast(regexp_extract(nullif(cells[safe_offset(4)], 'NA'), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) is null
                    then concat('column ingested_at holds "', concat(regexp_replace(replace(replace(replace(left(nullif(cells[safe_offset(4)], 'NA'), 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(nullif(cells[safe_offset(4)], 'NA')) > 100, '...', '')), '", which is not TIMESTAMP')
            end as problem
        from lake_rows
    ),

    checked as (
        select
            `order_id`,
            `customer`,
            `amount`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `order_id` is null then 'column order_id is missing or NULL'
                when `customer` is null then 'column customer is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `customer` = '' then 'column customer is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 3 day)
                    then 'arrived more than 3 day(s) late (max_lateness_days of the source)'
                when not coalesce(amount >= 0, true) then 'the amount is negative'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `order_id`
                order by ingested_at desc, lake_file desc, raw_record desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `order_id`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `order_id`,
            `customer`,
            `amount`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (order_id): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `order_id`,
        `customer`,
        `amount`,
        `event_at`,
        `ingested_at`,
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then raw_record end as raw_record
    from judged
    where not is_superseded
) as records
