{#-
  ML.VALIDATE_DATA_SKEW as a table: how far data are from those a model was trained on, one row per feature of
  its training query (before TRANSFORM) that the data hold.

    input, metric, threshold, value, is_anomaly (value > threshold)

  Metrics as in ml_validate_data_drift. On DuckDB the distributions were kept with the model when it was trained,
  of the rows that trained it; TIMESTAMP, TIME, BYTES and ARRAY features have none, and so no row.
-#}
{% macro ml_validate_data_skew(
    model,
    data,
    numerical_default_threshold=none,
    categorical_default_threshold=none,
    numerical_metric_type=none,
    categorical_metric_type=none,
    thresholds=none
) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_config(model, 'ml_validate_data_skew') -%}
    {%- if trained.options.get('warm_start') -%}
        {%- do _ml_model_refused(
            'ml_validate_data_skew', trained.name, "BigQuery keeps no distributions of a model with"
            ~ " warm_start; compare tables by ml_validate_data_drift."
        ) -%}
    {%- endif -%}
    {%- set settings = _ml_divergence_settings('ml_validate_data_skew', {
        'numerical_default_threshold': numerical_default_threshold,
        'categorical_default_threshold': categorical_default_threshold,
        'numerical_metric_type': numerical_metric_type,
        'categorical_metric_type': categorical_metric_type,
        'thresholds': thresholds,
    }) -%}
    {{- return(adapter.dispatch('ml_validate_data_skew', 'azekura')(_ml_relation(model), data, settings, trained)) -}}
{% endmacro %}

{% macro default__ml_validate_data_skew(model, data, settings, trained) %}
    {{- _no_such_side('ml_validate_data_skew') -}}
{% endmacro %}


{% macro bigquery__ml_validate_data_skew(model, data, settings, trained) -%}
{{ _ml_call('validate_data_skew', model, [
    _ml_query(data),
    _bigquery_divergence_settings(settings) if settings,
]) }}
{%- endmacro %}


{% macro duckdb__ml_validate_data_skew(model, data, settings, trained) -%}
{%- do _duckdb_ml_require_reference('ml_validate_data_skew', trained) -%}
(
    with kept as materialized (
        select unnest(features).data_type as data_type, unnest(reference) as feature
        from {{ model }}
    ),

    base_types as (
        select feature.input as input, data_type in ('INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64') as is_number
        from kept
    ),

    base_buckets as (
        select input, bucket.low as low, bucket.high as high, bucket.n as n
        from (select feature.input as input, unnest(feature.histogram) as bucket from kept)
    ),

    base_values as (
        select input, entry.value as category, entry.n as n
        from (select feature.input as input, unnest(feature.categories) as entry from kept)
    ),

    {{ _duckdb_ml_distribution('study', data, 10) }},

    {{ _duckdb_ml_divergences(settings) }}
)
{%- endmacro %}
