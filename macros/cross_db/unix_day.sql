{#- A date as the number of days since 1970-01-01: what a RANGE window orders by on both engines. -#}
{% macro unix_day(date) %}
    {{- return(adapter.dispatch('unix_day', 'azekura')(date)) -}}
{% endmacro %}

{% macro default__unix_day(date) %}
    {{- _no_such_side('unix_day') -}}
{% endmacro %}

{% macro bigquery__unix_day(date) -%}
    unix_date({{ date }})
{%- endmacro %}

{% macro duckdb__unix_day(date) -%}
    date_diff('day', date '1970-01-01', {{ date }})
{%- endmacro %}
