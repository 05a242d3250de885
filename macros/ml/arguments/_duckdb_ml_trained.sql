{#-
  What a trained model's table says, when columns have to be named to compile a query: the first row of
  `select <expressions> from <its table>`, or none on an empty warehouse.
-#}
{% macro _duckdb_ml_trained(trained, expressions) %}
    {%- set node = trained.node -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {{ return(none if relation is none else run_query('select ' ~ expressions ~ ' from ' ~ relation).rows[0]) }}
{% endmacro %}


{#- A list that training found, of the details of a model's table; empty before anything has been trained. -#}
{% macro _duckdb_ml_detail(trained, name) %}
    {%- set row = _duckdb_ml_trained(trained, "cast(details -> '" ~ name ~ "' as varchar)") -%}
    {{ return(fromjson(row[0]) if row and row[0] is string else []) }}
{% endmacro %}


{#-
  Refuses a trained model that keeps no distributions of these features: one of an earlier version of the
  engine, or trained on other columns. On an empty warehouse nobody knows, and what is only compiled may read a
  model that is going to be trained.
-#}
{% macro _duckdb_ml_require_reference(macro_name, trained, features=[]) %}
    {%- if flags.WHICH in ['compile', 'generate', 'docs', 'lint'] -%} {{ return('') }} {%- endif -%}
    {%- set node = trained.node -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- if relation is none -%} {{ return('') }} {%- endif -%}
    {%- set columns = [] -%}
    {%- for row in run_query('describe ' ~ relation).rows -%} {%- do columns.append(row[0]) -%} {%- endfor -%}
    {%- if 'reference' not in columns -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "the model was trained before models kept the distributions of"
            ~ " their features; train it anew (dbt run --select " ~ trained.name ~ ")."
        ) -%}
    {%- endif -%}
    {%- set kept = [] -%}
    {%- for row in run_query('select feature.input from (select unnest(reference) as feature from ' ~ relation ~ ')').rows -%}
        {%- do kept.append(row[0]) -%}
    {%- endfor -%}
    {%- for feature in features if feature not in kept -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "the model was not trained on '" ~ feature ~ "' but on "
            ~ kept | join(', ') ~ "; name one of these, or train it anew."
        ) -%}
    {%- endfor -%}
{% endmacro %}
