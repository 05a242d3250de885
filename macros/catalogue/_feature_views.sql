{#-
  All feature views of the project in all their versions, from dbt's graph: what `feature_view` says of one, and
  is_latest, has_versions, deprecated_at, and as `columns` its features as {name, data_type, description}.
-#}
{% macro _feature_views() %}
    {%- set views = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'model' and (node.config.meta or {}).get('feature_store') -%}
        {%- set view = _feature_view_of(node) -%}
        {%- set columns = [] -%}
        {%- for name, data_type in view.features.items() -%}
            {%- do columns.append({
                'name': name, 'data_type': data_type | upper, 'description': _one_line(node.columns[name].description),
            }) -%}
        {%- endfor -%}
        {%- do views.append(dict(
            view,
            is_latest=node.version is none or node.version == node.latest_version,
            has_versions=node.version is not none,
            description=_one_line(node.description),
            deprecated_at=_timestamp_text(node.deprecation_date),
            columns=columns,
        )) -%}
    {%- endfor -%}
    {{ return(views) }}
{% endmacro %}


{#- The two columns that say which feature view a row is of. -#}
{% macro _of_view(view) -%}
    {{ text_literal(view.name) }} as view_name, cast({{ view.version }} as {{ dbt.type_bigint() }}) as view_version
{%- endmacro %}


{#- dbt's deprecation_date, a moment with or without a zone or text, as text of a moment in UTC. -#}
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
