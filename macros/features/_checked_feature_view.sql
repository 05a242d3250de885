{#-
  Refuses a mistake in `meta.feature_store` in one sentence that names the model and the setting. While dbt reads the
  project `generate_schema_name` calls it for every node, as soon as it knows the node's settings. The columns of a
  model without versions are not known then: what is wrong with them is said where the view is first used.
-#}
{% macro _checked_feature_view(node) %}
    {%- set given = (node.config.get('meta') or {}).get('feature_store') -%}
    {%- if given is not none and node.resource_type == 'model' -%}
        {%- set problem = _feature_settings_problem(given) -%}
        {%- if not problem and node.columns -%} {%- set problem = _feature_columns_problem(node, given) -%} {%- endif -%}
        {%- if problem -%}
            {{ exceptions.raise_compiler_error("Feature view " ~ node.name ~ ": meta.feature_store" ~ problem) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- What is wrong with the settings alone, as the end of that sentence; none if nothing is. -#}
{% macro _feature_settings_problem(given) %}
    {%- set settings = ['entity', 'keys', 'event_time', 'known_time', 'ttl', 'online', 'owner', 'tags', 'is_deleted'] -%}
    {%- if given is not mapping -%}
        {{ return(" must hold settings, got '" ~ given ~ "'; give at least entity and keys.") }}
    {%- endif -%}
    {%- for name in given if name not in settings -%}
        {{ return(": setting '" ~ name ~ "' is unknown; did you mean '" ~ _nearest_name(name | string, settings) ~ "'?") }}
    {%- endfor -%}
    {%- for name in ['entity', 'keys'] if not given.get(name) -%}
        {{ return(" lacks '" ~ name ~ "'; give " ~ ("the name of what the features are about." if name == 'entity' else "the columns that identify it.")) }}
    {%- endfor -%}
    {%- for name in ['keys', 'tags'] if given.get(name) is not none -%}
        {%- if given[name] is string or given[name] is mapping or given[name] is not iterable or given[name] | reject('string') | list -%}
            {{ return(".'" ~ name ~ "' must be a list of names, got '" ~ given[name] ~ "'.") }}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in ['entity', 'event_time', 'known_time', 'owner', 'is_deleted'] if given.get(name) is not none and given[name] is not string -%}
        {{ return(".'" ~ name ~ "' must be text, got '" ~ given[name] ~ "'.") }}
    {%- endfor -%}
    {%- if given.get('online') is not none and given.online is not boolean -%}
        {{ return(".'online' must be true or false, got '" ~ given.online ~ "'.") }}
    {%- endif -%}
    {%- if given.get('ttl') is not none and _ttl_seconds(given.ttl) is none -%}
        {{ return(".'ttl' must be a whole number and a unit, like '3 hours' (seconds, minutes, hours, days, weeks), got '" ~ given.ttl ~ "'.") }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{#- What is wrong with the columns that they name. -#}
{% macro _feature_columns_problem(node, given) %}
    {%- if not node.config.contract.enforced -%}
        {{ return(" needs the model's contract: enforce it (contract: {enforced: true}).") }}
    {%- endif -%}
    {%- set times = {'event_time': given.get('event_time') or 'event_at', 'known_time': given.get('known_time') or 'known_at'} -%}
    {%- set roles = [] -%}
    {%- for key in given['keys'] -%} {%- do roles.append(('keys', key)) -%} {%- endfor -%}
    {%- do roles.extend(times.items()) -%}
    {%- if given.get('is_deleted') -%} {%- do roles.append(('is_deleted', given.is_deleted)) -%} {%- endif -%}
    {%- for role, column in roles if column not in node.columns -%}
        {{ return(".'" ~ role ~ "': the model has no column '" ~ column ~ "'; its columns are " ~ node.columns | join(', ') ~ ".") }}
    {%- endfor -%}
    {%- set seen = [] -%}
    {%- for role, column in roles -%}
        {%- if column in seen -%}
            {{ return(".'" ~ role ~ "': column '" ~ column ~ "' has a role already; give each its own.") }}
        {%- endif -%}
        {%- do seen.append(column) -%}
    {%- endfor -%}
    {%- for role, column in roles -%}
        {%- set type = (node.columns[column].data_type or '') | lower -%}
        {%- set wanted = {
            'keys': ['int64', 'bigint', 'string', 'varchar', 'text', 'bytes', 'blob', 'bool', 'boolean', 'date'],
            'is_deleted': ['bool', 'boolean'],
        }.get(role, ['timestamp']) -%}
        {%- if type not in wanted -%}
            {{ return(".'" ~ role ~ "': column '" ~ column ~ "' is " ~ (type or 'of no type') ~ "; it must be " ~ wanted | join(' or ') ~ ".") }}
        {%- endif -%}
    {%- endfor -%}
    {%- set partition = (node.config.get('partition_by') or {}).get('field') -%}
    {%- if not node.columns | reject('in', seen + [partition]) | list -%}
        {{ return(": no column is left that could be a feature.") }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
