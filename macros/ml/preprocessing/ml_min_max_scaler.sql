{#-
  ML.MIN_MAX_SCALER: where a number stands between the least, 0, and the greatest, 1, of all rows. What lies
  outside them at prediction is 0 or 1. Where all rows are equal they become 0.
-#}
{% macro ml_min_max_scaler(numerical_expression) %}
    {{- return(adapter.dispatch('ml_min_max_scaler', 'azekura')(numerical_expression)) -}}
{% endmacro %}

{% macro default__ml_min_max_scaler(numerical_expression) %}
    {{- _no_such_side('ml_min_max_scaler') -}}
{% endmacro %}

{% macro bigquery__ml_min_max_scaler(numerical_expression) -%}
    ml.min_max_scaler({{ numerical_expression }}) over ()
{%- endmacro %}

{% macro duckdb__ml_min_max_scaler(numerical_expression) -%}
    {%- set least = 'cast(min(' ~ numerical_expression ~ ') over () as double)' -%}
    {%- set greatest = 'cast(max(' ~ numerical_expression ~ ') over () as double)' -%}
    {%- set number = _ml_operand(numerical_expression) -%}
    case
        when {{ number }} < {{ least }} then 0.0
        when {{ number }} > {{ greatest }} then 1.0
        else ({{ number }} - {{ least }}) / coalesce(nullif({{ greatest }} - {{ least }}, 0), 1)
    end
{%- endmacro %}
