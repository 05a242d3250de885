{#-
  Refuses a mistake in any `meta.feature_store` of the project, its columns among them, before anything is built: dbt
  calls it at the start of each run. It gives nothing to run.
-#}
{% macro check_feature_views() %}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- do _checked_feature_view(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
