{#-
  A training set: joins feature views to labels, point in time. For every label row and view it takes the
  state that the view had at the label's moment, as it was known then. One label row in, one row out;
  nothing that became known later can be seen (docs/feature_store.md says what is seen, and when not).

  labels   a relation, the name of a CTE, or a query
  at       the labels' timestamp column: the moment of prediction
  views    a list of {view: name of a feature view, version: none for the latest, columns: list or {column: name
           it is given}, keys: where the labels call the keys otherwise, {label column: key} or a list,
           as: what the join calls the view, its name if not said}.
           What is no feature view is joined by {relation: …, keys: …, columns: …} and, where they
           differ from event_at, known_at and none, event_time, known_time, is_deleted, ttl.
  service  writes the join into the manifest as the feature service of this name
  as_of    'known': of the rows known by then, the one that happened last. 'event': the one that happened
           last, whenever it became known
  strict   a row of the very moment is not seen
  fill     'last_non_null': every feature by itself takes its last value that is not NULL
  status   adds <view>__status: PRESENT, NULL, NOT_FOUND or OUTSIDE_TTL

  DuckDB joins by ASOF, after dropping the rows that an earlier known row with a later event outdates. Of a view
  a hundred times as long as the labels it takes only the rows of their keys; for more labels, which have most keys
  anyway, looking each row's keys up costs more than it saves (benchmarks/feature_store.py).
  BigQuery, which has no ASOF join, puts labels and states into one ordered window. There a NULL key
  equals another and a NULL moment comes before all others, so states with either stay out.
-#}
{% macro feature_join(labels, at, views, service=none, as_of='known', strict=false, fill=none, status=false) %}
    {%- set settings = {'as_of': as_of, 'strict': strict, 'fill': fill, 'status': status} -%}
    {%- set views = _feature_join_views(views, settings) -%}
    {%- if service is not none -%} {%- do _record_feature_service(service, at, views, settings) -%} {%- endif -%}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set resolved = [] -%}
    {%- for view in views -%} {%- do resolved.append(_resolved_view(view, settings)) -%} {%- endfor -%}
    {{- return(adapter.dispatch('feature_join', 'azekura')(labels, at, resolved, settings)) -}}
{% endmacro %}

{% macro default__feature_join(labels, at, views, settings) %}
    {{- _no_such_side('feature_join') -}}
{% endmacro %}


