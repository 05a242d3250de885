{#-
  ML.NORMALIZER: an array of numbers divided by its p-norm, so that its norm is 1. An array of zeros stays one.
-#}
{% macro ml_normalizer(array_expression, p=2.0) %}
    {%- set p = _ml_norm_degree('ml_normalizer', 'p', p, default=2.0) -%}
    {{- return(adapter.dispatch('ml_normalizer', 'azekura')(array_expression, p)) -}}
{% endmacro %}

{% macro default__ml_normalizer(array_expression, p) %}
    {{- _no_such_side('ml_normalizer') -}}
{% endmacro %}

{% macro bigquery__ml_normalizer(array_expression, p) -%}
    ml.normalizer({{ array_expression }}, {{ _bigquery_ml_degree(p) }})
{%- endmacro %}

{% macro duckdb__ml_normalizer(array_expression, p) -%}
    list_transform(
        cast({{ array_expression }} as double[]),
        lambda bqml_number: bqml_number / coalesce(nullif({{ ml_lp_norm(array_expression, p) }}, 0), 1)
    )
{%- endmacro %}
