{#-
  The window of a rolling feature: the day of `date` and the days before it, `days` in all, per `by`.
  Days without rows are no rows, not rows skipped: it ranges over the calendar.
-#}
{% macro over_last_days(days, date, by) -%}
    over (
            partition by {{ by | join(', ') }}
            order by {{ unix_day(date) }}
            range between {{ days - 1 }} preceding and current row
        )
{%- endmacro %}
