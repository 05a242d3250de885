{#-
  ML.WEIGHTS of a linear or logistic regression as a table, one row per feature (per class and feature if
  there are more than two classes) and one for the intercept, `__INTERCEPT__`:

    processed_input STRING, weight FLOAT64 (NULL for a category), category_weights
    ARRAY<STRUCT<category STRING, weight FLOAT64>> (empty for a number), class_label STRING (only if there
    are more than two classes)

  Weights are for the features as they are, or with standardize=true for standardized ones.
-#}
{% macro ml_weights(model, standardize=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_weights') -%}
    {{- return(adapter.dispatch('ml_weights', 'azekura')(_ml_relation(model), standardize)) -}}
{% endmacro %}

{% macro default__ml_weights(model, standardize) %}
    {{- _no_such_side('ml_weights') -}}
{% endmacro %}


{% macro bigquery__ml_weights(model, standardize) -%}
{{ _ml_call('weights', model, [_ml_settings({'standardize': standardize or none})]) }}
{%- endmacro %}


{% macro duckdb__ml_weights(model, standardize) -%}
{%- set trained = _ml_model_config(model, 'ml_weights') -%}
{%- set classes = _duckdb_ml_trained(trained, 'len(label_classes)') if trained.label_kind == 'class' else none -%}
{%- set columns = _ml_columns(trained, 'ml_weights') -%}
{%- if classes is not none and classes[0] > 2 -%}
    {%- set columns = columns + [('class_label', 'STRING', 'VARCHAR')] -%}
{%- endif -%}
{{ _duckdb_ml_answer(model, 'ml_weights', {'standardize': standardize}, columns) }}
{%- endmacro %}
