{#- Rows as the data argument of a BigQuery ML function, which takes a query. -#}
{% macro _ml_query(data) -%}
    {%- set source = _rows_of(data).strip() -%}
    {{ source if source.startswith('(') else '(select * from ' ~ source ~ ')' }}
{%- endmacro %}
