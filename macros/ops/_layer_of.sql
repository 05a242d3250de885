{#- The layer of a node: the folder that it lies in. -#}
{% macro _layer_of(node) %}
    {%- set path = node.original_file_path.replace('\\', '/') -%}
    {{ return(path.split('/')[1 if path.startswith('models/') else 0]) }}
{% endmacro %}
