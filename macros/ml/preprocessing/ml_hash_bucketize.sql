{#-
  ML.HASH_BUCKETIZE: the bucket of a text, 0 to hash_bucket_size - 1, by its FarmHash fingerprint; a size of 0
  gives the fingerprint itself.
-#}
{% macro ml_hash_bucketize(string_expression, hash_bucket_size) %}
    {%- set hash_bucket_size = _ml_whole_number('ml_hash_bucketize', 'hash_bucket_size', hash_bucket_size, 0) -%}
    {{- return(adapter.dispatch('ml_hash_bucketize', 'azekura')(string_expression, hash_bucket_size)) -}}
{% endmacro %}

{% macro default__ml_hash_bucketize(string_expression, hash_bucket_size) %}
    {{- _no_such_side('ml_hash_bucketize') -}}
{% endmacro %}

{% macro bigquery__ml_hash_bucketize(string_expression, hash_bucket_size) -%}
    ml.hash_bucketize({{ string_expression }}, {{ hash_bucket_size }})
{%- endmacro %}

{% macro duckdb__ml_hash_bucketize(string_expression, hash_bucket_size) -%}
    {%- if hash_bucket_size == 0 -%}
        {{ farm_fingerprint(string_expression) }}
    {%- else -%}
        {#- read as unsigned: 2^64 more, where it is negative -#}
        cast(
            (cast({{ farm_fingerprint(string_expression) }} as hugeint) + 18446744073709551616)
            % 18446744073709551616 % {{ hash_bucket_size }} as bigint
        )
    {%- endif -%}
{%- endmacro %}
