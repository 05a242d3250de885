-- Bytes of every statement: what it needs of each table, times what that holds.
--
-- Tables: statements (number, node, form, kind, dry_run_bytes), scans (number, and what
-- cost.scans.Scan says), rebuilt (node, low, high: the days that an incremental node's run
-- rebuilds), partition_sizes (cost/sizes.py).
--
-- BigQuery bills whole MB, at least 10 for each table that a statement names, and nothing for a
-- statement that reads nothing.
with

billing as (

    select
        1024 * 1024 as megabyte,
        10 * 1024 * 1024 as least_per_table

),

scan_columns as (

    select
        scans.number,
        scans.table,
        scans.is_temporary,
        scans.is_rewritten,
        scans.extent,
        case when scans.extent = 'window' then rebuilt.low else scans.low end as reads_from,
        case when scans.extent = 'window' then rebuilt.high else scans.high end as reads_before,
        lower(unnest(scans.columns)) as column_name
    from scans
    inner join statements on scans.number = statements.number
    left join rebuilt on statements.node = rebuilt.node

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
    inner join partition_sizes on scan_columns.table = partition_sizes.table
    where
        scan_columns.extent != 'changes'
        and (
            partition_sizes.column_name = scan_columns.column_name
            or starts_with(partition_sizes.column_name, scan_columns.column_name || '.')
        )
        and (
            not partition_sizes.is_partitioned
            or (
                (
                    scan_columns.reads_from is null
                    or partition_sizes.high > scan_columns.reads_from
                )
                and (
                    scan_columns.reads_before is null
                    or partition_sizes.low < scan_columns.reads_before
                )
            )
        )

),

table_bytes as (

    select
        reads.number,
        reads.table,
        reads.is_temporary,
        sum(reads.bytes) as bytes
    from reads
    group by reads.number, reads.table, reads.is_temporary

),

scanned_tables as (

    -- distinct: a statement that names a table twice is billed for one
    select distinct
        scans.number,
        scans.table,
        scans.is_temporary
    from scans

),

estimates as (

    select
        scanned_tables.number,
        sum(coalesce(table_bytes.bytes, 0)) as bytes_processed,
        sum(greatest(billing.least_per_table, coalesce(table_bytes.bytes, 0))) as bytes_billed,
        sum(billing.least_per_table) as least_billed
    from scanned_tables
    cross join billing
    left join table_bytes
        on
            scanned_tables.number = table_bytes.number
            and scanned_tables.table = table_bytes.table
            and scanned_tables.is_temporary = table_bytes.is_temporary
    group by scanned_tables.number

),

-- what BigQuery itself says takes the place of the estimate
known as (

    select
        statements.*,
        statements.dry_run_bytes is not null as is_dry_run,
        coalesce(statements.dry_run_bytes, estimates.bytes_processed, 0) as bytes_processed,
        case
            when statements.dry_run_bytes is null then estimates.bytes_billed
            else greatest(
                coalesce(estimates.least_billed, billing.least_per_table), statements.dry_run_bytes
            )
        end as bytes_billed
    from statements
    cross join billing
    left join estimates on statements.number = estimates.number

)

select
    known.node,
    known.form,
    known.kind,
    known.is_dry_run,
    cast(known.bytes_processed as bigint) as bytes_processed,
    case
        when known.bytes_processed = 0 then 0
        else cast(ceil(known.bytes_billed / billing.megabyte) as bigint) * billing.megabyte
    end as bytes_billed
from known
cross join billing
order by known.number
