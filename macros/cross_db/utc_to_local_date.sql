{#- The date that clocks in a time zone show at a UTC timestamp. -#}
{% macro utc_to_local_date(timestamp, time_zone) %}
    {{- return(adapter.dispatch('utc_to_local_date', 'azekura')(timestamp, time_zone)) -}}
{% endmacro %}

{% macro default__utc_to_local_date(timestamp, time_zone) %}
    {{- _no_such_side('utc_to_local_date') -}}
{% endmacro %}

{% macro bigquery__utc_to_local_date(timestamp, time_zone) -%}
    date({{ timestamp }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__utc_to_local_date(timestamp, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ timestamp }})) as date)
{%- endmacro %}
