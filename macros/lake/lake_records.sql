{#-
  Every record of a lake table, parsed, typed, checked and deduplicated, as a subquery:

    the declared columns    in their declared types
    ingested_date           the partition: the day the record arrived
    lake_file, line_number  where it was read (BigQuery's external tables have no line numbers)
    reject_reason           NULL, or one sentence saying why the record cannot be used
    raw_record              the record as it was found; NULL for good ones

  Of several records with one key the latest `ingested_at` is kept; of several that also arrived at
  one moment one is kept, the same on both engines, and the others are rejected. Nothing is lost: a
  stg_ model takes the rows without a reject_reason, the rejects model takes the others.
  The source's YAML declares all of it: `meta.lake` (format, key, required, checks, null_strings,
  max_lateness_days) and the columns' data types, in BigQuery's names. A check that is NULL passes.

  With the var `lake_as_of`, a moment or a dict from <source>.<table> to one, the lake is what it was then:
  records that arrived later do not count.
-#}
{% macro lake_records(source_name, table_name) %}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute -%} {{ return(relation) }} {%- endif -%}
    {%- set table = _lake_table(source_name, table_name) -%}
    {%- set lake = table.config.meta.lake -%}
    {%- if lake.format == 'datastore' -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": source " ~ source_name ~ "." ~ table_name ~ " is one export without days;"
            ~ " read it with source()."
        ) }}
    {%- endif -%}
    {%- set columns = table.columns.values() | list -%}
(
    with lake_rows as (
        {{ lake_rows(relation, table) | indent(8) }}
    ),

    typed as (
        select
            {%- for column in columns %}
            {{ _lake_value(lake.format, column, loop.index0, lake.get('null_strings', [])) }} as {{ adapter.quote(column.name) }},
            {%- endfor %}
            ingested_date,
            lake_file,
            line_number,
            {% if lake.format in _typed_lake_formats() -%}
            cast(null as {{ dbt.type_string() }}) as raw_record,
            cast(null as {{ dbt.type_string() }}) as problem
            {%- else -%}
            raw_record,
            {{ _lake_text_problem(columns, lake) | indent(12) }} as problem
            {%- endif %}
        from lake_rows
    ),

    checked as (
        select
            {%- for column in columns %}
            {{ adapter.quote(column.name) }},
            {%- endfor %}
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                {%- for name in (lake.key + lake.get('required', []) + ['event_at', 'ingested_at']) | unique %}
                when {{ adapter.quote(name) }} is null then 'column {{ name }} is missing or NULL'
                {%- endfor %}
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > {{ date_add_days('ingested_date', 1) }}
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > {{ date_add_days('cast(event_at as date)', lake.max_lateness_days) }}
                    then 'arrived more than {{ lake.max_lateness_days }} day(s) late (max_lateness_days of the source)'
                {%- for check in lake.get('checks', []) %}
                when not coalesce({{ check.that }}, true) then {{ text_literal(check.else) }}
                {%- endfor %}
            end as problem
        from typed
        {%- set as_of = _lake_as_of(source_name ~ '.' ~ table_name) %}
        {%- if as_of %}
        where
            ingested_date <= cast({{ text_literal(as_of[:10]) }} as date)
            and coalesce(ingested_at <= {{ dbt.cast(text_literal(as_of), dbt.type_timestamp()) }}, true)
        {%- endif %}
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, {{ _quoted_list(lake.key) }}
                order by ingested_at desc, lake_file desc, {{ _lake_tie_breaker(lake.format, columns) }}, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, {{ _quoted_list(lake.key) }}
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            {%- for column in columns %}
            {{ adapter.quote(column.name) }},
            {%- endfor %}
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key ({{ lake.key | join(", ") }}): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        {%- for column in columns %}
        {{ adapter.quote(column.name) }},
        {%- endfor %}
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then {{ _record_as_json(columns) if lake.format == 'parquet' else 'raw_record' }} end as raw_record
    from judged
    where not is_superseded
)
{%- endmacro %}


{#- The moment as of which a table of the lake is read; none: now. -#}
{% macro _lake_as_of(table) %}
    {%- set given = var('lake_as_of', none) -%}
    {%- set moment = given.get(table) if given is mapping else given -%}
    {%- if moment and not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+]00(:00)?)?)?$', moment | string) -%}
        {{ exceptions.raise_compiler_error(
            "var lake_as_of: '" ~ moment ~ "' is no moment; write YYYY-MM-DD hh:mm:ss in UTC."
        ) }}
    {%- endif -%}
    {{ return(moment | string if moment else none) }}
{% endmacro %}


