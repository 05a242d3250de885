{#-
  Passes when the model holds every row of `labels` once, told by the columns `key`, and no other: a join lost none and
  multiplied none. Rows whose key is NULL are counted.
-#}
{% test one_row_per_label(model, labels, key) %}
{%- set columns = ([key] if key is string else key) | join(', ') -%}
select *
from (
    select
        {{ columns }},
        sum(is_label) as labels_count,
        sum(1 - is_label) as rows_count
    from (
        select {{ columns }}, 1 as is_label from {{ labels }}
        union all
        select {{ columns }}, 0 as is_label from {{ model }}
    ) as both_sides
    group by {{ columns }}
) as counted
where labels_count != rows_count
{% endtest %}
