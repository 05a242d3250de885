{#-
  BigQuery has no ASOF join. Labels and states stand in one ordered window instead, of one view after the other: a label
  takes the last state before it. There a NULL key equals another and a NULL moment comes before all others, so states
  with either stay out.
-#}
{% macro bigquery__feature_join(labels, at, parts) -%}
(
    select
        label_row.*
        {%- for part in parts %}
        {{- _feature_join_columns(part, 'label_row.' ~ at) }}
        {%- endfor %}
    from (
        {{ _bigquery_joined(labels, at, parts) | indent(8) }}
    )
)
{%- endmacro %}


{#- The labels, each as a whole as `label_row`, and beside it of each part the state of its moment. -#}
{% macro _bigquery_joined(labels, at, parts) -%}
{%- if not parts -%}
select label_row from {{ _rows_of(labels) }} as label_row
{%- else -%}
{%- set part, earlier = parts[-1], parts[:-1] -%}
select
    label_row,
    {%- for other in earlier %}
    {{ other.alias }},
    {%- endfor %}
    last_value({{ part.alias }} ignore nulls) over (
        partition by {% for _ in part.pairs %}key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
        order by moment, side
        rows between unbounded preceding and current row
    ) as {{ part.alias }},
    side
from (
    select
        {%- for key in part.pairs.values() %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        {{ part.moment }} as moment,
        1 as side,
        null as label_row,
        {%- for other in earlier %}
        null as {{ other.alias }},
        {%- endfor %}
        struct({{ part.fields | join(', ') }}) as {{ part.alias }}
    from (
        {{ _feature_states(part, part.relation) | indent(4) }}
    )
    union all
    select
        {%- for column in part.pairs %}
        label_row.{{ column }} as key_{{ loop.index }},
        {%- endfor %}
        label_row.{{ at }} as moment,
        {{ 0 if part.strict else 2 }} as side,
        label_row,
        {%- for other in earlier %}
        {{ other.alias }},
        {%- endfor %}
        null as {{ part.alias }}
    from (
        {{ _bigquery_joined(labels, at, earlier) | indent(8) }}
    )
)
where true
qualify side = {{ 0 if part.strict else 2 }}
{%- endif -%}
{%- endmacro %}
