{#-
  Passes when a training set holds what was known at each row's moment, and nothing that became known later. It reads
  the feature service that the model's feature_join declares, and of every `one_in`th row (by hash of its key) looks
  up each feature the slow and obvious way: of the view's rows known by then and not older than its time to live, the
  last that happened. A row fails for each view that says otherwise.

  The training set must keep the columns that the labels are joined by. A join without `fill` only.
-#}
{% test no_future_feature(model, key, one_in=500) %}
{%- if not execute -%} {{ return('select 1 as parsed') }} {%- endif -%}
{%- set node = _tested_node(model) -%}
{%- set service = (node.config.meta or {}).get('feature_service') -%}
{%- if not service or service.fill -%}
    {{ exceptions.raise_compiler_error(
        "no_future_feature of " ~ node.name ~ ": it joins no feature service without fill; say service='<name>' in its"
        ~ " feature_join, or leave out the test."
    ) }}
{%- endif -%}
{%- set key_columns = [key] if key is string else key -%}
with sampled as (
    select *
    from {{ model }}
    where {{ surrogate_key(key_columns) }} < '{{ '%08x' % (4294967296 // one_in) }}'
)
{%- for given in service.views %}
{%- set view = feature_view(given['view'], given.version) -%}
{%- set keys = {} -%}
{%- if given['keys'] is mapping -%}
    {%- do keys.update(given['keys']) -%}
{%- else -%}
    {%- for name in given['keys'] or view['keys'] -%} {%- do keys.update({name: name}) -%} {%- endfor -%}
{%- endif -%}
{%- set moment = 'sampled.' ~ service.at -%}
{%- set time = 'state.' ~ (view.known_time if service.as_of == 'known' else view.event_time) -%}
,

seen_{{ loop.index }} as (
    select
        {%- for column in key_columns %}
        sampled.{{ column }},
        {%- endfor %}
        {%- for column, name in given['columns'].items() %}
        sampled.{{ name }} as given_{{ loop.index }},
        {{ 'case when state.' ~ view.is_deleted ~ ' is not true then state.' ~ column ~ ' end' if view.is_deleted else 'state.' ~ column }} as known_{{ loop.index }},
        {%- endfor %}
        row_number() over (
            partition by {% for column in key_columns %}sampled.{{ column }}, {% endfor %}{{ moment }}
            order by
                case when state.{{ view.event_time }} is null then 1 else 0 end,
                state.{{ view.event_time }} desc,
                state.{{ view.known_time }} desc
        ) as place
    from sampled
    left join {{ view.relation }} as state
        on
            {%- for label, column in keys.items() %}
            sampled.{{ label }} = state.{{ column }} and
            {%- endfor %}
            {%- if view.ttl_seconds is not none %}
            {{ timestamp_add('state.' ~ view.event_time, view.ttl_seconds, 'second') }} >= {{ moment }} and
            {%- endif %}
            {{ time }} {{ '<' if service.strict else '<=' }} {{ moment }}
)
{%- endfor %}
{% for given in service.views %}
select '{{ given['as'] }}' as view_name, {{ key_columns | join(', ') }}
from seen_{{ loop.index }}
where
    place = 1
    and (
        {%- for column in given['columns'] %}
        given_{{ loop.index }} is distinct from known_{{ loop.index }}{{ ' or' if not loop.last }}
        {%- endfor %}
    )
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}


{#- The node of the model that a generic test is of. -#}
{% macro _tested_node(relation) %}
    {%- for node in graph.nodes.values() if node.relation_name == relation | string -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(model.name ~ ": give no where to a test that asks what a model is made of.") }}
{% endmacro %}