{#-
  The arrival days that hold the records of this run's window: from the day before it, because a record
  may arrive a day before its event, on to `lookback` days after it, because it may arrive late.
-#}
{% macro _lake_window(column) -%}
    {{ in_window(column, before=1, after=config.get('lookback', 0) | int) }}
{%- endmacro %}


{#- The source's node in the graph: its meta and its columns; a declaration that lacks something is named. -#}
{% macro _lake_table(source_name, table_name) %}
    {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
        {%- set lake = (node.config.meta or {}).get('lake', {}) -%}
        {%- set name = 'Source ' ~ source_name ~ '.' ~ table_name -%}
        {%- set wanted = ['format'] if lake.get('format') == 'datastore' else ['format', 'key', 'max_lateness_days'] -%}
        {%- for option in wanted if lake.get(option) is none -%}
            {{ exceptions.raise_compiler_error(name ~ ": its meta.lake lacks '" ~ option ~ "'; see docs/lake.md.") }}
        {%- endfor -%}
        {%- set formats = _typed_lake_formats() + ['ndjson', 'csv', 'datastore'] -%}
        {%- if lake.format not in formats -%}
            {{ exceptions.raise_compiler_error(
                name ~ ": format '" ~ lake.format ~ "' is unknown; use one of " ~ formats | join(', ') ~ "."
            ) }}
        {%- endif -%}
        {%- if lake.format == 'datastore' -%}
            {%- if not lake.get('export') -%}
                {{ exceptions.raise_compiler_error(
                    name ~ ": its meta.lake lacks 'export', the .export_metadata file below its folder."
                ) }}
            {%- endif -%}
            {{ return(node) }}
        {%- endif -%}
        {%- set declared = node.columns.values() | map(attribute='name') | list -%}
        {%- for column in lake.key + lake.get('required', []) + ['event_at', 'ingested_at'] if column not in declared -%}
            {{ exceptions.raise_compiler_error(name ~ ": column '" ~ column ~ "' is not among its columns; declare it.") }}
        {%- endfor -%}
        {%- for column in node.columns.values() if (column.data_type or '') | upper not in _lake_types() -%}
            {{ exceptions.raise_compiler_error(
                name ~ ": column '" ~ column.name ~ "' has the data_type '" ~ (column.data_type or '')
                ~ "'; use one of " ~ _lake_types() | join(', ') ~ "."
            ) }}
        {%- endfor -%}
        {{ return(node) }}
    {%- endfor -%}
{% endmacro %}


{#- The formats whose files hold columns with types; the others hold lines of text. -#}
{% macro _typed_lake_formats() %}
    {{ return(['parquet', 'avro', 'orc']) }}
{% endmacro %}


{% macro _lake_types() %}
    {{ return(['INT64', 'FLOAT64', 'NUMERIC', 'STRING', 'BOOL', 'DATE', 'TIMESTAMP', 'BYTES']) }}
{% endmacro %}


{% macro _quoted_list(names) -%}
    {%- for name in names -%}
        {{ adapter.quote(name) }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- One declared column out of a raw row. -#}
{% macro _lake_value(format, column, position, null_strings) -%}
    {%- if format in _typed_lake_formats() -%}
        cast({{ adapter.quote(column.name) }} as {{ api.Column.translate_type(column.data_type) }})
    {%- else -%}
        {{ safe_cast_text(_lake_cell(position, null_strings), column.data_type) }}
    {%- endif -%}
{%- endmacro %}


{#- The text of one field; the source's spellings of a missing value become NULL. -#}
{% macro _lake_cell(position, null_strings) -%}
    {%- set ns = namespace(cell=array_at('cells', position)) -%}
    {%- for spelling in null_strings -%}
        {%- set ns.cell = 'nullif(' ~ ns.cell ~ ', ' ~ text_literal(spelling) ~ ')' -%}
    {%- endfor -%}
    {{ ns.cell }}
{%- endmacro %}


{#- The first thing wrong with a line of text, as one sentence. -#}
{% macro _lake_text_problem(columns, lake) -%}
case
    when raw_problem is not null then raw_problem
    {%- if lake.format == 'csv' %}
    when array_length(cells) != {{ columns | length }}
        then concat('holds ', cast(array_length(cells) as {{ dbt.type_string() }}), ' field(s) instead of {{ columns | length }}')
    {%- endif %}
    {%- for column in columns %}
    {%- if column.data_type | lower != 'string' %}
    {%- set cell = _lake_cell(loop.index0, lake.get('null_strings', [])) %}
    when {{ cell }} is not null and {{ safe_cast_text(cell, column.data_type) }} is null
        then concat('column {{ column.name }} holds "', {{ cell }}, '", which is not {{ column.data_type | upper }}')
    {%- endif %}
    {%- endfor %}
end
{%- endmacro %}


{#- A record of typed columns as BigQuery's TO_JSON_STRING writes it. -#}
{% macro _record_as_json(columns) -%}
    {{ return(adapter.dispatch('_record_as_json', 'azekura')(columns)) }}
{%- endmacro %}

{% macro bigquery___record_as_json(columns) -%}
    to_json_string(struct({{ _quoted_list(columns | map(attribute='name')) }}))
{%- endmacro %}

{% macro duckdb___record_as_json(columns) -%}
    {#- struct_pack, because the fields of row() have no names -#}
    cast(to_json(struct_pack(
        {%- for column in columns -%}
        {{ adapter.quote(column.name) }} := {{ _duckdb_json_value(adapter.quote(column.name), column.data_type | lower) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )) as varchar)
{%- endmacro %}

{% macro _duckdb_json_value(value, data_type) -%}
    {%- if data_type == 'timestamp' -%}
        strftime({{ value }}, '%Y-%m-%dT%H:%M:%S') || case
            when epoch_us({{ value }}) % 1000000 = 0 then ''
            when epoch_us({{ value }}) % 1000 = 0 then strftime({{ value }}, '.%g')
            else strftime({{ value }}, '.%f')
        end || 'Z'
    {%- elif data_type == 'int64' -%}
        {#- a number that JavaScript cannot hold is text -#}
        case
            when {{ value }} between -9007199254740992 and 9007199254740992 then to_json({{ value }})
            else to_json(cast({{ value }} as varchar))
        end
    {%- elif data_type == 'bytes' -%}
        to_base64({{ value }})
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}


{#-
  What orders two records of one key, one moment and one file: all that is in them, so that both engines keep
  the same one. BigQuery does not know which came last.
-#}
{% macro _lake_tie_breaker(format, columns) -%}
    {%- if format != 'parquet' -%}
        {{ return('raw_record desc') }}
    {%- endif -%}
    {%- set keys = [] -%}
    {%- for column in columns -%}
        {%- set is_float = column.data_type | lower == 'float64' -%}
        {%- do keys.append(_lake_descending(adapter.quote(column.name), is_float)) -%}
    {%- endfor -%}
    {{ return(keys | join(', ')) }}
{%- endmacro %}

{% macro _lake_descending(column, is_float) -%}
    {{ return(adapter.dispatch('_lake_descending', 'azekura')(column, is_float)) }}
{%- endmacro %}

{% macro bigquery___lake_descending(column, is_float) -%}
    {{ column }} desc
{%- endmacro %}

{% macro duckdb___lake_descending(column, is_float) -%}
    {#- NaN is the least number on BigQuery and the greatest here -#}
    {%- if is_float -%}
        case when isnan({{ column }}) then cast('-infinity' as double) else {{ column }} end desc, isnan({{ column }})
    {%- else -%}
        {{ column }} desc
    {%- endif -%}
{%- endmacro %}
