{#- A relation, the name of a CTE, or a query, as something to select from. -#}
{% macro _ml_data(data) -%}
    {%- if data is string and not modules.re.match('[A-Za-z0-9_."`-]+$', data.strip()) -%}
        (
{{ data }}
        )
    {%- else -%}
        {{ data }}
    {%- endif -%}
{%- endmacro %}


{#- The same as the data argument of a BigQuery ML function, which takes a query. -#}
{% macro _ml_query(data) -%}
    {%- set source = _ml_data(data).strip() -%}
    {{ source if source.startswith('(') else '(select * from ' ~ source ~ ')' }}
{%- endmacro %}
