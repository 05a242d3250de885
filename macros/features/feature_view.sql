{#-
  What the project says of a feature view (`meta.feature_store` of its YAML, docs/feature_store.md), as a
  dict: name, version, relation, entity, keys, event_time, known_time, is_deleted, ttl (as written),
  ttl_seconds (none: for ever), online, owner, tags, description, features ({name: type}) and unique_by:
  'event' where a test says that no two rows have the same keys and event time, 'known' where it says so of
  keys, event and known time, else none.

  It is read from dbt's graph, so it is there only while dbt executes; `version` none is the latest.
-#}
{% macro feature_view(name, version=none) %}
    {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') -%}
    {%- set views = models | selectattr('config.meta.feature_store') | list -%}
    {%- set versions = views | selectattr('name', 'equalto', name) | list -%}
    {%- for node in versions
        if (node.version == node.latest_version if version is none else (node.version or 1) | string == version | string) -%}
        {{ return(_feature_view_of(node)) }}
    {%- endfor -%}
    {%- if versions -%}
        {%- do _refuse('feature_view', "feature view '" ~ name ~ "' has no version " ~ version ~ "; it has "
            ~ versions | map(attribute='version') | map('default', 1, true) | join(', ') ~ ".") -%}
    {%- endif -%}
    {%- do _refuse('feature_view', "'" ~ name ~ "' is no feature view; " ~ (
        "did you mean '" ~ _nearest_name(name, views | map(attribute='name')) ~ "'?" if views else "no model has meta.feature_store."
    )) -%}
{% endmacro %}
