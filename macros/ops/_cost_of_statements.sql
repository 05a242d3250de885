{#-
  SQL for the bytes of every statement in target/cost/plan.json: node, form (`full`, `window`), kind,
  bytes_processed, bytes_billed, is_dry_run. A statement reads the columns that it needs, in the
  partitions that its constants select; one that rewrites rows also reads these partitions whole.

  BigQuery bills whole MB, at least 10 for each table that a statement names, and nothing for a
  statement that reads nothing.
-#}
{% macro _cost_of_statements(plan) %}
{%- set partitions = [] -%}
{%- for table in run_query(_cost_tables(plan)).rows -%}
    {%- do partitions.append(_cost_of_partitions(table['id'], fromjson(table['leaves']))) -%}
{%- endfor -%}
with

statements as (

    select unnest(statements, max_depth := 2)
    from {{ _cost_plan(plan) }}

),

scans as (

    select
        number,
        node,
        unnest(scans, max_depth := 2)
    from statements

),

-- the days that an incremental node's run rebuilds
rebuilt as (

    {{ _cost_rebuilt(plan) }}

),

partition_sizes as (

    {{ partitions | join('\n    union all\n    ') }}

),

scan_columns as (

    select
        scans.* exclude (columns),
        case when scans.extent = 'window' then rebuilt.low else scans.low end as reads_from,
        case when scans.extent = 'window' then rebuilt.high else scans.high end as reads_before,
        lower(unnest(columns)) as column_name
    from scans
    left join rebuilt on scans.node = rebuilt.node

),

-- a column that a statement names twice is read once; a whole struct is all of its fields
reads as (

    select distinct
        scan_columns.number,
        scan_columns.table,
        scan_columns.is_temporary,
        scan_columns.is_rewritten,
        partition_sizes.column_name,
        partition_sizes.low,
        partition_sizes.bytes
    from scan_columns
    inner join partition_sizes
        on scan_columns.table = partition_sizes.table
        and (
            partition_sizes.column_name = scan_columns.column_name
            or starts_with(partition_sizes.column_name, scan_columns.column_name || '.')
        )
    where
        scan_columns.extent != 'changes'
        and (
            not partition_sizes.is_partitioned
            or (
                (reads_from is null or partition_sizes.high > reads_from)
                and (reads_before is null or partition_sizes.low < reads_before)
            )
        )

),

table_bytes as (

    select
        number,
        "table",
        is_temporary,
        sum(bytes) as bytes
    from reads
    group by number, "table", is_temporary

),

billed as (

    select
        scanned.number,
        sum(coalesce(table_bytes.bytes, 0)) as bytes_processed,
        sum(greatest({{ 10 * 1024 * 1024 }}, coalesce(table_bytes.bytes, 0))) as bytes_billed,
        count(*) as tables_count
    from (select distinct number, "table", is_temporary from scans) as scanned
    left join table_bytes
        on scanned.number = table_bytes.number
        and scanned.table = table_bytes.table
        and scanned.is_temporary = table_bytes.is_temporary
    group by scanned.number

)

select
    statements.node,
    statements.form,
    statements.kind,
    statements.dry_run_bytes is not null as is_dry_run,
    cast(coalesce(statements.dry_run_bytes, billed.bytes_processed, 0) as bigint) as bytes_processed,
    case
        when coalesce(statements.dry_run_bytes, billed.bytes_processed, 0) = 0 then 0
        when statements.dry_run_bytes is not null
            then greatest(
                coalesce(billed.tables_count, 1) * {{ 10 * 1024 * 1024 }},
                {{ _cost_whole_megabytes('statements.dry_run_bytes') }}
            )
        else {{ _cost_whole_megabytes('billed.bytes_billed') }}
    end as bytes_billed
from statements
left join billed on statements.number = billed.number
{% endmacro %}


{% macro _cost_whole_megabytes(bytes) -%}
    cast(ceil({{ bytes }} / {{ 1024 * 1024 }}) as bigint) * {{ 1024 * 1024 }}
{%- endmacro %}


{#- The plan as a relation of one row. -#}
{% macro _cost_plan(plan) -%}
    read_json({{ text_literal(plan) }}, columns = {
        'window': 'struct("start" varchar, "end" varchar)',
        'tables': 'struct(id varchar, leaves struct("name" varchar, "column" varchar, steps varchar[], "type" varchar)[])[]',
        'statements': 'struct(
            number integer, node varchar, form varchar, kind varchar, dry_run_bytes bigint,
            scans struct(
                "table" varchar, is_temporary boolean, is_rewritten boolean, columns varchar[],
                low timestamp, high timestamp, extent varchar
            )[]
        )[]'
    }, maximum_object_size = 1073741824)
{%- endmacro %}


{% macro _cost_tables(plan) -%}
    select held.id, cast(to_json(held.leaves) as varchar) as leaves
    from (select unnest(tables) as held from {{ _cost_plan(plan) }})
{%- endmacro %}


{#- Rows (node, low, high): the days that the plan's window makes each incremental node rebuild. -#}
{% macro _cost_rebuilt(plan) %}
    {%- set asked = run_query('select "window"."start", "window"."end" from ' ~ _cost_plan(plan)).rows[0] -%}
    {%- set rows = ["select null as node, null::timestamp as low, null::timestamp as high where false"] -%}
    {%- for node in graph.nodes.values() if node.config.materialized == 'incremental' -%}
        {%- set days = _rebuilt_days(asked[0], asked[1], node.config) -%}
        {%- do rows.append(
            'select ' ~ text_literal(node.unique_id) ~ ', ' ~ text_literal(days.start) ~ '::timestamp, ' ~ text_literal(days.end) ~ '::timestamp'
        ) -%}
    {%- endfor -%}
    {{ return(rows | join('\n    union all ')) }}
{% endmacro %}


{#-
  Rows of one table, a row per partition and column: "table", column_name, is_partitioned, low, high,
  bytes. A column of structs is as many as it has fields. Files of text are their bytes.
-#}
{% macro _cost_of_partitions(unique_id, leaves) %}
    {%- set source = graph.sources.get(unique_id) -%}
    {%- if source and source.config.meta.lake.format != 'parquet' -%}
        {{ return(_cost_of_text_files(source)) }}
    {%- endif -%}
    {%- set node = source or graph.nodes.get(unique_id) -%}
    {%- if not node -%}
        {{ exceptions.raise_compiler_error(
            'The plan names ' ~ unique_id ~ ', which the project does not have: write the plan anew with `python -m cost`.'
        ) }}
    {%- endif -%}
    {%- set partition = {'field': 'ingested_date'} if source else (node.config.partition_by or {}) -%}
    {%- set granularity = partition.get('granularity') or 'day' -%}
    {%- if source -%}
        {%- set relation = '(' ~ duckdb__lake_rows(none, source) ~ ')' -%}
    {%- else -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation is none -%}
            {{ exceptions.raise_compiler_error(
                'There is no table of ' ~ node.name ~ ' here to take the sizes from: build it first (`make run`, or `dbt build`).'
            ) }}
        {%- endif -%}
    {%- endif -%}
    {%- set sums = [] -%}
    {%- for leaf in leaves if not (source and leaf.column == 'ingested_date') -%}
        {%- do sums.append(
            'coalesce(sum(' ~ _logical_bytes(adapter.quote(leaf.column), leaf.type, leaf.steps) ~ '), 0)::hugeint as '
            ~ adapter.quote(leaf.name | lower)
        ) -%}
    {%- endfor -%}
    {%- set low -%}
        {%- if partition -%}
        date_trunc({{ text_literal(granularity | lower) }}, {{ adapter.quote(partition.field) }})::timestamp
        {%- else -%}
        null::timestamp
        {%- endif -%}
    {%- endset -%}
    {{ return(
        'select ' ~ text_literal(unique_id) ~ ' as "table", column_name, ' ~ ('true' if partition else 'false')
        ~ ' as is_partitioned, partition_low as low, partition_low + interval 1 ' ~ granularity ~ ' as high, bytes'
        ~ ' from (unpivot (select ' ~ low ~ ' as partition_low, ' ~ sums | join(', ') ~ ' from ' ~ relation
        ~ ' group by all) on columns(* exclude (partition_low)) into name column_name value bytes)'
    ) }}
{% endmacro %}


{% macro _cost_of_text_files(source) %}
    {%- set day = "cast(regexp_extract(filename, 'ingested_date=([0-9]{4}-[0-9]{2}-[0-9]{2})', 1) as timestamp)" -%}
    {{ return(
        'select ' ~ text_literal(source.unique_id) ~ " as \"table\", 'raw_record' as column_name, true as is_partitioned, "
        ~ day ~ ' as low, ' ~ day ~ ' + interval 1 day as high, sum(size)::hugeint as bytes from read_blob('
        ~ duckdb__lake_files(source) ~ ') group by all'
    ) }}
{% endmacro %}
