{#- What a part adds to the labels' columns: its features and, if it is asked, the status of its view. -#}
{% macro _feature_join_columns(part, moment) -%}
    {%- for column, name in part.give.items() -%}
    ,
        {{ _feature_value(part, column, moment) }} as {{ name }}
    {%- endfor -%}
    {%- if part.status_of -%}
    ,
        case
            when {{ part.alias }}.{{ part.event_time }} is null then 'NOT_FOUND'
            {%- if part.is_deleted %}
            when {{ part.alias }}.{{ part.is_deleted }} then 'NOT_FOUND'
            {%- endif %}
            {%- if part.ttl_seconds is not none %}
            when {{ moment }} > {{ _last_moment(part) }} then 'OUTSIDE_TTL'
            {%- endif %}
            when {% for other, column in part.status_of %}{{ _feature_value(other, column, moment) }} is null{{ ' and ' if not loop.last }}{% endfor %} then 'NULL'
            else 'PRESENT'
        end as {{ part['as'] }}__status
    {%- endif -%}
{%- endmacro %}


{#- A feature by its state: NULL where that is deleted or older than its time to live. -#}
{% macro _feature_value(part, column, moment) -%}
    {%- set value = part.alias ~ '.' ~ column -%}
    {%- set conditions = [
        moment ~ ' <= ' ~ _last_moment(part) if part.ttl_seconds is not none,
        part.alias ~ '.' ~ part.is_deleted ~ ' is not true' if part.is_deleted,
    ] | select | list -%}
    {{ 'case when ' ~ conditions | join(' and ') ~ ' then ' ~ value ~ ' end' if conditions else value }}
{%- endmacro %}


{#- The last moment of a state's time to live. -#}
{% macro _last_moment(part) -%}
    {{ timestamp_add(part.alias ~ '.' ~ part.event_time, part.ttl_seconds, 'second') }}
{%- endmacro %}
