{#-
  What the project says of a feature view (`meta.feature_store` of its YAML, docs/feature_store.md), as a
  dict: name, version, relation, entity, keys, event_time, known_time, is_deleted, ttl (as written),
  ttl_seconds (none: for ever), online, owner, tags, description, features ({name: type}) and unique_by:
  'event' where a test says that no two rows have the same keys and event time, 'known' where it says so of
  keys, event and known time, else none.

  It is read from dbt's graph, so it is there only while dbt executes; `version` none is the latest.
-#}
{% macro feature_view(name, version=none) %}
    {%- set versions = [] -%}
    {%- set views = [] -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('feature_store') -%}
        {%- do views.append(node.name) -%}
        {%- if node.name == name -%}
            {%- do versions.append(node.version or 1) -%}
            {%- if version is none and node.version == node.latest_version or version | string == (node.version or 1) | string -%}
                {%- do found.append(node) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if found -%}
        {{ return(_feature_view_of(found[0])) }}
    {%- elif versions -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": feature view '" ~ name ~ "' has no version " ~ version ~ "; it has "
            ~ versions | join(', ') ~ "."
        ) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        model.name ~ ": '" ~ name ~ "' is no feature view; "
        ~ ("did you mean '" ~ _nearest_name(name, views) ~ "'?" if views else "no model has meta.feature_store.")
    ) }}
{% endmacro %}


{#- The same of a node of dbt's graph. -#}
{% macro _feature_view_of(node) %}
    {%- do _checked_feature_view(node) -%}
    {%- set given = node.config.meta.feature_store -%}
    {%- set partition = (node.config.get('partition_by') or {}).get('field') -%}
    {%- set view = {
        'name': node.name,
        'version': node.version or 1,
        'relation': node.relation_name,
        'entity': given.entity,
        'keys': given['keys'],
        'event_time': given.get('event_time') or 'event_at',
        'known_time': given.get('known_time') or 'known_at',
        'is_deleted': given.get('is_deleted'),
        'ttl': given.get('ttl'),
        'ttl_seconds': _ttl_seconds(given.get('ttl')),
        'online': given.get('online') or false,
        'owner': given.get('owner'),
        'tags': given.get('tags') or [],
        'description': node.description,
        'features': {},
        'unique_by': none,
    } -%}
    {%- set others = view['keys'] + [view.event_time, view.known_time, view.is_deleted, partition] -%}
    {%- for column in node.columns.values() if column.name not in others -%}
        {%- do view.features.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- for test in graph.nodes.values()
        if test.resource_type == 'test' and test.attached_node == node.unique_id
        and test.test_metadata.name == 'unique_combination' -%}
        {%- set columns = test.test_metadata.kwargs.columns | sort -%}
        {%- if columns == (view['keys'] + [view.event_time]) | sort -%}
            {%- do view.update({'unique_by': 'event'}) -%}
        {%- elif columns == (view['keys'] + [view.event_time, view.known_time]) | sort and not view.unique_by -%}
            {%- do view.update({'unique_by': 'known'}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(view) }}
{% endmacro %}


{#- '3 hours' as seconds; none where it is no such text. -#}
{% macro _ttl_seconds(text) %}
    {%- set units = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800} -%}
    {%- set found = modules.re.match('^([1-9][0-9]{0,8}) (second|minute|hour|day|week)s?$', (text or '') | string) -%}
    {{ return(found.group(1) | int * units[found.group(2)] if found else none) }}
{% endmacro %}
