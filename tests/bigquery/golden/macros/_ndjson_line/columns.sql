select array(
    select if(starts_with(cell, '\ufdd0'), substr(cell, 2), regexp_replace(cell, '"﷐([^"]*)"', r'\1'))
    from unnest([
        coalesce(json_value(record, '$."order_id"'), nullif(to_json_string(json_query(record, '$."order_id"')), 'null')),
        coalesce(json_value(record, '$."amount"'), nullif(to_json_string(json_query(record, '$."amount"')), 'null'))
    ]) as cell with offset as cell_position
    order by cell_position
) as cells, case
    when regexp_contains(line, r'﷐|\\u[fF][dD][dD]0') then 'holds U+FDD0, which is no character'
    when record is null or regexp_contains(to_json_string(record), '"﷐[^"]*"[[:space:]]*:') then 'is not valid JSON'
    when json_type(record) != 'object' then 'is not a JSON object'
end as problem
from (select line, safe.parse_json(replace(
    regexp_replace(ltrim(line, '\ufeff'), r'("(?:[^"\\]|\\.)*(?:"|\\?$))|(-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)', concat(r'\1"', '\ufdd0', r'\2"')),
    '"\ufdd0"', ''
)) as record from (select '{"order_id": 1, "amount": 12.50}' as line) as lines) as records
