{#-
  The feature views of the project, from dbt's graph, by name and version: models that declare
  meta.feature_store (docs/feature_store.md). Each is {name, version, is_latest, relation, entity, keys,
  event_time, known_time, ttl, ttl_seconds, is_online, owner, tags, description, deprecated_at, features,
  unique_id, has_versions}; features are {name, data_type, description}. The graph is known when dbt runs, not before.
-#}
{% macro _feature_views() %}
    {%- set views = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'model' and (node.config.get('meta') or {}).get('feature_store') -%}
        {%- set declared = node.config.meta.feature_store -%}
        {%- set partition = (node.config.get('partition_by') or {}).get('field') -%}
        {%- set keys = declared.get('keys') or [] -%}
        {%- set times = [declared.get('event_time') or 'event_at', declared.get('known_time') or 'known_at'] -%}
        {%- set others = keys + times + [partition, declared.get('is_deleted')] -%}
        {%- set features = [] -%}
        {%- for column in node.columns.values() if column.name not in others -%}
            {%- do features.append({
                'name': column.name,
                'data_type': (column.data_type or '') | upper,
                'description': _one_line(column.description),
            }) -%}
        {%- endfor -%}
        {%- set version = node.version if node.version is not none else 1 -%}
        {%- do views.append({
            'unique_id': node.unique_id,
            'name': node.name,
            'version': version,
            'has_versions': node.version is not none,
            'is_latest': node.version is none or node.version == node.latest_version,
            'relation': node.relation_name,
            'entity': declared.get('entity'),
            'keys': keys,
            'event_time': times[0],
            'known_time': times[1],
            'ttl': declared.get('ttl'),
            'ttl_seconds': _seconds_of(declared.get('ttl')),
            'is_online': declared.get('online', false),
            'owner': declared.get('owner'),
            'tags': declared.get('tags') or [],
            'description': _one_line(node.description),
            'deprecated_at': _timestamp_text(node.deprecation_date),
            'features': features,
        }) -%}
    {%- endfor -%}
    {{ return(views) }}
{% endmacro %}


{#- '3 hours' as seconds; none where a feature lives for ever. -#}
{% macro _seconds_of(ttl) %}
    {%- if not ttl -%} {{ return(none) }} {%- endif -%}
    {%- set seconds = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800} -%}
    {%- set words = (ttl | string).split() -%}
    {{ return((words[0] | int) * seconds[words[1].rstrip('s')]) }}
{% endmacro %}


{#- dbt's deprecation_date, a date, a moment with a zone or text, as text of a moment in UTC. -#}
{% macro _timestamp_text(moment) %}
    {%- if moment is none or moment is string -%} {{ return(moment) }} {%- endif -%}
    {%- if moment.tzinfo -%} {%- set moment = moment.astimezone(modules.pytz.utc) -%} {%- endif -%}
    {{ return(moment.strftime('%Y-%m-%d %H:%M:%S')) }}
{% endmacro %}


{% macro _one_line(text) %}
    {{ return((text or '').split() | join(' ')) }}
{% endmacro %}


{#-
  The feature services of the project, from the graph: what a training set's feature_join wrote into
  config.meta.feature_service, and which trained models read that training set.
-#}
{% macro _feature_services() %}
    {%- set services = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'model' and (node.config.get('meta') or {}).get('feature_service') -%}
        {%- set models = [] -%}
        {%- for reader in graph.nodes.values() | sort(attribute='unique_id')
            if reader.config.materialized == 'ml_model' and node.unique_id in reader.depends_on.nodes -%}
            {%- do models.append(reader.name) -%}
        {%- endfor -%}
        {%- set service = node.config.meta.feature_service -%}
        {%- do services.append({
            'name': service.name, 'training_set': node.name, 'views': service.views, 'models': models,
        }) -%}
    {%- endfor -%}
    {{ return(services) }}
{% endmacro %}


{#- Of the services, those that ask for a feature of a view: versions are as text or numbers, none the latest. -#}
{% macro _services_of(services, view, feature) %}
    {%- set found = [] -%}
    {%- for service in services -%}
        {%- for asked in service.views
            if asked.view == view.name and feature in asked['columns']
            and (view.is_latest if asked.get('version') is none else asked.version | string == view.version | string) -%}
            {%- if service not in found -%} {%- do found.append(service) -%} {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- Refuses a catalogue model that does not name all that it must read: dbt could build it too early. -#}
{% macro _require_refs(given, wanted, what) %}
    {%- set names = [] -%}
    {%- for relation in given -%} {%- do names.append(_ml_relation(relation)) -%} {%- endfor -%}
    {%- for node in wanted if node.relation not in names -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ " does not read the " ~ what ~ " " ~ node.name ~ ": add ref('" ~ node.name
            ~ (("', v=" ~ node.version) if node.get('has_versions') else "'") ~ ") to the list in "
            ~ model.original_file_path ~ "."
        ) }}
    {%- endfor -%}
{% endmacro %}
