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
