{#- Selects as one table; none of them is an empty table of these columns. -#}
{% macro _union_of(selects, columns) %}
    {%- if not selects -%} {{ return(literal_rows(columns, [])) }} {%- endif -%}
    {{ return('(' ~ selects | join('\n    union all') ~ '\n)') }}
{% endmacro %}
