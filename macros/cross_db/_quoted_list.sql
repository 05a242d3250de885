{#- Names as identifiers, one after the other. -#}
{% macro _quoted_list(names, separator=', ') -%}
    {%- for name in names -%}
        {{ adapter.quote(name) }}{{ separator if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
