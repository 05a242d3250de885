{#- Where a node's table, or its trained model, is. -#}
{% macro _ml_relation_of(node) %}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{% endmacro %}
