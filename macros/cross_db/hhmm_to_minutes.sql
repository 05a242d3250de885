{#- A clock time written as the integer HHMM (517, 2400) as minutes after midnight. -#}
{% macro hhmm_to_minutes(hhmm) -%}
    (cast(floor({{ hhmm }} / 100) as {{ dbt.type_bigint() }}) * 60 + mod({{ hhmm }}, 100))
{%- endmacro %}
