"""Rows and types as DuckDB has them, in the terms of googlesql/values.py."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml
from duckdb.sqltypes import DuckDBPyType
from duckdb_bqml import register

from googlesql import types
from googlesql.types import Type
from googlesql.values import Rows, frozen

PROFILES = Path(__file__).parents[3] / "profiles.yml"

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


def session() -> duckdb.DuckDBPyConnection:
    """A database in memory, set as profiles.yml sets dbt's, with the engine's functions."""
    connection = duckdb.connect()
    profile = yaml.safe_load(PROFILES.read_text())["azekura"]["outputs"]["duckdb"]
    for name, value in profile["settings"].items():
        connection.execute(f"set {name} = '{value}'")
    register(connection)
    return connection


def load(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Rows]) -> None:
    """Make these tables anew."""
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {_declared(t)}' for column, t in table.columns.items())
        connection.execute(f'create or replace table "{name}" ({columns})')
        types = table.columns.values()
        rows = [tuple(map(_parameter, row, types)) for row in table.rows]
        if rows:
            marks = ", ".join("?" * len(types))
            connection.executemany(f'insert into "{name}" values ({marks})', rows)


def _parameter(value: Any, type_: Type) -> Any:
    """A value as DuckDB's client takes it."""
    if value is not None and type_.HasField("array_type"):
        return [_parameter(item, type_.array_type.element_type) for item in value]
    if value is not None and type_.HasField("struct_type"):
        parts = zip(value, type_.struct_type.field, strict=True)
        return {part.field_name: _parameter(item, part.field_type) for item, part in parts}
    return value


def _declared(type_: Type) -> str:
    name = types.text(type_)
    if type_.HasField("array_type"):
        return f"{_declared(type_.array_type.element_type)}[]"
    if type_.HasField("struct_type"):
        fields = ", ".join(
            f'"{x.field_name}" {_declared(x.field_type)}' for x in type_.struct_type.field
        )
        return f"struct({fields})"
    return _DUCKDB[name]
