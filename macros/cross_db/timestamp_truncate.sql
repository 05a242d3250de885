{#-
  A timestamp cut to its hour, day, ... in UTC; stays a timestamp on both engines. As on BigQuery a `week` starts
  on Sunday and an `isoweek` on Monday.
-#}
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
    {%- if unit | lower == 'week' -%}
        {#- DuckDB's own starts on Monday -#}
        cast(date_trunc('week', {{ timestamp }} + interval 1 day) - interval 1 day as timestamp)
    {%- elif unit | lower == 'isoweek' -%}
        cast(date_trunc('week', {{ timestamp }}) as timestamp)
    {%- else -%}
        cast(date_trunc('{{ unit }}', {{ timestamp }}) as timestamp)
    {%- endif -%}
{%- endmacro %}
