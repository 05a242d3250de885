{#-
  Passes when a metric of an evaluation is a number, at least `floor` and at most `ceiling`, in every
  row and in at least one: the promise of a model card. One of the two bounds can be left out.
-#}
{% test metric_within(model, column_name, floor=none, ceiling=none) %}
{%- if floor is none and ceiling is none -%}
    {{ exceptions.raise_compiler_error("metric_within of " ~ column_name ~ ": give a floor, a ceiling, or both.") }}
{%- endif -%}
select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is null
    {%- if floor is not none %}
    or not {{ column_name }} >= {{ floor }}
    {%- endif %}
    {%- if ceiling is not none %}
    or not {{ column_name }} <= {{ ceiling }}
    {%- endif %}
    -- DuckDB orders NaN above every number
    or lower(cast({{ column_name }} as {{ dbt.type_string() }})) = 'nan'
union all
select null as {{ column_name }}
from (select count(*) as rows_count from {{ model }}) as counted
where rows_count = 0
{% endtest %}
