{#-
  Passes when no day of a rejects table holds more than `most` records of one source table: a broken
  delivery is not a few bad lines.
-#}
{% test rejects_below(model, most) %}
select
    ingested_date,
    source_table,
    count(*) as rejects_count
from {{ model }}
group by ingested_date, source_table
having count(*) > {{ most }}
{% endtest %}
