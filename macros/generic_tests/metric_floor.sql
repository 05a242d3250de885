{#- Passes when a metric of an evaluation is a number and at least `floor`: the promise of a model card. -#}
{% test metric_floor(model, column_name, floor) %}
select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is null
    or not {{ column_name }} >= {{ floor }}
    -- DuckDB orders NaN above every number
    or lower(cast({{ column_name }} as {{ dbt.type_string() }})) = 'nan'
{% endtest %}
