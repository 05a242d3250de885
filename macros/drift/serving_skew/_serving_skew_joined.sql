{#- The reads of the view with typed columns, and beside what was served what the view had known. -#}
{% macro _serving_skew_joined(log, view, types, text_of, keys, values, asked) -%}
    log_rows as (
        select * from {{ _rows_of(log) }}
    ),

    log_texts as (
        select
            {%- for key in view['keys'] %}
            {{ text_of }}({{ keys }}, '$.{{ key }}') as {{ key }},
            {%- endfor %}
            {%- for name in types %}
            {{ text_of }}({{ values }}, '$.{{ name }}') as served__{{ name }},
            {{ asked.format(name) }} as asked__{{ name }},
            {%- endfor %}
            requested_at
        from log_rows
        where view = {{ text_literal(view.name) }} and version = {{ view.version }}
    ),

    log_reads as (
        select
            {%- for key in view['keys'] %}
            {{ safe_cast_text(key, view.key_types[key]) }} as {{ key }},
            {%- endfor %}
            {%- for name, type in types.items() %}
            {{ safe_cast_text('served__' ~ name, type) }} as served__{{ name }},
            asked__{{ name }},
            {%- endfor %}
            requested_at
        from log_texts
    ),

    joined as (
        select * from {{ feature_join('log_reads', at='requested_at', views=[view.joined]) }} as known
    )
{%- endmacro %}
