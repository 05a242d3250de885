{#-
  ML.PRINCIPAL_COMPONENTS of a model of components as a table, one row per component and feature:

    principal_component_id INT64, feature STRING, numerical_value FLOAT64,
    categorical_value ARRAY<STRUCT<category STRING, value FLOAT64>>

  Components are counted from 0, the one that explains most first. The values of one are a vector of
  length 1, whose sign is arbitrary.
-#}
{% macro ml_principal_components(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_principal_components') -%}
    {{- return(adapter.dispatch('ml_principal_components', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_principal_components(model) %}
    {{- _no_such_side('ml_principal_components') -}}
{% endmacro %}


{% macro bigquery__ml_principal_components(model) -%}
{{ _ml_call('principal_components', model) }}
{%- endmacro %}


{% macro duckdb__ml_principal_components(model) -%}
{{ _duckdb_ml_answer(model, 'ml_principal_components') }}
{%- endmacro %}
