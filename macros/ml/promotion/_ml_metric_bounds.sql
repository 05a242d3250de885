{#- The bounds that tests of the project hold the columns of an evaluation to: {column, floor, ceiling}. -#}
{% macro _ml_metric_bounds(evaluation_id) %}
    {%- set bounds = [] -%}
    {%- for test in graph.nodes.values() | sort(attribute='unique_id')
        if test.resource_type == 'test' and test.attached_node == evaluation_id
        and (test.get('test_metadata') or {}).get('name') == 'metric_within' -%}
        {%- set given = test.test_metadata.kwargs -%}
        {%- do bounds.append({
            'column': test.column_name, 'floor': given.get('floor'), 'ceiling': given.get('ceiling'),
        }) -%}
    {%- endfor -%}
    {{ return(bounds) }}
{% endmacro %}
