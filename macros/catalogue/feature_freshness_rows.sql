{#-
  One row per feature view version: view_name, view_version, rows_count, entities_count, oldest_event_at,
  newest_event_at, newest_known_at. `views` are the refs of all feature views: they tell dbt what has to be
  built before; one that is left out is refused by name.
-#}
{% macro feature_freshness_rows(views) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set known = _feature_views() -%}
    {%- do _require_refs(views, known, 'feature view') -%}
    {%- set selects = [] -%}
    {%- for view in known -%}
        {%- set entities -%}
(select count(*) from (select distinct {{ _quoted_list(view['keys']) }} from {{ view.relation }}) as entities)
        {%- endset -%}
        {%- set sql %}
    select
        {{ _of_view(view) }},
        count(*) as rows_count,
        {{ entities }} as entities_count,
        min({{ adapter.quote(view.event_time) }}) as oldest_event_at,
        max({{ adapter.quote(view.event_time) }}) as newest_event_at,
        max({{ adapter.quote(view.known_time) }}) as newest_known_at
    from {{ view.relation }}
        {%- endset -%}
        {%- do selects.append(sql) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'view_name': 'string', 'view_version': 'int64', 'rows_count': 'int64', 'entities_count': 'int64',
        'oldest_event_at': 'timestamp', 'newest_event_at': 'timestamp', 'newest_known_at': 'timestamp',
    })) }}
{% endmacro %}
