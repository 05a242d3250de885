{#-
  The arrival days that hold the records of this run's window: from the day before it, because a record
  may arrive a day before its event, on to `lookback` days after it, because it may arrive late.
-#}
{% macro _lake_window(column) -%}
    {{ in_window(column, before=1, after=config.get('lookback', 0) | int) }}
{%- endmacro %}
