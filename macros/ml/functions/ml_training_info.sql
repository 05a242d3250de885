{#-
  ML.TRAINING_INFO as a table, one row per iteration:

    training_run INT64, iteration INT64, loss FLOAT64, eval_loss FLOAT64, learning_rate FLOAT64,
    duration_ms INT64
    clustering                training_run, iteration, loss, duration_ms and cluster_info, an array of structs
                              (centroid_id, cluster_radius, cluster_size)
    dimensionality reduction  training_run, iteration, duration_ms
-#}
{% macro ml_training_info(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_training_info') -%}
    {{- return(adapter.dispatch('ml_training_info', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_training_info(model) %}
    {{- _no_such_side('ml_training_info') -}}
{% endmacro %}


{% macro bigquery__ml_training_info(model) -%}
{{ _ml_call('training_info', model) }}
{%- endmacro %}


{% macro duckdb__ml_training_info(model) -%}
{{ _duckdb_ml_answer(model, 'ml_training_info') }}
{%- endmacro %}
