{#-
  The predicate that keeps the rows of this run's window (see window_bounds): `where {{ in_window('flight_date') }}`.
  `true` on a full build. `before` and `after` widen it by days: a rolling feature reads the days its
  first window reaches back to, the lake is read on to the days on which late rows may have arrived.
-#}
{% macro in_window(column, before=0, after=0) %}
    {%- set bounds = window_bounds() -%}
    {%- set start = _shift_day(bounds.start, -before) -%}
    {%- set end = _shift_day(bounds.end, after) -%}
    {{- 'true' if start is none and end is none -}}
    {%- if start is not none -%} {{ column }} >= date '{{ start }}' {%- endif -%}
    {{- ' and ' if start is not none and end is not none -}}
    {%- if end is not none -%} {{ column }} < date '{{ end }}' {%- endif -%}
{% endmacro %}
