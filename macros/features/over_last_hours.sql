{#- The window of a rolling feature over hourly rows: `hours` in all up to `timestamp`, per `by`. -#}
{% macro over_last_hours(hours, timestamp, by) -%}
    over (
            partition by {{ by | join(', ') }}
            order by {{ unix_second(timestamp) }}
            range between {{ (hours - 1) * 3600 }} preceding and current row
        )
{%- endmacro %}
