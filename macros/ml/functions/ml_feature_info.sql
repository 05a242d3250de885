{#-
  ML.FEATURE_INFO as a table, one row per feature column of the training query:

    input STRING, min, max, mean, median, stddev FLOAT64 (NULL if it is no number), category_count INT64
    (NULL if it is one), null_count INT64, dimension INT64 (of an array)
-#}
{% macro ml_feature_info(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_config(model, 'ml_feature_info') -%}
    {{- return(adapter.dispatch('ml_feature_info', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_feature_info(model) %}
    {{- _no_such_side('ml_feature_info') -}}
{% endmacro %}


{% macro bigquery__ml_feature_info(model) -%}
{{ _ml_call('feature_info', model) }}
{%- endmacro %}


{% macro duckdb__ml_feature_info(model) -%}
{{ _duckdb_ml_answer(model, 'ml_feature_info') }}
{%- endmacro %}
