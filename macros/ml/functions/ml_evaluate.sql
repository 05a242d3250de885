{#-
  ML.EVALUATE as a table of one row.

    regression      mean_absolute_error, mean_squared_error, mean_squared_log_error,
                    median_absolute_error, r2_score, explained_variance
    classification  precision, recall, accuracy, f1_score, log_loss, roc_auc
    clustering      davies_bouldin_index, mean_squared_distance
    dimensionality  total_explained_variance_ratio
    reduction

  Without `data` it is the evaluation split that the model kept at training (the whole training input
  where there was none). `data` is a relation, the name of a CTE, or a query, and holds the label if the
  model has one.
  `threshold` is for binary classifiers and needs data.

  A model of time series always needs data: values at points in time that follow those it was trained on. Then there is
  a row per series, with the columns of time_series_id_col before the metrics: mean_absolute_error,
  mean_squared_error, root_mean_squared_error, mean_absolute_percentage_error,
  symmetric_mean_absolute_percentage_error, mean_absolute_scaled_error. `horizon` says up to which point, all that the
  model can forecast if it is left out. With `perform_aggregation` false there is a row per row of data instead: the
  keys, the point in time, the value, forecasted_<value>, lower_bound, upper_bound for `confidence_level` (0.95 if it is
  left out), absolute_error, absolute_percentage_error.
-#}
{% macro ml_evaluate(model, data=none, threshold=none, perform_aggregation=none, horizon=none, confidence_level=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_threshold_needs_data('ml_evaluate', model, data, threshold) -%}
    {%- set trained = _ml_model_for(model, 'ml_evaluate') -%}
    {%- set settings = {
        'threshold': threshold, 'perform_aggregation': perform_aggregation, 'horizon': horizon,
        'confidence_level': confidence_level,
    } -%}
    {%- do _ml_check_evaluation('ml_evaluate', trained, data, settings) -%}
    {{- return(adapter.dispatch('ml_evaluate', 'azekura')(_ml_relation(model), data, settings)) -}}
{% endmacro %}

{% macro default__ml_evaluate(model, data, settings) %}
    {{- _no_such_side('ml_evaluate') -}}
{% endmacro %}


{% macro bigquery__ml_evaluate(model, data, settings) -%}
{{ _ml_call('evaluate', model, [_ml_query(data) if data is not none, _ml_settings(settings)]) }}
{%- endmacro %}


{% macro duckdb__ml_evaluate(model, data, settings) -%}
{%- set trained = _ml_model_config(model, 'ml_evaluate') -%}
{%- if trained.kind == 'time_series' -%}
{{ _duckdb_ml_evaluated_series(model, trained, data, settings) }}
{%- elif data is none -%}
{{ _duckdb_ml_answer(model, 'ml_evaluate') }}
{%- else -%}
{%- set columns = _ml_columns(trained, 'ml_evaluate') -%}
(
    select unnest(answer)
    from (
        select unnest(from_json(evaluation, {{ text_literal(tojson([_duckdb_ml_structure(columns)])) }})) as answer
        from (
            select bqml_evaluate(
                {{ text_literal(model | string) }},
                (select model_version from {{ model }}),
                {{ text_literal(tojson(_ml_given({'threshold': settings.threshold}))) }},
                list(bqml_row)
            ) as evaluation
            from {{ _rows_of(data) }} as bqml_row
            {%- if flags.EMPTY %}
            having false
            {%- endif %}
        )
    )
)
{%- endif -%}
{%- endmacro %}
