{#-
  Joins feature views to labels, point in time: for every label row the newest state of each view
  that was known at the label's moment. One label row in, one row out; label rows without a match
  keep NULLs. Nothing that became known later can be seen:

    state known at t = of the rows with known_at <= t, the one with the latest event_at

  labels   a relation or the name of a CTE
  at       the label's timestamp column: the moment of prediction
  views    a list of {view: ref(...), keys: {label column: view column} or [column], columns: [...],
           ttl_hours: how old event_at may be at the label's moment; older states are NULL}

  DuckDB joins by ASOF, after dropping rows that an earlier known row with a later event_at outdates.
  BigQuery, which has no ASOF join, puts labels and states into one ordered window. There a NULL key
  equals another and a NULL moment comes before all others, so states with either stay out. On DuckDB
  it is the joins that leave a NULL key out.
-#}
{% macro feature_join(labels, at, views) %}
    {{- return(adapter.dispatch('feature_join', 'azekura')(labels, at, _checked_views(views))) -}}
{% endmacro %}

{% macro default__feature_join(labels, at, views) %}
    {{- _no_such_side('feature_join') -}}
{% endmacro %}


{#- keys as a mapping; an option that is missing or unknown is named. -#}
{% macro _checked_views(views) %}
    {%- set checked = [] -%}
    {%- for view in views -%}
        {%- set number = loop.index -%}
        {%- for option in ['view', 'keys', 'columns'] if not view.get(option) -%}
            {{ exceptions.raise_compiler_error(
                "feature_join in " ~ model.name ~ ": view number " ~ number
                ~ " lacks '" ~ option ~ "'; each needs view, keys and columns."
            ) }}
        {%- endfor -%}
        {%- for option in view if option not in ['view', 'keys', 'columns', 'ttl_hours'] -%}
            {{ exceptions.raise_compiler_error(
                "feature_join in " ~ model.name ~ ": option '" ~ option ~ "' of view number "
                ~ number ~ " is unknown; a view has view, keys, columns and ttl_hours."
            ) }}
        {%- endfor -%}
        {%- set keys = {} -%}
        {%- if view['keys'] is mapping -%}
            {%- do keys.update(view['keys']) -%}
        {%- else -%}
            {%- for key in view['keys'] -%} {%- do keys.update({key: key}) -%} {%- endfor -%}
        {%- endif -%}
        {%- do checked.append({
            'view': view['view'], 'pairs': keys, 'columns': view['columns'], 'ttl_hours': view.get('ttl_hours'),
        }) -%}
    {%- endfor -%}
    {{ return(checked) }}
{% endmacro %}


{#- A column of a state, NULL where the state is older than its time to live (the limit itself is not). -#}
{% macro _unless_expired(state, column, moment, ttl_hours) -%}
    {%- if ttl_hours is none -%}
        {{ state }}.{{ column }}
    {%- else -%}
        case when {{ moment }} <= {{ timestamp_add(state ~ '.event_at', ttl_hours, 'hour') }} then {{ state }}.{{ column }} end as {{ column }}
    {%- endif -%}
{%- endmacro %}


{% macro duckdb__feature_join(labels, at, views) -%}
(
    select
        labels.*
        {%- for view in views %}
        {%- set alias = 'view_' ~ loop.index %}
        {%- for column in view.columns %},
        {{ _unless_expired(alias, column, 'labels.' ~ at, view.ttl_hours) }}
        {%- endfor %}
        {%- endfor %}
    from {{ labels }} as labels
    {%- for view in views %}
    {%- set alias = 'view_' ~ loop.index %}
    asof left join (
        select *
        from {{ view.view }}
        where known_at is not null
        qualify event_at = max(event_at) over (
            partition by {{ view.pairs.values() | join(', ') }}
            order by known_at
        )
    ) as {{ alias }}
        on
            {%- for label_column, view_column in view.pairs.items() %}
            labels.{{ label_column }} = {{ alias }}.{{ view_column }} and
            {%- endfor %}
            labels.{{ at }} >= {{ alias }}.known_at
    {%- endfor %}
)
{%- endmacro %}


{% macro bigquery__feature_join(labels, at, views) -%}
(
    {%- set ns = namespace(sql='select label_row from ' ~ labels ~ ' as label_row') -%}
    {%- for view in views %}
    {%- set state = 'state_' ~ loop.index -%}
    {%- set earlier = [] -%}
    {%- for number in range(1, loop.index) -%} {%- do earlier.append('state_' ~ number) -%} {%- endfor -%}
    {%- set view_keys = view.pairs.values() | list -%}
    {%- set label_keys = view.pairs.keys() | list -%}
    {%- set sql %}
select
    label_row,
    {%- for name in earlier %}
    {{ name }},
    {%- endfor %}
    last_value({{ state }} ignore nulls) over (
        partition by {% for key in view_keys %}key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
        order by moment, side
        rows between unbounded preceding and current row
    ) as {{ state }},
    side
from (
    select
        {%- for key in view_keys %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        known_at as moment,
        0 as side,
        null as label_row,
        {%- for name in earlier %}
        null as {{ name }},
        {%- endfor %}
        struct({{ (['event_at'] + view.columns) | join(', ') }}) as {{ state }}
    from (
        select *
        from {{ view.view }}
        where
            known_at is not null
            {%- for key in view_keys %}
            and {{ key }} is not null
            {%- endfor %}
        qualify event_at = max(event_at) over (
            partition by {{ view_keys | join(', ') }}
            order by known_at
        )
    )
    union all
    select
        {%- for key in label_keys %}
        label_row.{{ key }} as key_{{ loop.index }},
        {%- endfor %}
        label_row.{{ at }} as moment,
        1 as side,
        label_row,
        {%- for name in earlier %}
        {{ name }},
        {%- endfor %}
        null as {{ state }}
    from (
        {{ ns.sql | indent(8) }}
    )
)
where true
qualify side = 1
    {%- endset -%}
    {%- set ns.sql = sql.strip() -%}
    {%- endfor %}
    select
        label_row.*
        {%- for view in views %}
        {%- set state = 'state_' ~ loop.index %}
        {%- for column in view.columns %},
        {{ _unless_expired(state, column, 'label_row.' ~ at, view.ttl_hours) }}
        {%- endfor %}
        {%- endfor %}
    from (
        {{ ns.sql | indent(8) }}
    )
)
{%- endmacro %}
