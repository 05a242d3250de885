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
-#}
{% macro ml_evaluate(model, data=none, threshold=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_threshold_needs_data('ml_evaluate', model, data, threshold) -%}
    {%- do _ml_model_for(model, 'ml_evaluate') -%}
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
{%- if data is none -%}
{{ _duckdb_ml_answer(model, 'ml_evaluate') }}
{%- else -%}
{%- set columns = _ml_columns(_ml_model_config(model, 'ml_evaluate'), 'ml_evaluate') -%}
(
    select unnest(answer)
    from (
        select unnest(from_json(evaluation, {{ text_literal(tojson([_duckdb_ml_structure(columns)])) }})) as answer
        from (
            select bqml_evaluate(
                {{ text_literal(model | string) }},
                (select model_version from {{ model }}),
                {{ text_literal(tojson(_ml_given({'threshold': threshold}))) }},
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
