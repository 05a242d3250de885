{#-
  ML.STANDARD_SCALER: how many standard deviations (of all rows, as a population) a number is above the mean.
  Where all rows are equal they become 0.
-#}
{% macro ml_standard_scaler(numerical_expression) %}
    {{- return(adapter.dispatch('ml_standard_scaler', 'azekura')(numerical_expression)) -}}
{% endmacro %}

{% macro default__ml_standard_scaler(numerical_expression) %}
    {{- _no_such_side('ml_standard_scaler') -}}
{% endmacro %}

{% macro bigquery__ml_standard_scaler(numerical_expression) -%}
    ml.standard_scaler({{ numerical_expression }}) over ()
{%- endmacro %}

{% macro duckdb__ml_standard_scaler(numerical_expression) -%}
    (
        (cast({{ numerical_expression }} as double) - avg({{ numerical_expression }}) over ())
        / coalesce(nullif(stddev_pop({{ numerical_expression }}) over (), 0), 1)
    )
{%- endmacro %}
