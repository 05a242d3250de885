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
(select count(*) from (select distinct {{ _identifiers(view['keys']) }} from {{ view.relation }}) as entities)
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


{% macro _of_view(view) -%}
    {{ text_literal(view.name) }} as view_name, cast({{ view.version }} as {{ dbt.type_bigint() }}) as view_version
{%- endmacro %}


{% macro _identifiers(names) -%}
    {%- for name in names -%} {{ adapter.quote(name) }}{{ ', ' if not loop.last }} {%- endfor -%}
{%- endmacro %}


{#- Selects as one table; none of them is an empty table of these columns. -#}
{% macro _union_of(selects, columns) %}
    {%- if not selects -%} {{ return(literal_rows(columns, [])) }} {%- endif -%}
    {{ return('(' ~ selects | join('\n    union all') ~ '\n)') }}
{% endmacro %}
