{#- A feature as FLOAT64; NULL where it is no number, and where it is NaN or infinite. -#}
{% macro _as_number(feature) -%}
    {%- set column = adapter.quote(feature.name) -%}
    {%- if feature.data_type == 'BOOL' -%}
        cast(case when {{ column }} then 1 when not {{ column }} then 0 end as {{ dbt.type_float() }})
    {%- elif feature.data_type == 'FLOAT64' -%}
        case when abs({{ column }}) <= 1.7976931348623157e308 then {{ column }} end
    {%- else -%}
        cast({{ column if _is_number(feature) else 'null' }} as {{ dbt.type_float() }})
    {%- endif -%}
{%- endmacro %}


{% macro _is_number(feature) %}
    {{ return(modules.re.match('(INT64|FLOAT64|NUMERIC|BIGNUMERIC)', feature.data_type) is not none) }}
{% endmacro %}


{% macro _is_category(feature) %}
    {{ return(modules.re.match('(STRING|BOOL)', feature.data_type) is not none) }}
{% endmacro %}
