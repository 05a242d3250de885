select array(
    select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
    from unnest(regexp_extract_all(concat(',', line), ',("(?:[^"]|"")*"|[^",][^,]*|)')) as cell
    with offset as cell_position
    order by cell_position
) as cells, if(
    array_to_string(regexp_extract_all(concat(',', line), ',(?:"(?:[^"]|"")*"|[^",][^,]*|)'), '')
    != concat(',', line),
    'is not well-formed CSV',
    null
) as problem
from (select '1,12.50' as line) as lines
