{#- The date of a year, a month and a day given as integers. -#}
{% macro date_from_parts(year, month, day) %}
    {{- return(adapter.dispatch('date_from_parts', 'azekura')(year, month, day)) -}}
{% endmacro %}

{% macro default__date_from_parts(year, month, day) %}
    {{- _no_such_side('date_from_parts') -}}
{% endmacro %}

{% macro bigquery__date_from_parts(year, month, day) -%}
    date({{ year }}, {{ month }}, {{ day }})
{%- endmacro %}

{% macro duckdb__date_from_parts(year, month, day) -%}
    make_date({{ year }}, {{ month }}, {{ day }})
{%- endmacro %}
