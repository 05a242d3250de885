{#-
  ML.FEATURE_IMPORTANCE of a model of trees as a table, one row per feature, all zeros for one that no tree uses:

    feature STRING, importance_weight FLOAT64 (number of splits), importance_gain FLOAT64 and
    importance_cover FLOAT64 (their mean gain, and mean number of rows)
-#}
{% macro ml_feature_importance(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_feature_importance') -%}
    {{- return(adapter.dispatch('ml_feature_importance', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_feature_importance(model) %}
    {{- _no_such_side('ml_feature_importance') -}}
{% endmacro %}


{% macro bigquery__ml_feature_importance(model) -%}
{{ _ml_call('feature_importance', model) }}
{%- endmacro %}


{% macro duckdb__ml_feature_importance(model) -%}
{{ _duckdb_ml_answer(model, 'ml_feature_importance') }}
{%- endmacro %}
