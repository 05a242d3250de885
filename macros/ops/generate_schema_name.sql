{#-
  Where a node's table goes. A layer is a schema of its own (lake, warehouse, marts, features, ml,
  snapshots, seeds). On a shared project the target's own schema is the prefix, so that two people
  do not write into each other's tables: `azekura_marts`, `alice_marts`.

  dbt calls this for every node while it reads the project, so a feature view that is described wrongly is
  refused here. With the var `ml_candidate` what lies in ml/models goes beside the live tables (promote_models).
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- do _checked_feature_view(node) -%}
    {%- set layer = custom_schema_name -%}
    {%- if layer is none and _ml_is_retrained(node) -%}
        {%- set layer = 'ml' -%}
    {%- endif -%}
    {%- set schema = target.schema if layer is none else _schema_of_layer(layer) -%}
    {{- _ml_schema(schema) if _ml_is_retrained(node) else schema -}}
{%- endmacro %}
