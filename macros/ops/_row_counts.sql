{#- By name, the rows of several tables, given as {name, relation}, in one query. -#}
{% macro _row_counts(tables) %}
    {%- set counts = {} -%}
    {%- if tables -%}
        {%- for row in run_query(_row_counts_sql(tables)).rows -%} {%- do counts.update({row[0]: row[1] | int}) -%} {%- endfor -%}
    {%- endif -%}
    {{ return(counts) }}
{% endmacro %}


{% macro _row_counts_sql(tables) -%}
    {%- for table in tables -%}
select {{ text_literal(table.name) }} as name, count(*) as n from {{ table.relation }}
    {{- ' union all ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
