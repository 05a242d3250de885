{#-
  What a build made, as JSON: {"tables": [{layer, schema, name, rows}], "models": [{name, metrics}]}. Metrics are a
  trained model's headline (`meta.headline`), as a list of [name, value]. `python ops/summary.py` says it to people.
-#}
{% macro summary() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set tables, models = [], [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type in ['model', 'snapshot'] -%}
        {%- if node.config.materialized == 'ml_model' -%}
            {%- do models.append({'name': node.name, 'metrics': _headline(node)}) -%}
        {%- elif node.config.materialized not in ['view', 'ephemeral'] -%}
            {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
            {%- if relation is not none -%}
                {%- do tables.append({'layer': _layer_of(node), 'name': node.alias, 'relation': relation}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set counts = _row_counts(tables) -%}
    {%- set counted = [] -%}
    {%- for table in tables -%}
        {%- do counted.append({
            'layer': table.layer, 'schema': table.relation.schema, 'name': table.name, 'rows': counts[table.name],
        }) -%}
    {%- endfor -%}
    {{ print(tojson({'tables': counted, 'models': models})) }}
{% endmacro %}


{#- The headline metrics of a trained model, out of its use case's evaluation; none where it holds none. -#}
{% macro _headline(node) %}
    {%- set metrics = node.config.meta.get('headline', []) -%}
    {%- set evaluation = adapter.get_relation(node.database, node.schema, node.name.split('__model')[0] ~ '__evaluation') -%}
    {%- if not metrics or evaluation is none -%} {{ return([]) }} {%- endif -%}
    {%- set sql -%}
select {{ _quoted_list(metrics) }} from {{ evaluation }} where model_name = {{ text_literal(node.name) }}
    {%- endset -%}
    {%- for values in run_query(sql).rows -%} {{ return(zip(metrics, values | map('float')) | list) }} {%- endfor -%}
    {{ return([]) }}
{% endmacro %}
