{#-
  How far features have moved from where they were, one row per feature and metric, or with `by` per
  value of that column of the study, feature and metric:

    [by,] feature, metric, threshold, value, is_anomaly, rows_count (of the study)

  PSI                 population stability index, over the tenths of the base; of a category over its values
  KS_DISTANCE         numbers: the greatest difference of the two shares below a percentile of the base
  L_INFTY             categories: the greatest difference of a value's share
  NEW_CATEGORY_SHARE  categories: share of the study that the base has never had
  NULL_RATE_DELTA     share of NULLs less that of the base; NaN counts as NULL

  PSI to NEW_CATEGORY_SHARE are of values that are not NULL; a side without any has no row of them.

    base, study     relations, names of CTEs, or queries; each is read once
    numbers         names of columns; or a mapping of each to the bounds of its buckets, ascending, which
                    then take the place of tenths and percentiles
    categories      names of columns; a value past the thousand most frequent of the base is a rare one
    model           a trained model: the base is what it was trained on. DuckDB takes the distributions kept
                    with the model and reads no base; BigQuery does not show them, and counts `base`
    thresholds      metric: number, or feature: {metric: number}; is_anomaly is |value| > threshold
-#}
{% macro feature_drift(base, study, numbers=[], categories=[], by=none, model=none, thresholds={}) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set features = _drift_features(numbers, categories, model) -%}
    {%- set limits = _drift_thresholds(thresholds, features) -%}
    {{- return(adapter.dispatch('feature_drift', 'azekura')(base, study, features, by, model, limits)) -}}
{% endmacro %}

{% macro default__feature_drift(base, study, features, by, model, limits) %}
    {{- _no_such_side('feature_drift') -}}
{% endmacro %}
