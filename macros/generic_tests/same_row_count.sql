{#- Passes when the model has as many rows as `compare_to`: no join lost or multiplied any. -#}
{% test same_row_count(model, compare_to) %}
select
    own.rows_count,
    other.rows_count as compared_rows_count
from (select count(*) as rows_count from {{ model }}) as own
cross join (select count(*) as rows_count from {{ compare_to }}) as other
where own.rows_count != other.rows_count
{% endtest %}
