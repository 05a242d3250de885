{#-
  ML.BUCKETIZE: the bucket of a number, as text; n split points make n + 1 buckets, each from one point up to,
  and not including, the next. NULL stays NULL.
-#}
{% macro ml_bucketize(numerical_expression, array_split_points, exclude_boundaries=false, output_format='bucket_names') %}
    {%- set points = _ml_setting(array_split_points) -%}
    {%- if points is not string and not (points and _ml_is_ascending(points)) -%}
        {{ _ml_refuse('ml_bucketize', 'array_split_points', array_split_points, 'give an array of ascending numbers') }}
    {%- endif -%}
    {%- set exclude_boundaries = _ml_flag('ml_bucketize', 'exclude_boundaries', exclude_boundaries, false) -%}
    {%- set output_format = _ml_word('ml_bucketize', 'output_format', output_format, ['bucket_names', 'bucket_ranges', 'bucket_ranges_json']) -%}
    {{- return(adapter.dispatch('ml_bucketize', 'azekura')(
        numerical_expression, points, exclude_boundaries, output_format
    )) -}}
{% endmacro %}

{% macro default__ml_bucketize(numerical_expression, points, exclude_boundaries, output_format) %}
    {{- _no_such_side('ml_bucketize') -}}
{% endmacro %}

{% macro bigquery__ml_bucketize(numerical_expression, points, exclude_boundaries, output_format) -%}
    ml.bucketize({{ numerical_expression }}, {{ points }}, {{ exclude_boundaries | lower }}, '{{ output_format }}')
{%- endmacro %}

{% macro duckdb__ml_bucketize(numerical_expression, points, exclude_boundaries, output_format) -%}
    {%- set inner = points -%}
    {%- if exclude_boundaries -%}
        {%- set inner = '(' ~ points ~ ')[2:-2]' if points is string else points[1:-1] -%}
    {%- endif -%}
    {{ _duckdb_ml_bucket(_ml_operand(numerical_expression), 'cast(' ~ inner ~ ' as double[])', output_format) }}
{%- endmacro %}
