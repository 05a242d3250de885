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
    {%- do _ml_model_of_type(model, 'ml_weights', ['LINEAR_REG', 'LOGISTIC_REG']) -%}
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
{%- set row = _duckdb_ml_trained(trained, 'label_classes is not null and len(label_classes) > 2')
    if trained.kind == 'classification' else none -%}
(
    select
        part.processed_input as processed_input,
        part.weight as weight,
        part.category_weights as category_weights
        {%- if row is not none and row[0] %},
        part.class_label as class_label
        {%- endif %}
    from (
        select unnest(bqml_weights(
            {{ text_literal(model | string) }}, model_version, {{ text_literal(tojson({'standardize': standardize})) }}
        )) as part
        from {{ model }}
    )
)
{%- endmacro %}
