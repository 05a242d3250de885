{#- Day of the week of a date: 1 = Sunday ... 7 = Saturday, as BigQuery counts. -#}
{% macro day_of_week(date) %}
    {{- return(adapter.dispatch('day_of_week', 'azekura')(date)) -}}
{% endmacro %}

{% macro default__day_of_week(date) %}
    {{- _no_such_side('day_of_week') -}}
{% endmacro %}

{% macro bigquery__day_of_week(date) -%}
    extract(dayofweek from {{ date }})
{%- endmacro %}

{% macro duckdb__day_of_week(date) -%}
    (extract(dow from {{ date }}) + 1)
{%- endmacro %}
