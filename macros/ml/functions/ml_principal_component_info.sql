{#-
  ML.PRINCIPAL_COMPONENT_INFO of a model of components as a table, one row per component, counted from 0:

    principal_component_id INT64, eigenvalue FLOAT64, explained_variance_ratio FLOAT64,
    cumulative_explained_variance_ratio FLOAT64
-#}
{% macro ml_principal_component_info(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_principal_component_info') -%}
    {{- return(adapter.dispatch('ml_principal_component_info', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_principal_component_info(model) %}
    {{- _no_such_side('ml_principal_component_info') -}}
{% endmacro %}


{% macro bigquery__ml_principal_component_info(model) -%}
{{ _ml_call('principal_component_info', model) }}
{%- endmacro %}


{% macro duckdb__ml_principal_component_info(model) -%}
{{ _duckdb_ml_answer(model, 'ml_principal_component_info') }}
{%- endmacro %}
