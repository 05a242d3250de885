{#- A timestamp as whole seconds since 1970-01-01 00:00:00 UTC: the same integer on both engines. -#}
{% macro unix_second(timestamp) %}
    {{- return(adapter.dispatch('unix_second', 'azekura')(timestamp)) -}}
{% endmacro %}

{% macro default__unix_second(timestamp) %}
    {{- _no_such_side('unix_second') -}}
{% endmacro %}

{% macro bigquery__unix_second(timestamp) -%}
    unix_seconds({{ timestamp }})
{%- endmacro %}

{% macro duckdb__unix_second(timestamp) -%}
    {#- `//` cuts towards zero: whole seconds first, so that times before 1970 round down -#}
    (epoch_us(date_trunc('second', {{ timestamp }})) // 1000000)
{%- endmacro %}
