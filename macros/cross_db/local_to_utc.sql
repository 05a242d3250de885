{#-
  The UTC timestamp at which clocks in a time zone show a given date plus minutes after midnight. In an hour
  that they show twice it is the first time; in one that they skip, they are read as if they had not been put
  forward. NULL zone gives NULL.
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
    {#- DuckDB takes the second time of two: the first is what the clocks of the day before would give -#}
    {%- set clock = 'cast(' ~ date ~ ' as timestamp) + to_minutes(cast(' ~ minutes ~ ' as bigint))' -%}
    {%- set first = 'timezone(' ~ time_zone ~ ', ' ~ clock ~ ' - interval 24 hours) + interval 24 hours' -%}
    timezone('UTC', case
        when timezone({{ time_zone }}, {{ first }}) = {{ clock }} then {{ first }}
        else timezone({{ time_zone }}, {{ clock }})
    end)
{%- endmacro %}
