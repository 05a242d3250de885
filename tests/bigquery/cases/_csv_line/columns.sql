{%- set line = _csv_line('line', ['order_id', 'amount']) %}
select {{ line.cells }} as cells, {{ line.problem }} as problem
from (select '1,12.50' as line) as lines
