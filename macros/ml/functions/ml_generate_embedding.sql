{#-
  ML.GENERATE_EMBEDDING of a model of components as a table: ml_generate_embedding_result ARRAY<FLOAT64>, the
  components in their order, then every column of the input. `data` is a relation, the name of a CTE, or
  a query.
-#}
{% macro ml_generate_embedding(model, data) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_generate_embedding') -%}
    {{- return(adapter.dispatch('ml_generate_embedding', 'azekura')(_ml_relation(model), data)) -}}
{% endmacro %}

{% macro default__ml_generate_embedding(model, data) %}
    {{- _no_such_side('ml_generate_embedding') -}}
{% endmacro %}


{% macro bigquery__ml_generate_embedding(model, data) -%}
{{ _ml_call('generate_embedding', model, [_ml_query(data)]) }}
{%- endmacro %}


{% macro duckdb__ml_generate_embedding(model, data) -%}
(
    select
        bqml_output as ml_generate_embedding_result,
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- endmacro %}
