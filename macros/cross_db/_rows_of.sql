{#- A relation, the name of a CTE, or a query, as something to select from. -#}
{% macro _rows_of(data) -%}
    {%- if data is string and not modules.re.match('[A-Za-z0-9_."`-]+$', data.strip()) -%}
        (
{{ data }}
        )
    {%- else -%}
        {{ data }}
    {%- endif -%}
{%- endmacro %}
