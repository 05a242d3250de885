{#- Element number `position`, counted from 0, of an array; NULL beyond its end and before its start. -#}
{% macro array_at(array, position) %}
    {{- return(adapter.dispatch('array_at', 'azekura')(array, position)) -}}
{% endmacro %}

{% macro default__array_at(array, position) %}
    {{- _no_such_side('array_at') -}}
{% endmacro %}

{% macro bigquery__array_at(array, position) -%}
    {{ array }}[safe_offset({{ position }})]
{%- endmacro %}

{% macro duckdb__array_at(array, position) -%}
    {#- DuckDB counts from 1, and back from the end below 0 -#}
    {{ array }}[{{ [position + 1, 0] | max }}]
{%- endmacro %}
