{#-
  DuckDB joins by ASOF, after dropping the rows that an earlier known row with a later event outdates. Of a view
  a hundred times as long as the labels it takes only the rows of their keys; for more labels, which have most keys
  anyway, looking each row's keys up costs more than it saves (benchmarks/feature_store.py).
-#}
{% macro duckdb__feature_join(labels, at, parts) -%}
{%- set source = _rows_of(labels).strip() -%}
{%- set is_query = source.startswith('(') -%}
{%- set labels = 'feature_join_labels' if is_query else source -%}
(
    {%- if is_query %}
    with feature_join_labels as {{ source }}
    {% endif %}
    select
        labels.*
        {%- for part in parts %}
        {{- _feature_join_columns(part, 'labels.' ~ at) }}
        {%- endfor %}
    from {{ labels }} as labels
    {%- for part in parts %}
    {{ _duckdb_asof_join(part, labels, at) }}
    {%- endfor %}
)
{%- endmacro %}


{#-
  An ASOF join takes one inequality. Where the event counts and only the known time tells rows of one event apart, both
  times are packed into one number, by which the join itself tells them apart.
-#}
{% macro _duckdb_asof_join(part, labels, at) -%}
{%- set is_packed = part.as_of == 'event' and part.unique_by == 'known' -%}
{%- set part = dict(part, has_equals=part.has_equals and not is_packed) -%}
{%- set states = _feature_states(part, _duckdb_rows_of_keys(part, labels), _duckdb_times_met(part, labels, at)) -%}
asof left join (
        {%- if is_packed %}
        select *, {{ _duckdb_packed(part.event_time, '+ coalesce(epoch_us(' ~ part.known_time ~ '), -9223372036854775808)') }} as packed_times
        from (
            {{ states | indent(8) }}
        )
        {%- else %}
        {{ states | indent(4) }}
        {%- endif %}
    ) as {{ part.alias }}
        on
            {%- for label_column, key in part.pairs.items() %}
            labels.{{ label_column }} = {{ part.alias }}.{{ key }} and
            {%- endfor %}
            {%- if is_packed %}
            {{ _duckdb_packed('labels.' ~ at, '- 9223372036854775809' if part.strict else '+ 9223372036854775807') }} >= {{ part.alias }}.packed_times
            {%- else %}
            labels.{{ at }} {{ '>' if part.strict else '>=' }} {{ part.alias }}.{{ part.moment }}
            {%- endif %}
{%- endmacro %}


{#-
  Event and known time in one number that sorts as the two do. A known time of NULL comes before all others. A label
  has no known time: its number comes after those of all rows of its moment or, if strict, before them.
-#}
{% macro _duckdb_packed(event, known) -%}
    epoch_us({{ event }})::hugeint * 18446744073709551616 {{ known }}
{%- endmacro %}


{#- The rows of a view, where the labels are few only those of their keys; which it is, DuckDB finds when it runs. -#}
{% macro _duckdb_rows_of_keys(part, labels) -%}
{%- set few = '(select count(*) from ' ~ labels ~ ') * 100 < (select count(*) from ' ~ part.relation ~ ')' -%}
{%- set label_keys = part.pairs | join(', ') -%}
(
        select *
        from {{ part.relation }}
        where
            {{ few }}
            and ({{ part.pairs.values() | join(', ') }}) in (
                select {{ '(' ~ label_keys ~ ')' if part.pairs | length > 1 else label_keys }} from {{ labels }}
            )
        union all
        select *
        from {{ part.relation }}
        where not {{ few }}
    )
{%- endmacro %}


{#-
  When a state must have been for a label to meet it: not later than the last label, and not too old for the first
  one (a row too old still tells OUTSIDE_TTL from NOT_FOUND, so it stays where the status is asked).
-#}
{% macro _duckdb_times_met(part, labels, at) -%}
and {{ part.moment }} <= (select max({{ at }}) from {{ labels }})
{%- if part.ttl_seconds is not none and not part.status %}
and {{ timestamp_add(part.event_time, part.ttl_seconds, 'second') }} >= (select min({{ at }}) from {{ labels }})
{%- endif %}
{%- endmacro %}
