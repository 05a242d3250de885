{#- The layer of a node: the folder that it lies in. -#}
{% macro _layer_of(node) %}
    {%- set path = node.original_file_path.replace('\\', '/') -%}
    {{ return('ml' if path.startswith('ml/') else 'snapshots' if path.startswith('snapshots/') else path.split('/')[1]) }}
{% endmacro %}
