{#- A column as a number, NULL where it is NaN. -#}
{% macro _drift_number(column, is_nan) -%}
    case when not {{ is_nan }}(cast({{ column }} as {{ dbt.type_float() }})) then cast({{ column }} as {{ dbt.type_float() }}) end
{%- endmacro %}
