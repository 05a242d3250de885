{#- The schema of a layer: of its name, after the target's own schema and an underscore unless that is `main`. -#}
{% macro _schema_of_layer(layer) %}
    {{ return(layer | trim if target.schema == 'main' else target.schema ~ '_' ~ layer | trim) }}
{% endmacro %}
