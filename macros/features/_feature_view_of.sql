{#- What feature_view says, of a node of dbt's graph. -#}
{% macro _feature_view_of(node) %}
    {%- do _checked_feature_view(node) -%}
    {%- set given = node.config.meta.feature_store -%}
    {%- set event_time, known_time = given.get('event_time') or 'event_at', given.get('known_time') or 'known_at' -%}
    {%- set partition = (node.config.get('partition_by') or {}).get('field') -%}
    {%- set features = {} -%}
    {%- for column in node.columns.values()
        if column.name not in given['keys'] + [event_time, known_time, given.get('is_deleted'), partition] -%}
        {%- do features.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- set unique = [] -%}
    {%- for test in graph.nodes.values()
        if test.resource_type == 'test' and test.attached_node == node.unique_id
        and test.test_metadata.name == 'unique_combination' -%}
        {%- do unique.append(test.test_metadata.kwargs.columns | sort) -%}
    {%- endfor -%}
    {{ return({
        'name': node.name,
        'version': node.version or 1,
        'relation': node.relation_name,
        'entity': given.entity,
        'keys': given['keys'],
        'event_time': event_time,
        'known_time': known_time,
        'is_deleted': given.get('is_deleted'),
        'ttl': given.get('ttl'),
        'ttl_seconds': _ttl_seconds(given.get('ttl')),
        'online': given.get('online') or false,
        'owner': given.get('owner'),
        'tags': given.get('tags') or [],
        'description': node.description,
        'features': features,
        'unique_by': 'event' if (given['keys'] + [event_time]) | sort in unique
            else 'known' if (given['keys'] + [event_time, known_time]) | sort in unique else none,
    }) }}
{% endmacro %}
