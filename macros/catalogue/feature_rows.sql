{#-
  One row per feature view version and feature, as the project declares them; nothing is read. The columns
  are those of models/catalogue/feature_catalogue.yml.
-#}
{% macro feature_rows() %}
    {%- set services = _feature_services() if execute else [] -%}
    {%- set rows = [] -%}
    {%- for view in (_feature_views() if execute else []) -%}
        {%- for feature in view['columns'] -%}
            {%- set used = _services_of(services, view, feature.name) -%}
            {%- set models = [] -%}
            {%- for service in used -%} {%- do models.extend(service.models) -%} {%- endfor -%}
            {%- do rows.append({
                'view_name': view.name,
                'view_version': view.version,
                'is_latest': view.is_latest,
                'feature_name': feature.name,
                'data_type': feature.data_type,
                'description': feature.description,
                'view_description': view.description,
                'entity': view.entity,
                'keys': view['keys'] | join(', '),
                'event_time': view.event_time,
                'known_time': view.known_time,
                'ttl': view.ttl,
                'ttl_seconds': view.ttl_seconds,
                'is_online': view.online,
                'owner': view.owner,
                'tags': view.tags | join(', '),
                'deprecated_at': view.deprecated_at,
                'services': used | map(attribute='name') | join(', '),
                'models': models | unique | join(', '),
                'relation_name': view.relation,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(literal_rows({
        'view_name': 'string', 'view_version': 'int64', 'is_latest': 'bool', 'feature_name': 'string',
        'data_type': 'string', 'description': 'string', 'view_description': 'string', 'entity': 'string',
        'keys': 'string', 'event_time': 'string', 'known_time': 'string', 'ttl': 'string', 'ttl_seconds': 'int64',
        'is_online': 'bool', 'owner': 'string', 'tags': 'string', 'deprecated_at': 'timestamp', 'services': 'string',
        'models': 'string', 'relation_name': 'string',
    }, rows)) }}
{% endmacro %}