{#- The views as they were given, with every option there; refs them, and refuses what dbt can see while it reads. -#}
{% macro _feature_join_views(views, settings) %}
    {%- set allowed = {'as_of': ['known', 'event'], 'strict': [true, false], 'fill': [none, 'last_non_null'], 'status': [true, false]} -%}
    {%- for name, value in settings.items() if value not in allowed[name] -%}
        {{ _feature_join_error("'" ~ name ~ "' must be " ~ allowed[name] | join(' or ') ~ ", got '" ~ value ~ "'.") }}
    {%- endfor -%}
    {%- if views is string or views is mapping or not views -%}
        {{ _feature_join_error("'views' must be a list of at least one view.") }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- set names = [] -%}
    {%- for view in views -%}
        {%- set number = loop.index -%}
        {%- set kind = 'relation' if view.get('relation') else 'view' -%}
        {%- set options = ['view', 'version', 'keys', 'columns', 'as'] if kind == 'view'
            else ['relation', 'keys', 'columns', 'as', 'event_time', 'known_time', 'is_deleted', 'ttl'] -%}
        {%- for option in ['view', 'columns'] if kind == 'view' and not view.get(option) -%}
            {{ _feature_join_error("view number " ~ number ~ " lacks '" ~ option ~ "'; each needs view and columns.") }}
        {%- endfor -%}
        {%- for option in ['keys', 'columns'] if kind == 'relation' and not view.get(option) -%}
            {{ _feature_join_error("view number " ~ number ~ " lacks '" ~ option ~ "'; a relation needs keys and columns.") }}
        {%- endfor -%}
        {%- for option in view if option not in options -%}
            {{ _feature_join_error("option '" ~ option ~ "' of view number " ~ number ~ " is unknown; it has " ~ options | join(', ') ~ ".") }}
        {%- endfor -%}
        {%- if view.get('ttl') is not none and _ttl_seconds(view.ttl) is none -%}
            {{ _feature_join_error("'ttl' of view number " ~ number ~ " must be a whole number and a unit, like '3 hours', got '" ~ view.ttl ~ "'.") }}
        {%- endif -%}
        {%- set columns = {} -%}
        {%- if view['columns'] is mapping -%}
            {%- do columns.update(view['columns']) -%}
        {%- elif view['columns'] is not string -%}
            {%- for column in view['columns'] -%} {%- do columns.update({column: column}) -%} {%- endfor -%}
        {%- else -%}
            {{ _feature_join_error("'columns' of view number " ~ number ~ " must be a list, got '" ~ view['columns'] ~ "'.") }}
        {%- endif -%}
        {%- for name in columns.values() if name in names -%}
            {{ _feature_join_error("two views give a column '" ~ name ~ "'; name one otherwise: columns: {" ~ name ~ ": another}.") }}
        {%- endfor -%}
        {%- do names.extend(columns.values()) -%}
        {%- set name = view.get('as') or (view['view'] if kind == 'view' else 'view_' ~ number) -%}
        {%- if name in found | map(attribute='as') -%}
            {{ _feature_join_error("view '" ~ name ~ "' is joined twice; tell the two apart by 'as'.") }}
        {%- endif -%}
        {%- if kind == 'view' -%}
            {%- set relation = ref(view['view'], v=view['version']) if view.get('version') is not none else ref(view['view']) -%}
        {%- endif -%}
        {%- do found.append(dict(view, columns=columns, as=name, relation=relation or view.get('relation'))) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro _feature_join_error(problem) %}
    {{ exceptions.raise_compiler_error("feature_join in " ~ model.name ~ ": " ~ problem) }}
{% endmacro %}


{#- The definition of a service, in the configuration of the model that dbt is reading. -#}
{% macro _record_feature_service(service, at, views, settings) %}
    {%- set recorded = [] -%}
    {%- for view in views -%}
        {%- if not view.get('view') -%}
            {{ _feature_join_error("service '" ~ service ~ "' cannot serve view number " ~ loop.index ~ ", a relation; make it a feature view, or leave out 'service'.") }}
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


{#- A view with all that the join needs to know: what its YAML says, or what the call says of a relation. -#}
{% macro _resolved_view(view, settings) %}
    {%- if view.get('view') -%}
        {%- set known = feature_view(view['view'], view.get('version')) -%}
        {%- for column in view['columns'] if column not in known.features -%}
            {{ _feature_join_error("feature view '" ~ view['view'] ~ "' has no feature '" ~ column ~ "'; did you mean '" ~ _nearest_name(column, known.features) ~ "'?") }}
        {%- endfor -%}
        {%- set ties = [] -%}
        {%- for column, type in known.features.items() if not modules.re.match('(array|struct|json|geography)|.*\\[\\]$', type | lower) -%}
            {#- NaN is the greatest; BigQuery, where it is no number's equal, would have it least -#}
            {%- if type | lower in ['float64', 'double', 'float'] -%} {%- do ties.append('case when ' ~ column ~ ' != ' ~ column ~ ' then 1 else 0 end') -%} {%- endif -%}
            {%- do ties.append(column) -%}
        {%- endfor -%}
    {%- else -%}
        {%- set given = view['keys'].values() | list if view['keys'] is mapping else view['keys'] -%}
        {%- set known = {
            'keys': given, 'event_time': view.get('event_time', 'event_at'), 'known_time': view.get('known_time', 'known_at'),
            'is_deleted': view.get('is_deleted'), 'ttl_seconds': _ttl_seconds(view.get('ttl')), 'unique_by': none,
        } -%}
        {%- set ties = view['columns'] | list -%}
    {%- endif -%}
    {#- of rows alike in all of these, the one that deletes is the greater; so it is online -#}
    {%- if known.is_deleted -%} {%- do ties.append('coalesce(' ~ known.is_deleted ~ ', false)') -%} {%- endif -%}
    {%- set pairs = {} -%}
    {%- if view.get('keys') is mapping -%}
        {%- do pairs.update(view['keys']) -%}
    {%- else -%}
        {%- for key in view.get('keys') or known['keys'] -%} {%- do pairs.update({key: key}) -%} {%- endfor -%}
    {%- endif -%}
    {%- if pairs.values() | sort != known['keys'] | sort -%}
        {{ _feature_join_error("view '" ~ view['as'] ~ "' has the keys " ~ known['keys'] | join(', ') ~ "; 'keys' names " ~ pairs.values() | join(', ') ~ ".") }}
    {%- endif -%}
    {%- if settings.fill and known.is_deleted -%}
        {{ _feature_join_error("fill: a value of view '" ~ view['as'] ~ "' would outlive the row that deletes it ('" ~ known.is_deleted ~ "'); leave out fill.") }}
    {%- endif -%}
    {{ return({
        'relation': view.relation, 'as': view['as'], 'pairs': pairs, 'columns': view['columns'], 'ties': ties,
        'event_time': known.event_time, 'known_time': known.known_time, 'is_deleted': known.is_deleted,
        'ttl_seconds': known.ttl_seconds, 'unique_by': known.unique_by,
    }) }}
{% endmacro %}


{#-
  The joins that a call needs, each with `alias` and the columns to `give`; one of each view says its status, if
  asked. With fill, every feature is a view of its own rows that are not NULL, and the view itself says the status.
-#}
{% macro _feature_join_parts(views, settings) %}
    {%- set numbers = namespace(last=0) -%}
    {%- set parts = [] -%}
    {%- for view in views -%}
        {%- set gives = [] -%}
        {%- if settings.fill -%}
            {%- for column, name in view['columns'].items() -%} {%- do gives.append(({column: name}, column)) -%} {%- endfor -%}
        {%- else -%}
            {%- do gives.append((view['columns'], none)) -%}
        {%- endif -%}
        {%- if settings.fill and settings.status -%} {%- do gives.append(({}, none)) -%} {%- endif -%}
        {%- set of_view = [] -%}
        {%- for give, filter in gives -%}
            {%- set numbers.last = numbers.last + 1 -%}
            {%- set part = dict(view, give=give, filter=filter, alias='view_' ~ numbers.last, of_view=of_view, says_status=settings.status and loop.last) -%}
            {%- do of_view.append(part) -%}
            {%- do parts.append(part) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts) }}
{% endmacro %}


{#-
  The rows of a view among which a label finds its own: one per keys and moment (known time, or event time
  where as_of is 'event'), only those that were its state from then on. Among equals in both times the
  greatest values win, so that the answer is the same every time; where a test says that there are none, nothing is
  sorted for it. `relation`: instead of the view's own, what holds its rows. `met`: conditions that leave out
  rows no label can meet. `unpacked`: rows equal in event time may stay, told apart by the join itself.
-#}
{% macro _feature_states(part, settings, relation=none, met=[], unpacked=false) -%}
    {%- set keys = part.pairs.values() | join(', ') -%}
    {%- set columns = part.pairs.values() | list + [part.event_time, part.known_time] + [part.is_deleted] | reject('none') | list -%}
    {%- for column in part['columns'] if column not in columns -%} {%- do columns.append(column) -%} {%- endfor -%}
    select {{ columns | join(', ') }}
    from {{ relation or part.relation }}
    where
        {{ part.event_time }} is not null
        {%- if settings.as_of == 'known' %}
        and {{ part.known_time }} is not null
        {%- endif %}
        {%- for key in part.pairs.values() %}
        and {{ key }} is not null
        {%- endfor %}
        {%- if part.filter %}
        and {{ part.filter }} is not null
        {%- endif %}
        {%- for condition in met %}
        and {{ condition }}
        {%- endfor %}
    {%- if settings.as_of == 'known' and part.unique_by %}
    qualify {{ part.event_time }} = max({{ part.event_time }}) over (
        partition by {{ keys }}
        order by {{ part.known_time }}
    )
    {%- elif settings.as_of == 'known' %}
    qualify
        {{ part.event_time }} = max({{ part.event_time }}) over (
            partition by {{ keys }}
            order by {{ part.known_time }}
        )
        and row_number() over (
            partition by {{ keys }}, {{ part.known_time }}
            order by {{ ([part.event_time] + part.ties) | join(' desc, ') }} desc
        ) = 1
    {%- elif part.unique_by != 'event' and not (unpacked and part.unique_by) %}
    qualify row_number() over (
        partition by {{ keys }}, {{ part.event_time }}
        order by {{ ([part.known_time] + part.ties) | join(' desc, ') }} desc
    ) = 1
    {%- endif %}
{%- endmacro %}


{#- A feature by its state: NULL where that is deleted or older than its time to live. -#}
{% macro _feature_value(part, column, moment) -%}
    {%- set conditions = [] -%}
    {%- if part.ttl_seconds is not none -%}
        {%- do conditions.append(moment ~ ' <= ' ~ timestamp_add(part.alias ~ '.' ~ part.event_time, part.ttl_seconds, 'second')) -%}
    {%- endif -%}
    {%- if part.is_deleted -%}
        {%- do conditions.append(part.alias ~ '.' ~ part.is_deleted ~ ' is not true') -%}
    {%- endif -%}
    {%- set value = part.alias ~ '.' ~ column -%}
    {{ 'case when ' ~ conditions | join(' and ') ~ ' then ' ~ value ~ ' end' if conditions else value }}
{%- endmacro %}


{#- What a part adds to the labels' columns: its features and, if it is asked, the status of its view. -#}
{% macro _feature_join_columns(part, moment) -%}
    {%- for column, name in part.give.items() -%}
    ,
        {{ _feature_value(part, column, moment) }} as {{ name }}
    {%- endfor -%}
    {%- if part.says_status -%}
    {%- set event = part.alias ~ '.' ~ part.event_time -%}
    {%- set missing = [] -%}
    {%- for other in part.of_view -%}
        {%- for column in other.give -%} {%- do missing.append(_feature_value(other, column, moment) ~ ' is null') -%} {%- endfor -%}
    {%- endfor -%}
    ,
        case
            when {{ event }} is null then 'NOT_FOUND'
            {%- if part.is_deleted %}
            when {{ part.alias }}.{{ part.is_deleted }} then 'NOT_FOUND'
            {%- endif %}
            {%- if part.ttl_seconds is not none %}
            when {{ moment }} > {{ timestamp_add(event, part.ttl_seconds, 'second') }} then 'OUTSIDE_TTL'
            {%- endif %}
            when {{ missing | join(' and ') }} then 'NULL'
            else 'PRESENT'
        end as {{ part['as'] }}__status
    {%- endif -%}
{%- endmacro %}


{% macro duckdb__feature_join(labels, at, views, settings) -%}
{%- set parts = _feature_join_parts(views, settings) -%}
{%- set source = _ml_data(labels).strip() -%}
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
    {%- set packed = settings.as_of == 'event' and part.unique_by == 'known' %}
    {%- set states = _feature_states(
        part, settings, _duckdb_rows_of_keys(part, labels), _duckdb_times_met(part, settings, labels, at), unpacked=packed
    ) %}
    asof left join (
        {%- if packed %}
        select *, {{ _duckdb_packed(part.event_time, part.known_time) }} as packed_times
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
            {%- if packed %}
            {{ _duckdb_packed('labels.' ~ at, none, strict=settings.strict) }} >= {{ part.alias }}.packed_times
            {%- else %}
            labels.{{ at }} {{ '>' if settings.strict else '>=' }} {{ part.alias }}.{{ part.known_time if settings.as_of == 'known' else part.event_time }}
            {%- endif %}
    {%- endfor %}
)
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
{% macro _duckdb_times_met(part, settings, labels, at) %}
    {%- set time = part.known_time if settings.as_of == 'known' else part.event_time -%}
    {%- set conditions = [time ~ ' <= (select max(' ~ at ~ ') from ' ~ labels ~ ')'] -%}
    {%- if part.ttl_seconds is not none and not settings.status -%}
        {%- do conditions.append(timestamp_add(part.event_time, part.ttl_seconds, 'second') ~ ' >= (select min(' ~ at ~ ') from ' ~ labels ~ ')') -%}
    {%- endif -%}
    {{ return(conditions) }}
{% endmacro %}


{#-
  Event and known time in one number that sorts as the two do: an ASOF join takes one inequality. A known time of
  NULL comes before all others. A label's number (known time none) comes after all rows of its moment,
  or, if strict, before them.
-#}
{% macro _duckdb_packed(event, known, strict=false) -%}
    epoch_us({{ event }})::hugeint * 18446744073709551616
    {%- if known is not none %} + coalesce(epoch_us({{ known }}), -9223372036854775808)
    {%- elif strict %} - 9223372036854775809
    {%- else %} + 9223372036854775807
    {%- endif %}
{%- endmacro %}


{% macro bigquery__feature_join(labels, at, views, settings) -%}
{%- set parts = _feature_join_parts(views, settings) -%}
(
    {%- set ns = namespace(sql='select label_row from ' ~ _ml_data(labels) ~ ' as label_row') -%}
    {%- for part in parts %}
    {%- set state = part.alias -%}
    {%- set earlier = parts[:loop.index0] | map(attribute='alias') | list -%}
    {%- set keys = part.pairs.values() | list -%}
    {%- set fields = [part.event_time] + [part.is_deleted] | reject('none') | list -%}
    {%- for column in part['columns'] if column not in fields -%} {%- do fields.append(column) -%} {%- endfor -%}
    {%- set moment = part.known_time if settings.as_of == 'known' else part.event_time -%}
    {%- set sql %}
select
    label_row,
    {%- for name in earlier %}
    {{ name }},
    {%- endfor %}
    last_value({{ state }} ignore nulls) over (
        partition by {% for key in keys %}key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
        order by moment, side
        rows between unbounded preceding and current row
    ) as {{ state }},
    side
from (
    select
        {%- for key in keys %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        {{ moment }} as moment,
        1 as side,
        null as label_row,
        {%- for name in earlier %}
        null as {{ name }},
        {%- endfor %}
        struct({{ fields | join(', ') }}) as {{ state }}
    from (
        {{ _feature_states(part, settings) | indent(4) }}
    )
    union all
    select
        {%- for key in part.pairs %}
        label_row.{{ key }} as key_{{ loop.index }},
        {%- endfor %}
        label_row.{{ at }} as moment,
        {{ 0 if settings.strict else 2 }} as side,
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
qualify side {{ '= 0' if settings.strict else '= 2' }}
    {%- endset -%}
    {%- set ns.sql = sql.strip() -%}
    {%- endfor %}
    select
        label_row.*
        {%- for part in parts %}
        {{- _feature_join_columns(part, 'label_row.' ~ at) }}
        {%- endfor %}
    from (
        {{ ns.sql | indent(8) }}
    )
)
{%- endmacro %}
