{#-
  Refuses a mistake in `meta.feature_store` in one sentence that names the model and the setting. While dbt reads the
  project `generate_schema_name` calls it for every node, as soon as it knows the node's settings. The columns of a
  model without versions are not known then: what is wrong with them is said where the view is first used.
-#}
{% macro _checked_feature_view(node) %}
    {%- set given = (node.config.get('meta') or {}).get('feature_store') -%}
    {%- if given is not none and node.resource_type == 'model' -%}
        {%- set problem = _feature_settings_problem(given) or (_feature_columns_problem(node, given) if node.columns) -%}
        {%- if problem -%}
            {{ exceptions.raise_compiler_error("Feature view " ~ node.name ~ ": meta.feature_store" ~ problem) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- What is wrong with the settings alone, as the end of that sentence; none if nothing is. -#}
{% macro _feature_settings_problem(given) %}
    {%- set kinds = {
        'entity': 'text', 'keys': 'names', 'event_time': 'text', 'known_time': 'text', 'is_deleted': 'text',
        'ttl': 'duration', 'online': 'switch', 'owner': 'text', 'tags': 'names',
    } -%}
    {%- set required = {'entity': "the name of what the features are about", 'keys': "the columns that identify it"} -%}
    {%- if given is not mapping -%}
        {{ return(" must hold settings, got '" ~ given ~ "'; give at least entity and keys.") }}
    {%- endif -%}
    {%- for name in given if name not in kinds -%}
        {{ return(": setting '" ~ name ~ "' is unknown; did you mean '" ~ _nearest_name(name | string, kinds) ~ "'?") }}
    {%- endfor -%}
    {%- for name, what in required.items() if not given.get(name) -%}
        {{ return(" lacks '" ~ name ~ "'; give " ~ what ~ ".") }}
    {%- endfor -%}
    {%- for name, value in given.items() if value is not none and _must_be(kinds[name], value) -%}
        {{ return(".'" ~ name ~ "' must be " ~ _must_be(kinds[name], value) ~ ", got '" ~ value ~ "'.") }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}


{#- What is wrong with the columns that they name. -#}
{% macro _feature_columns_problem(node, given) %}
    {%- set types = {
        'keys': ['int64', 'bigint', 'string', 'varchar', 'text', 'bytes', 'blob', 'bool', 'boolean', 'date'],
        'event_time': ['timestamp'],
        'known_time': ['timestamp'],
        'is_deleted': ['bool', 'boolean'],
    } -%}
    {%- set named = {
        'keys': given['keys'],
        'event_time': [given.get('event_time') or 'event_at'],
        'known_time': [given.get('known_time') or 'known_at'],
        'is_deleted': [given.get('is_deleted')] | select | list,
    } -%}
    {%- if not node.config.contract.enforced -%}
        {{ return(" needs the model's contract: enforce it (contract: {enforced: true}).") }}
    {%- endif -%}
    {%- set seen = [] -%}
    {%- for role, columns in named.items() -%}
        {%- for column in columns -%}
            {%- set type = (node.columns.get(column, {}).data_type or 'of no type') | lower -%}
            {%- for is_wrong, problem in [
                (column not in node.columns, "the model has no column '" ~ column ~ "'; its columns are " ~ node.columns | join(', ')),
                (column in seen, "column '" ~ column ~ "' has a role already; give each its own"),
                (type not in types[role], "column '" ~ column ~ "' is " ~ type ~ "; it must be " ~ types[role] | join(' or ')),
            ] if is_wrong -%}
                {{ return(".'" ~ role ~ "': " ~ problem ~ ".") }}
            {%- endfor -%}
            {%- do seen.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set partition = (node.config.get('partition_by') or {}).get('field') -%}
    {%- if not node.columns | reject('in', seen + [partition]) | list -%}
        {{ return(": no column is left that could be a feature.") }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
