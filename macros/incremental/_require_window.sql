{#-
  Refuses a model of the strategy `replace_window` whose SQL does not keep the rows of the window: each of its other
  rows would be there twice. What in_window writes holds the window's first day.
-#}
{% macro _require_window(sql) %}
    {%- set start = window_bounds().start -%}
    {%- if start is not none and ("date '" ~ start ~ "'") not in sql -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": its incremental_strategy replace_window writes the days of a window, and its SQL does"
            ~ " not keep them; add `where {{ in_window('" ~ config.require('event_time') ~ "') }}`."
        ) }}
    {%- endif -%}
{% endmacro %}
