{#-
  ML.QUANTILE_BUCKETIZE: the bucket of a number, as text, where the quantiles of all rows are the split points.
  Equal quantiles count once, and one that equals the least or the greatest number splits nothing: there can be
  fewer buckets than asked for. NULL stays NULL.
-#}
{% macro ml_quantile_bucketize(numerical_expression, num_buckets, output_format='bucket_names') %}
    {%- set num_buckets = _ml_whole_number('ml_quantile_bucketize', 'num_buckets', num_buckets, 2) -%}
    {%- set output_format = _ml_word('ml_quantile_bucketize', 'output_format', output_format, ['bucket_names', 'bucket_ranges', 'bucket_ranges_json']) -%}
    {{- return(adapter.dispatch('ml_quantile_bucketize', 'azekura')(
        numerical_expression, num_buckets, output_format
    )) -}}
{% endmacro %}

{% macro default__ml_quantile_bucketize(numerical_expression, num_buckets, output_format) %}
    {{- _no_such_side('ml_quantile_bucketize') -}}
{% endmacro %}

{% macro bigquery__ml_quantile_bucketize(numerical_expression, num_buckets, output_format) -%}
    ml.quantile_bucketize({{ numerical_expression }}, {{ num_buckets }}, '{{ output_format }}') over ()
{%- endmacro %}

{% macro duckdb__ml_quantile_bucketize(numerical_expression, num_buckets, output_format) -%}
    {#- shares of twelve digits, cut off: of a whole number of rows, none reaches past the row it means -#}
    {%- set shares = [] -%}
    {%- for number in range(1, num_buckets) -%}
        {%- do shares.append('0.' ~ ('%012d' % (number * 10 ** 12 // num_buckets)).rstrip('0')) -%}
    {%- endfor -%}
    {%- set quantiles = 'quantile_disc(' ~ numerical_expression ~ ', [0, ' ~ shares | join(', ') ~ ', 1]) over ()' -%}
    {#- sorted, without the least and the greatest -#}
    {%- set points = 'cast(list_sort(list_distinct(' ~ quantiles ~ '))[2:-2] as double[])' -%}
    {{ _duckdb_ml_bucket(_ml_operand(numerical_expression), points, output_format) }}
{%- endmacro %}
