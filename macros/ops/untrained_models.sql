{#-
  Prints, as a JSON list, the names of the trained models and evaluations that are not there yet: what the
  predictions and the catalogue read of the selector ml_train.
-#}
{% macro untrained_models() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type == 'model' -%}
        {%- set trains = node.config.materialized == 'ml_model' -%}
        {%- if trains or node.name.endswith('__evaluation') -%}
            {#- a model is no table on BigQuery; what is written with it is one on both engines -#}
            {%- set table = node.alias ~ '__runs' if trains else node.alias -%}
            {%- if adapter.get_relation(node.database, node.schema, table) is none -%}
                {%- do names.append(node.name) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ print(tojson(names)) }}
{% endmacro %}
