{#- The schema that a node of ml/models goes to: with the var `ml_candidate`, that of the candidates. -#}
{% macro _ml_schema(schema) %}
    {{ return(schema ~ '_candidate' if var('ml_candidate', false) else schema) }}
{% endmacro %}
