{#- Whether a node lies in ml/models, and so has a candidate. -#}
{% macro _ml_is_retrained(node) %}
    {{ return(node.original_file_path.replace('\\', '/').startswith('ml/models/')) }}
{% endmacro %}
