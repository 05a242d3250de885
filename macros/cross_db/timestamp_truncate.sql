{#- A timestamp cut to its hour, day, ... in UTC; stays a timestamp on both engines. -#}
{% macro timestamp_truncate(timestamp, unit) %}
    {{- return(adapter.dispatch('timestamp_truncate', 'azekura')(timestamp, unit)) -}}
{% endmacro %}

{% macro default__timestamp_truncate(timestamp, unit) %}
    {{- _no_such_side('timestamp_truncate') -}}
{% endmacro %}

{% macro bigquery__timestamp_truncate(timestamp, unit) -%}
    timestamp_trunc({{ timestamp }}, {{ unit }})
{%- endmacro %}

{% macro duckdb__timestamp_truncate(timestamp, unit) -%}
    cast(date_trunc('{{ unit }}', {{ timestamp }}) as timestamp)
{%- endmacro %}
