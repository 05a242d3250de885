select
    [
        coalesce(
            json_value(record, '$.faa'),
            nullif(to_json_string(json_query(record, '$.faa')), 'null')
        ),
        coalesce(
            json_value(record, '$.name'),
            nullif(to_json_string(json_query(record, '$.name')), 'null')
        ),
        coalesce(
            json_value(record, '$.lat'),
            nullif(to_json_string(json_query(record, '$.lat')), 'null')
        ),
        coalesce(
            json_value(record, '$.lon'),
            nullif(to_json_string(json_query(record, '$.lon')), 'null')
        ),
        coalesce(
            json_value(record, '$.alt'),
            nullif(to_json_string(json_query(record, '$.alt')), 'null')
        ),
        coalesce(
            json_value(record, '$.tz'),
            nullif(to_json_string(json_query(record, '$.tz')), 'null')
        ),
        coalesce(
            json_value(record, '$.dst'),
            nullif(to_json_string(json_query(record, '$.dst')), 'null')
        ),
        coalesce(
            json_value(record, '$.tzone'),
            nullif(to_json_string(json_query(record, '$.tzone')), 'null')
        ),
        coalesce(
            json_value(record, '$.event_at'),
            nullif(to_json_string(json_query(record, '$.event_at')), 'null')
        ),
        coalesce(
            json_value(record, '$.ingested_at'),
            nullif(to_json_string(json_query(record, '$.ingested_at')), 'null')
        )
    ] as cells,
    raw_record,
    if(record is null, 'is not valid JSON', null) as raw_problem,
    ingested_date,
    lake_file,
    cast(null as int64) as line_number
from (
    select
        raw_record,
        safe.parse_json(raw_record, wide_number_mode => 'round') as record,
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
