{#-
  Whether what was served is what a training set would hold: each read in the feature server's request log is asked
  again of the feature view, as it was known at the moment of the read. One row per feature:

    view, version, feature, rows_count     reads that asked for the feature
    mismatch_rate     both have a value, and not the same; floats may differ by a billionth of their size
    missing_rate      the view has a value, and none was served
    extra_rate        a value was served, and the view has none
    smape             numbers: mean of 2 |served - known| / (|served| + |known|) where both are there and finite, 0 to 2

  log       a relation, the name of a CTE, or a query: requested_at TIMESTAMP, view, version, and keys and values
            as text that holds JSON objects
  view      a feature view; reads of other views and versions are left out
  features  those to compare; all of the view that are no ARRAY, STRUCT, JSON or BYTES if not given
-#}
{% macro serving_skew(log, view, version=none, features=none) %}
    {%- if not execute -%}
        {%- do ref(view, v=version) if version is not none else ref(view) -%}
        {{ return('(select 1 as parsed)') }}
    {%- endif -%}
    {%- set known = feature_view(view, version) -%}
    {%- for node in graph.nodes.values() if node.relation_name == known.relation -%}
        {%- set key_types = {} -%}
        {%- for key in known['keys'] -%} {%- do key_types.update({key: node.columns[key].data_type}) -%} {%- endfor -%}
        {%- do known.update({'key_types': key_types}) -%}
    {%- endfor -%}
    {%- set types = {} -%}
    {%- for name, type in known.features.items()
        if (features is none or name in features) and not modules.re.match('(array|struct|json|bytes|blob)|.*\\[\\]$', type | lower) -%}
        {%- do types.update({name: type | lower}) -%}
    {%- endfor -%}
    {%- for name in features or [] if name not in types -%}
        {{ exceptions.raise_compiler_error(
            "serving_skew in " ~ model.name ~ ": feature view '" ~ view ~ "' has no feature '" ~ name
            ~ "' that can be compared; it has " ~ known.features | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- do known.update({'joined': {
        'relation': known.relation,
        'keys': known['keys'],
        'columns': types | list,
        'event_time': known.event_time,
        'known_time': known.known_time,
        'is_deleted': known.is_deleted,
        'ttl': known.ttl,
    }}) -%}
    {{- return(adapter.dispatch('serving_skew', 'azekura')(log, known, types)) -}}
{% endmacro %}

{% macro default__serving_skew(log, view, types) %}
    {{- _no_such_side('serving_skew') -}}
{% endmacro %}


{% macro bigquery__serving_skew(log, view, types) -%}
(
    with {{ _serving_skew_joined(log, view, types, 'json_value', '`keys`', '`values`', "json_query(parse_json(`values`, wide_number_mode => 'round'), '$.{}') is not null") }},

    compared as (
        select one.*
        from joined
        cross join unnest([
            {%- for name, type in types.items() %}
            struct({{ _serving_skew_compared(name, type) }}){{ ',' if not loop.last }}
            {%- endfor %}
        ]) as one
    ),

    {{ _serving_skew_rates(view) }}
)
{%- endmacro %}


{% macro duckdb__serving_skew(log, view, types) -%}
(
    with {{ _serving_skew_joined(log, view, types, 'json_extract_string', '"keys"', '"values"', "json_exists(\"values\", '$.{}')") }},

    compared as (
        select unnest(one)
        from (
            select unnest([
                {%- for name, type in types.items() %}
                struct_pack({{ _serving_skew_compared(name, type, ':=') }}){{ ',' if not loop.last }}
                {%- endfor %}
            ]) as one
            from joined
        )
    ),

    {{ _serving_skew_rates(view) }}
)
{%- endmacro %}


{#- The reads of the view with typed columns, and beside what was served what the view had known. -#}
{% macro _serving_skew_joined(log, view, types, text_of, keys, values, asked) -%}
    log_rows as (
        select * from {{ _ml_data(log) }}
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


{#- The fields that say of one read how a feature compares. -#}
{% macro _serving_skew_compared(name, type, is=none) -%}
    {%- set served = 'served__' ~ name -%}
    {%- set is_number = type in ['int64', 'bigint', 'float64', 'double', 'numeric', 'decimal', 'bignumeric'] -%}
    {%- set size = 'abs(' ~ served ~ ') + abs(' ~ name ~ ')' -%}
    {%- set differs = 'cast(' ~ served ~ ' as ' ~ dbt.type_string() ~ ') != cast(' ~ name ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- if type in ['float64', 'double'] -%}
        {#- `<`: to DuckDB NaN is at most NaN -#}
        {%- set differs = '(' ~ differs ~ ' and ' ~ served ~ ' != ' ~ name
            ~ ' and not abs(' ~ served ~ ' - ' ~ name ~ ') < 1e-9 * (' ~ size ~ '))' -%}
    {%- endif -%}
    {%- set fields = {
        'feature': text_literal(name),
        'is_asked': 'asked__' ~ name,
        'is_mismatch': 'coalesce(' ~ differs ~ ', false)',
        'is_missing': served ~ ' is null and ' ~ name ~ ' is not null',
        'is_extra': served ~ ' is not null and ' ~ name ~ ' is null',
        'error': 'cast(' ~ ('case when ' ~ size ~ ' = 0 then 0 when ' ~ size ~ " < cast('inf' as " ~ dbt.type_float() ~ ') then 2 * abs(' ~ served ~ ' - ' ~ name ~ ') / (' ~ size ~ ') end' if is_number else 'null')
            ~ ' as ' ~ dbt.type_float() ~ ')',
    } -%}
    {%- for field, value in fields.items() -%}
        {{ field ~ ' := ' ~ value if is else value ~ ' as ' ~ field }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro _serving_skew_rates(view) -%}
    rates as (
        select
            feature,
            count(*) as rows_count,
            count(case when is_mismatch then 1 end) / count(*) as mismatch_rate,
            count(case when is_missing then 1 end) / count(*) as missing_rate,
            count(case when is_extra then 1 end) / count(*) as extra_rate,
            avg(error) as smape
        from compared
        where is_asked
        group by feature
    )

    select
        {{ text_literal(view.name) }} as view,
        cast({{ view.version }} as {{ dbt.type_bigint() }}) as version,
        feature,
        rows_count,
        mismatch_rate,
        missing_rate,
        extra_rate,
        smape
    from rates
{%- endmacro %}
