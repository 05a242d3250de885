select
    array(
        select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
        from unnest(regexp_extract_all(concat(',', rtrim(raw_record, '\r')), ',("(?:[^"]|"")*"|[^",][^,]*|)')) as cell
        with offset as cell_position
        order by cell_position
    ) as cells,
    rtrim(raw_record, '\r') as raw_record,
    if(
        array_to_string(regexp_extract_all(concat(',', rtrim(raw_record, '\r')), ',(?:"(?:[^"]|"")*"|[^",][^,]*|)'), '')
        != concat(',', rtrim(raw_record, '\r')),
        'is not well-formed CSV',
        null
    ) as raw_problem,
    ingested_date,
    _file_name as lake_file,
    cast(null as int64) as line_number
from `demo`.`azekura_lake_files`.`carriers`
where raw_record not in ('', '\r')
