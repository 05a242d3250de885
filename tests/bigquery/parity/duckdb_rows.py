"""Rows and types as DuckDB has them, in the terms of analyzer/values.py."""

from collections.abc import Iterable, Mapping

import duckdb
from analyzer import googlesql
from analyzer.values import Rows, Type, frozen
from duckdb.sqltypes import DuckDBPyType
from duckdb_bqml import register

_BIGQUERY = {
    "bigint": "INT64",
    "double": "FLOAT64",
    "boolean": "BOOL",
    "varchar": "STRING",
    "blob": "BYTES",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "decimal": "NUMERIC",
}
_DUCKDB = {name: duckdb_name for duckdb_name, name in _BIGQUERY.items()} | {
    "NUMERIC": "decimal(38, 9)"
}


def type_name(type_: DuckDBPyType) -> str:
    """BigQuery's name of a type of DuckDB's; one that BigQuery has not keeps its own."""
    if type_.id == "list":
        return f"ARRAY<{type_name(type_.children[0][1])}>"
    if type_.id == "struct":
        parts = ", ".join(f"{name} {type_name(part)}" for name, part in type_.children)
        return f"STRUCT<{parts}>"
    if type_.id == "decimal" and dict(type_.children) != {"precision": 38, "scale": 9}:
        return str(type_)
    return _BIGQUERY.get(type_.id, str(type_))


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[dict[str, str], list[tuple]]:
    """The columns of a query, with the names of their types, and its rows."""
    result = connection.sql(sql)
    columns = dict(zip(result.columns, map(type_name, result.types), strict=True))
    return columns, [frozen(row) for row in result.fetchall()]


def session(tables: Mapping[str, Rows] | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory, set as dbt's is, that holds these tables."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    register(connection)
    for name, table in (tables or {}).items():
        columns = ", ".join(f'"{column}" {_declared(t)}' for column, t in table.columns.items())
        connection.execute(f'create table "{name}" ({columns})')
        fill(connection, name, table.rows)
    return connection


def fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple]) -> None:
    rows = list(rows)
    if rows:
        connection.executemany(f'insert into "{name}" values ({", ".join("?" * len(rows[0]))})', rows)


def _declared(type_: Type) -> str:
    name = googlesql.text(type_)
    if type_.HasField("array_type"):
        return f"{_declared(type_.array_type.element_type)}[]"
    if type_.HasField("struct_type"):
        fields = ", ".join(f'"{x.field_name}" {_declared(x.field_type)}' for x in type_.struct_type.field)
        return f"struct({fields})"
    return _DUCKDB[name]
