select
    [
        coalesce(
            json_value(raw_record, '$.faa'),
            nullif(json_query(raw_record, '$.faa'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.name'),
            nullif(json_query(raw_record, '$.name'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.lat'),
            nullif(json_query(raw_record, '$.lat'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.lon'),
            nullif(json_query(raw_record, '$.lon'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.alt'),
            nullif(json_query(raw_record, '$.alt'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.tz'),
            nullif(json_query(raw_record, '$.tz'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.dst'),
            nullif(json_query(raw_record, '$.dst'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.tzone'),
            nullif(json_query(raw_record, '$.tzone'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.event_at'),
            nullif(json_query(raw_record, '$.event_at'), 'null')
        ),
        coalesce(
            json_value(raw_record, '$.ingested_at'),
            nullif(json_query(raw_record, '$.ingested_at'), 'null')
        )
    ] as cells,
    rtrim(raw_record, '\r') as raw_record,
    if(safe.parse_json(raw_record, wide_number_mode => 'round') is null, 'is not valid JSON', null) as raw_problem,
    ingested_date,
    _file_name as lake_file,
    cast(null as int64) as line_number
from `demo`.`azekura_lake_files`.`airports`
where raw_record not in ('', '\r')
