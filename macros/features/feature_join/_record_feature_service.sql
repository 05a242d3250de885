{#- The definition of a service, in the configuration of the model that dbt is reading. -#}
{% macro _record_feature_service(service, at, views, settings) %}
    {%- set recorded = [] -%}
    {%- for view in views -%}
        {%- if not view.get('view') -%}
            {%- do _refuse('feature_join', "service '" ~ service ~ "' cannot serve view number " ~ loop.index ~ ", a relation; make it a feature view, or leave out 'service'.") -%}
        {%- endif -%}
        {%- do recorded.append({
            'view': view['view'], 'version': view.get('version'), 'as': view['as'],
            'keys': view.get('keys'), 'columns': view['columns'],
        }) -%}
    {%- endfor -%}
    {{ config(meta={'feature_service': {
        'name': service, 'at': at, 'as_of': settings.as_of, 'strict': settings.strict, 'fill': settings.fill, 'views': recorded,
    }}) }}
{% endmacro %}
