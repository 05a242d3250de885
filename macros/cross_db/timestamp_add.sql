{#- A timestamp moved by a whole number of units. dbt.dateadd would turn it into a DATETIME on BigQuery. -#}
{% macro timestamp_add(timestamp, amount, unit) %}
    {{- return(adapter.dispatch('timestamp_add', 'azekura')(timestamp, amount, unit)) -}}
{% endmacro %}

{% macro default__timestamp_add(timestamp, amount, unit) %}
    {{- _no_such_side('timestamp_add') -}}
{% endmacro %}

{% macro bigquery__timestamp_add(timestamp, amount, unit) -%}
    timestamp_add({{ timestamp }}, interval {{ amount }} {{ unit }})
{%- endmacro %}

{% macro duckdb__timestamp_add(timestamp, amount, unit) -%}
    ({{ timestamp }} + to_{{ unit }}s(cast({{ amount }} as bigint)))
{%- endmacro %}
