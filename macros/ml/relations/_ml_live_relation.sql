{#- The relation whose place a candidate is to take; of a node that is no candidate, its own. -#}
{% macro _ml_live_relation(node) %}
    {{ return(_ml_relation_of(node).incorporate(path={'schema': modules.re.sub('_candidate$', '', node.schema)})) }}
{% endmacro %}
