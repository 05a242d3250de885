{#-
  A number as text of six significant digits, the same on both engines: 0.25, 1.5e-07, nan, NULL of NULL. A zero has
  no sign.
-#}
{% macro number_text(number) %}
    {{- return(adapter.dispatch('number_text', 'azekura')(number)) -}}
{% endmacro %}

{% macro default__number_text(number) %}
    {{- _no_such_side('number_text') -}}
{% endmacro %}

{% macro bigquery__number_text(number) -%}
    format('%.6g', {{ number }} + 0.0)
{%- endmacro %}

{% macro duckdb__number_text(number) -%}
    printf('%.6g', {{ number }} + 0.0)
{%- endmacro %}
