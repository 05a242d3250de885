{#-
  What a trained model's table says, when columns have to be named to compile a query: the first row of
  `select <expressions> from <its table>`, or none on an empty warehouse.
-#}
{% macro _duckdb_ml_trained(trained, expressions) %}
    {%- set node = trained.node -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {{ return(none if relation is none else run_query('select ' ~ expressions ~ ' from ' ~ relation).rows[0]) }}
{% endmacro %}
