{%- set line = _ndjson_line('line', ['order_id', 'amount']) %}
select {{ line.cells }} as cells, {{ line.problem }} as problem
from (select line, {{ line.record }} as record from (select '{"order_id": 1, "amount": 12.50}' as line) as lines) as records
