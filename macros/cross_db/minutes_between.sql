{#- Whole minutes from one timestamp to a later one (negative if it is earlier). -#}
{% macro minutes_between(start, end) %}
    {{- return(adapter.dispatch('minutes_between', 'azekura')(start, end)) -}}
{% endmacro %}

{% macro default__minutes_between(start, end) %}
    {{- _no_such_side('minutes_between') -}}
{% endmacro %}

{% macro bigquery__minutes_between(start, end) -%}
    timestamp_diff({{ end }}, {{ start }}, minute)
{%- endmacro %}

{% macro duckdb__minutes_between(start, end) -%}
    date_sub('minute', {{ start }}, {{ end }})
{%- endmacro %}
