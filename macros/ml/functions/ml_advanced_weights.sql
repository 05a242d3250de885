{#-
  ML.ADVANCED_WEIGHTS of a linear or binary logistic regression trained with calculate_p_values as a table,
  one row per number or category, and last the intercept, `__INTERCEPT__`:

    processed_input STRING, category STRING (NULL for a number), weight FLOAT64, standard_error FLOAT64,
    p_value FLOAT64

  Weights are for the features as they are, or with standardize=true for standardized ones.
-#}
{% macro ml_advanced_weights(model, standardize=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_advanced_weights') -%}
    {%- if not trained.options.get('calculate_p_values') -%}
        {%- do _ml_model_refused(
            'ml_advanced_weights', trained.name, "the model was not trained with p-values; set"
            ~ " 'calculate_p_values': true in its meta.ml."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_advanced_weights', 'azekura')(_ml_relation(model), standardize)) -}}
{% endmacro %}

{% macro default__ml_advanced_weights(model, standardize) %}
    {{- _no_such_side('ml_advanced_weights') -}}
{% endmacro %}


{% macro bigquery__ml_advanced_weights(model, standardize) -%}
{{ _ml_call('advanced_weights', model, [_ml_settings({'standardize': standardize or none})]) }}
{%- endmacro %}


{% macro duckdb__ml_advanced_weights(model, standardize) -%}
{{ _duckdb_ml_answer(model, 'ml_advanced_weights', {'standardize': standardize}) }}
{%- endmacro %}
