{#-
  One CSV field after its comma: quoted with doubled quotes inside, plain without a quote in front, or
  empty. RE2 on both engines. A line that such fields do not cover is not CSV.
-#}
{% macro _csv_cell_pattern(capture=true) -%}
    ',{{ '(' if capture else '(?:' }}"(?:[^"]|"")*"|[^",][^,]*|)'
{%- endmacro %}
