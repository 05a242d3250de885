select
    {{ safe_cast_text('cell', 'string') }} as as_string,
    {{ safe_cast_text('cell', 'int64') }} as as_int64,
    {{ safe_cast_text('cell', 'float64') }} as as_float64,
    {{ safe_cast_text('cell', 'bool') }} as as_bool,
    {{ safe_cast_text('cell', 'date') }} as as_date,
    {{ safe_cast_text('cell', 'timestamp') }} as as_timestamp
from (
    select '39' as cell
    union all
    select '39.02' as cell
    union all
    select 'true' as cell
    union all
    select '2013-01-01' as cell
    union all
    select '2013-01-01T05:00:00Z' as cell
    union all
    select '2013-01-01 05:00:00' as cell
    union all
    select 'x' as cell
) as cells
