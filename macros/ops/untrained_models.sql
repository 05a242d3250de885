{#- Prints, as a JSON list, the names of the trained models of the project that have not been trained yet. -#}
{% macro untrained_models() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.config.materialized == 'ml_model' -%}
        {#- written with the model, on both engines -#}
        {%- if adapter.get_relation(node.database, node.schema, node.alias ~ '__runs') is none -%}
            {%- do names.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ print(tojson(names)) }}
{% endmacro %}
