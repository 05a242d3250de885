{#-
  ML.MAX_ABS_SCALER: a number divided by the greatest magnitude of all rows. Where all rows are 0 they stay 0.
-#}
{% macro ml_max_abs_scaler(numerical_expression) %}
    {{- return(adapter.dispatch('ml_max_abs_scaler', 'azekura')(numerical_expression)) -}}
{% endmacro %}

{% macro default__ml_max_abs_scaler(numerical_expression) %}
    {{- _no_such_side('ml_max_abs_scaler') -}}
{% endmacro %}

{% macro bigquery__ml_max_abs_scaler(numerical_expression) -%}
    ml.max_abs_scaler({{ numerical_expression }}) over ()
{%- endmacro %}

{% macro duckdb__ml_max_abs_scaler(numerical_expression) -%}
    (
        cast({{ numerical_expression }} as double)
        / coalesce(nullif(max(abs({{ numerical_expression }})) over (), 0), 1)
    )
{%- endmacro %}
