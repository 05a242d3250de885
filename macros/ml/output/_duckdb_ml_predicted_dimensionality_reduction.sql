{#- The coordinates of each row, without the columns that they are made of unless those are asked for. -#}
{% macro _duckdb_ml_predicted_dimensionality_reduction(model, trained, data, settings) -%}
{%- set found = _duckdb_ml_components(trained) -%}
{%- set dropped = ["''"] -%}
{%- for name in found.features if not settings.keep_original_columns -%}
    {%- do dropped.append(text_literal(name | lower)) -%}
{%- endfor -%}
(
    select columns(lambda bqml_column: lower(bqml_column) not in ({{ dropped | join(', ') }}))
    from (
        select
            {%- for number in range(1, found.components + 1) %}
            bqml_output[{{ number }}] as principal_component_{{ number }},
            {%- endfor %}
            * exclude (bqml_output)
        from {{ _duckdb_ml_output(model, data) }}
    )
)
{%- endmacro %}


{#-
  {components, features}: how many components a trained model has and which columns it was trained
  on. Columns have to be named when a query is compiled, so this asks the trained model, which dbt has
  built by then. On an empty warehouse it is what the options say.
-#}
{% macro _duckdb_ml_components(trained) %}
    {%- set node = trained.node -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- set row = _duckdb_ml_trained(
        trained,
        "json_array_length(bqml_describe(" ~ text_literal(relation | string)
        ~ ", model_version, 'PRINCIPAL_COMPONENT_INFO', '{}')),"
        ~ " to_json(list_transform(features, lambda feature: feature.name))::varchar"
    ) -%}
    {%- if row is none -%}
        {{ return({'components': trained.options.get('num_principal_components', 1), 'features': []}) }}
    {%- endif -%}
    {{ return({'components': row[0] | int, 'features': fromjson(row[1])}) }}
{% endmacro %}
