{#-
  The rows of a view among which a label finds its own: one per keys and moment, and only those that were the view's
  state from then on. Where a test says that no two rows have keys and moment in common, nothing is sorted for it.

  relation  the view, or what holds its rows
  met       further conditions, which leave out rows that no label can meet
-#}
{% macro _feature_states(part, relation, met='') -%}
{%- set keys = part.pairs.values() | join(', ') -%}
{%- set is_not_outdated -%}
{{ part.event_time }} = max({{ part.event_time }}) over (
        partition by {{ keys }}
        order by {{ part.known_time }}
    )
{%- endset -%}
{%- set is_the_greatest -%}
row_number() over (
        partition by {{ keys }}, {{ part.moment }}
        order by {{ part.order | join(' desc, ') }} desc
    ) = 1
{%- endset -%}
    select {{ part.read | join(', ') }}
    from {{ relation }}
    where
        {{ part.required | join(' is not null\n        and ') }} is not null
        {%- if met %}
        {{ met | indent(8) }}
        {%- endif %}
    {%- if part.as_of == 'known' and part.has_equals %}
    qualify
        {{ is_not_outdated | indent(4) }}
        and {{ is_the_greatest | indent(4) }}
    {%- elif part.as_of == 'known' %}
    qualify {{ is_not_outdated }}
    {%- elif part.has_equals %}
    qualify {{ is_the_greatest }}
    {%- endif %}
{%- endmacro %}
