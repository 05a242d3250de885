"""How many logical bytes of BigQuery's each column of the local build holds, by partition."""

from typing import Any

import pyarrow as pa

from cost import CostError
from cost.local_build import LocalBuild, literal, quoted
from cost.scans import Leaf, Table

FIXED = {
    "BOOL": 1,
    "INT64": 8,
    "FLOAT64": 8,
    "DATE": 8,
    "DATETIME": 8,
    "TIME": 8,
    "TIMESTAMP": 8,
    "NUMERIC": 16,
    "INTERVAL": 16,
    "BIGNUMERIC": 32,
}
"""Bytes of a value, whatever it is."""
VARYING = {
    "STRING": "2 + strlen(cast({value} as varchar))",
    "BYTES": "2 + octet_length({value})",
    "JSON": "strlen(cast({value} as varchar))",
}
"""Bytes of a value, as SQL on DuckDB."""

# where a file of the lake lies says on which day its records arrived
_DAY_OF_FILE = (
    "cast(regexp_extract(filename, 'ingested_date=([0-9]{4}-[0-9]{2}-[0-9]{2})', 1) as timestamp)"
)


def logical_bytes(value: str, type_name: str, steps: tuple[str, ...] = (), depth: int = 0) -> str:
    """SQL for the size of a value, or of the part of it that `steps` lead to.

    NULL for a NULL: BigQuery counts that as none.
    """
    if steps and steps[0] == "[]":
        element = f"element_{depth}"
        part = logical_bytes(element, type_name, steps[1:], depth + 1)
        return f"list_sum(list_transform({value}, lambda {element}: {part}))"
    if steps:
        return logical_bytes(f"({value}).{quoted(steps[0])}", type_name, steps[1:], depth)
    if type_name in FIXED:
        return f"case when {value} is not null then {FIXED[type_name]} end"
    if type_name in VARYING:
        return VARYING[type_name].format(value=value)
    raise CostError(
        f"The size of a {type_name} is not known here ({value}); add it to cost/sizes.py."
    )


def partition_sizes(table: Table, build: LocalBuild, database: Any) -> pa.Table:
    """A row per partition and column: table, column_name, is_partitioned, low, high, bytes.

    A column of structs is as many as it has fields; files of text are one, `raw_record`.
    """
    return database.execute(_partition_sizes_sql(table, build, database)).to_arrow_table()


def _partition_sizes_sql(table: Table, build: LocalBuild, database: Any) -> str:
    if source := build.manifest.sources.get(table.unique_id):
        if table.is_text:
            return _text_sizes_sql(table.unique_id, build.lake_files(source))
        leaves = [leaf for leaf in table.leaves if leaf.column != "ingested_date"]
        partition = {"field": "ingested_date"}
        return _column_sizes_sql(table.unique_id, leaves, partition, f"({build.lake_rows(source)})")
    node = build.manifest.nodes[table.unique_id]
    partition = node.config.get("partition_by") or {}
    relation = build.table_of(node, database)
    return _column_sizes_sql(table.unique_id, table.leaves, partition, relation)


def _column_sizes_sql(
    unique_id: str, leaves: tuple[Leaf, ...] | list[Leaf], partition: dict[str, str], relation: str
) -> str:
    granularity = (partition.get("granularity") or "day").lower()
    low = "null::timestamp"
    if partition:
        day = quoted(partition["field"])
        low = f"date_trunc({literal(granularity)}, {day})::timestamp"
    sums = [
        f"coalesce(sum({logical_bytes(quoted(leaf.column), leaf.type, leaf.steps)}), 0)::bigint"
        f" as {quoted(leaf.name.lower())}"
        for leaf in leaves
    ]
    return f"""
        select
            {literal(unique_id)} as "table",
            column_name,
            {"true" if partition else "false"} as is_partitioned,
            partition_low as low,
            partition_low + to_{granularity}s(1) as high,
            bytes
        from (
            unpivot (
                select {low} as partition_low, {", ".join(sums)}
                from {relation}
                group by all
            )
            on columns(* exclude (partition_low))
            into name column_name value bytes
        )
    """


def _text_sizes_sql(unique_id: str, files: str) -> str:
    return f"""
        select
            {literal(unique_id)} as "table",
            'raw_record' as column_name,
            true as is_partitioned,
            {_DAY_OF_FILE} as low,
            {_DAY_OF_FILE} + to_days(1) as high,
            sum(size)::bigint as bytes
        from read_blob({files})
        group by all
    """
