{#-
  ML.EXPLAIN_PREDICT of a regression or classifier as a table: the model's columns, then every column of
  the input.

    predicted_<label>, in the label's own type (FLOAT64 for a regression)
    probability FLOAT64, of the predicted label (classifiers only)
    top_feature_attributions ARRAY<STRUCT<feature STRING, attribution FLOAT64>>, the greatest first
    baseline_prediction_value, prediction_value, approximation_error FLOAT64

  The baseline and the attributions of all features add up to prediction_value: the prediction, or the
  log-odds of the predicted label. `data` is a relation, the name of a CTE, or a query.
-#}
{% macro ml_explain_predict(model, data, top_k_features=none, threshold=none, approx_feature_contrib=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_explain_predict') -%}
    {%- do _ml_threshold('ml_explain_predict', trained, threshold) -%}
    {%- if top_k_features is not none and (top_k_features is boolean or top_k_features is not integer or top_k_features < 1) -%}
        {%- do _ml_model_refused(
            'ml_explain_predict', trained.name, "top_k_features must be a whole number from 1 on, got "
            ~ top_k_features ~ "."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_explain_predict', 'azekura')(
        _ml_relation(model), data, top_k_features, threshold, approx_feature_contrib
    )) -}}
{% endmacro %}

{% macro default__ml_explain_predict(model, data, top_k_features, threshold, approx_feature_contrib) %}
    {{- _no_such_side('ml_explain_predict') -}}
{% endmacro %}


{% macro bigquery__ml_explain_predict(model, data, top_k_features, threshold, approx_feature_contrib) -%}
{{ _ml_call('explain_predict', model, [_ml_query(data), _ml_settings({
    'top_k_features': top_k_features,
    'threshold': threshold,
    'approx_feature_contrib': approx_feature_contrib,
})]) }}
{%- endmacro %}


{% macro duckdb__ml_explain_predict(model, data, top_k_features, threshold, approx_feature_contrib) -%}
{%- set trained = _ml_model_config(model, 'ml_explain_predict') -%}
{%- set is_classifier = trained.label_kind == 'class' -%}
{%- set prediction = adapter.quote('predicted_' ~ trained.label) -%}
(
    select
        {%- if is_classifier %}
        bqml_classes[bqml_output.class_position] as {{ prediction }},
        bqml_output.prediction[bqml_output.class_position] as probability,
        {%- else %}
        bqml_output.prediction[1] as {{ prediction }},
        {%- endif %}
        bqml_output.top_feature_attributions as top_feature_attributions,
        bqml_output.baseline_prediction_value as baseline_prediction_value,
        bqml_output.prediction_value as prediction_value,
        bqml_output.approximation_error as approximation_error,
        * exclude (bqml_output{{ ', bqml_classes' if is_classifier }})
    from {{ _duckdb_ml_output(
        model, data, with_classes=is_classifier, function='bqml_explain_predict', settings=_ml_given({
            'top_k_features': top_k_features,
            'threshold': threshold,
            'approx_feature_contrib': approx_feature_contrib,
        })
    ) }}
)
{%- endmacro %}
