{#-
  ML.EVALUATE as a table of one row.

    regression      mean_absolute_error, mean_squared_error, mean_squared_log_error,
                    median_absolute_error, r2_score, explained_variance
    classification  precision, recall, accuracy, f1_score, log_loss, roc_auc
    KMEANS          davies_bouldin_index, mean_squared_distance
    PCA             total_explained_variance_ratio

  Without `data` it is the evaluation split that the model kept at training (the whole training input
  where there was none). `data` is a relation, the name of a CTE, or a query, and holds the label if the
  model has one.
  `threshold` is for binary classifiers and needs data.
-#}
{% macro ml_evaluate(model, data=none, threshold=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_threshold_needs_data('ml_evaluate', model, data, threshold) -%}
    {{- return(adapter.dispatch('ml_evaluate', 'azekura')(_ml_relation(model), data, threshold)) -}}
{% endmacro %}

{% macro default__ml_evaluate(model, data, threshold) %}
    {{- _no_such_side('ml_evaluate') -}}
{% endmacro %}


{% macro bigquery__ml_evaluate(model, data, threshold) -%}
{{ _ml_call('evaluate', model, [
    _ml_query(data) if data is not none, _ml_settings({'threshold': threshold})
]) }}
{%- endmacro %}


{% macro duckdb__ml_evaluate(model, data, threshold) -%}
{%- set trained = _ml_model_config(model, 'ml_evaluate') -%}
{%- set metrics = {
    'regression': [
        'mean_absolute_error', 'mean_squared_error', 'mean_squared_log_error',
        'median_absolute_error', 'r2_score', 'explained_variance',
    ],
    'classification': ['precision', 'recall', 'accuracy', 'f1_score', 'log_loss', 'roc_auc'],
    'KMEANS': ['davies_bouldin_index', 'mean_squared_distance'],
    'PCA': ['total_explained_variance_ratio'],
} -%}
{%- if trained.kind not in metrics -%}
    {{ exceptions.raise_compiler_error(
        "ml_evaluate of " ~ trained.name ~ ": model type " ~ trained.model_type ~ " is not evaluated on DuckDB."
    ) }}
{%- endif -%}
(
    select
        {%- for metric in metrics[trained.kind] %}
        evaluation['{{ metric }}'] as {{ adapter.quote(metric) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from
    {%- if data is none %} {{ model }}
    {%- else %} (
        select bqml_evaluate(
            {{ text_literal(model | string) }},
            (select model_version from {{ model }}),
            {{ text_literal(tojson(_ml_given({'threshold': threshold}))) }},
            list(bqml_row)
        ) as evaluation
        from {{ _ml_data(data) }} as bqml_row
        {%- if flags.EMPTY %}
        having false
        {%- endif %}
    )
    {%- endif %}
)
{%- endmacro %}
