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
        where ingested_date >= date '0001-01-01'
    )
)
where raw_record != ''
