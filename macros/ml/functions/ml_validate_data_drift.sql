{#-
  ML.VALIDATE_DATA_DRIFT as a table: one row per column that both sides hold.

    input, metric, threshold, value, is_anomaly (value > threshold)

  Numbers: Jensen-Shannon divergence (base 2) of two equal-width histograms of num_histogram_buckets, each
  over its own side's range, re-binned onto the union of their edges. Everything else: L-infinity, the greatest
  difference of a value's share, or the same divergence, over the num_rank_histogram_buckets most frequent values
  of each side. NULLs are left out. A column that is a number on one side only has no divergence.

  `base` and `study` are relations, names of CTEs or queries; settings are BigQuery's of those names, thresholds a
  mapping of columns to numbers. The two numbers of buckets that no metric uses change nothing.
-#}
{% macro ml_validate_data_drift(
    base,
    study,
    numerical_default_threshold=0.3,
    categorical_default_threshold=0.3,
    numerical_metric_type=none,
    categorical_metric_type=none,
    thresholds=none,
    num_histogram_buckets=10,
    num_quantiles_histogram_buckets=10,
    num_values_histogram_buckets=10,
    num_rank_histogram_buckets=50
) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set settings = _ml_divergence_settings(
        'ml_validate_data_drift',
        {
            'numerical_default_threshold': numerical_default_threshold,
            'categorical_default_threshold': categorical_default_threshold,
            'numerical_metric_type': numerical_metric_type,
            'categorical_metric_type': categorical_metric_type,
            'thresholds': thresholds,
        },
        {
            'num_histogram_buckets': num_histogram_buckets,
            'num_quantiles_histogram_buckets': num_quantiles_histogram_buckets,
            'num_values_histogram_buckets': num_values_histogram_buckets,
            'num_rank_histogram_buckets': num_rank_histogram_buckets,
        }
    ) -%}
    {{- return(adapter.dispatch('ml_validate_data_drift', 'azekura')(base, study, settings)) -}}
{% endmacro %}

{% macro default__ml_validate_data_drift(base, study, settings) %}
    {{- _no_such_side('ml_validate_data_drift') -}}
{% endmacro %}


{% macro bigquery__ml_validate_data_drift(base, study, settings) -%}
ml.validate_data_drift(
    {{ _ml_query(base) }},
    {{ _ml_query(study) }},
    {{ _bigquery_divergence_settings(settings) }}
)
{%- endmacro %}


{% macro duckdb__ml_validate_data_drift(base, study, settings) -%}
(
    with {{ _duckdb_ml_distribution('base', base, settings.num_histogram_buckets) }},

    {{ _duckdb_ml_distribution('study', study, settings.num_histogram_buckets) }},

    {{ _duckdb_ml_divergences(settings) }}
)
{%- endmacro %}
