select
    safe_cast(cell as STRING) as as_string,
    safe_cast(cell as INT64) as as_int64,
    safe_cast(if(regexp_contains(cell, '[xX]'), null, cell) as FLOAT64) as as_float64,
    safe_cast(cell as BOOL) as as_bool,
    safe_cast(cell as DATE) as as_date,
    safe_cast(regexp_extract(cell, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[ Tt](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)(?:[.][0-9]{1,9})?(?:[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2}))?)?$') as TIMESTAMP) as as_timestamp
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
