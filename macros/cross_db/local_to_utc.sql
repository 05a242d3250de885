{#-
  The UTC timestamp at which clocks in a time zone show a given date plus minutes after midnight.
  An hour that daylight saving skips or repeats follows the engine's own rule. NULL zone gives NULL.
-#}
{% macro local_to_utc(date, minutes, time_zone) %}
    {{- return(adapter.dispatch('local_to_utc', 'azekura')(date, minutes, time_zone)) -}}
{% endmacro %}

{% macro default__local_to_utc(date, minutes, time_zone) %}
    {{- _no_such_side('local_to_utc') -}}
{% endmacro %}

{% macro bigquery__local_to_utc(date, minutes, time_zone) -%}
    timestamp(datetime_add(cast({{ date }} as datetime), interval {{ minutes }} minute), {{ time_zone }})
{%- endmacro %}

{% macro duckdb__local_to_utc(date, minutes, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, cast({{ date }} as timestamp) + to_minutes(cast({{ minutes }} as bigint))))
{%- endmacro %}
