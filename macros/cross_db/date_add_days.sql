{#- A date moved by a whole number of days; stays a date on both engines. -#}
{% macro date_add_days(date, days) %}
    {{- return(adapter.dispatch('date_add_days', 'azekura')(date, days)) -}}
{% endmacro %}

{% macro default__date_add_days(date, days) %}
    {{- _no_such_side('date_add_days') -}}
{% endmacro %}

{% macro bigquery__date_add_days(date, days) -%}
    date_add({{ date }}, interval {{ days }} day)
{%- endmacro %}

{% macro duckdb__date_add_days(date, days) -%}
    ({{ date }} + cast({{ days }} as integer))
{%- endmacro %}
