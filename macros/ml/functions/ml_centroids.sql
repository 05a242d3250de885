{#-
  ML.CENTROIDS of a model of clusters as a table, one row per centroid and feature:

    centroid_id INT64, feature STRING, numerical_value FLOAT64,
    categorical_value ARRAY<STRUCT<category STRING, value FLOAT64>>

  A number has its mean in the cluster, in its own unit, or in standard deviations from the mean of all
  rows with standardize=true. Any other feature has the share of the cluster in each category.
-#}
{% macro ml_centroids(model, standardize=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_centroids') -%}
    {{- return(adapter.dispatch('ml_centroids', 'azekura')(_ml_relation(model), standardize)) -}}
{% endmacro %}

{% macro default__ml_centroids(model, standardize) %}
    {{- _no_such_side('ml_centroids') -}}
{% endmacro %}


{% macro bigquery__ml_centroids(model, standardize) -%}
{{ _ml_call('centroids', model, [_ml_settings({'standardize': standardize or none})]) }}
{%- endmacro %}


{% macro duckdb__ml_centroids(model, standardize) -%}
{{ _duckdb_ml_answer(model, 'ml_centroids', {'standardize': standardize}) }}
{%- endmacro %}
