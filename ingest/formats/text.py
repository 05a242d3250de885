"""Formats of lines: how a table is written down, and what is wrong with a file.

A time is written as `2013-01-01T10:15:00Z`; one that is not on a whole second is refused.
"""

import csv
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv


def to_ndjson(table: pa.Table) -> bytes:
    """One JSON object per line, every column in each; a missing value is null."""
    with _duckdb().cursor() as cursor:
        cursor.register("records", _times_as_text(table))
        lines = cursor.execute("select to_json(records)::varchar from records").to_arrow_table()[0]
    return "\n".join([*lines.to_pylist(), ""]).encode()


def to_csv(table: pa.Table) -> bytes:
    """CSV with a header and without quotes: a value that would need them is an error."""
    sink = pa.BufferOutputStream()
    unquoted = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none")
    arrow_csv.write_csv(_times_as_text(table), sink, unquoted)
    return sink.getvalue().to_pybytes()


def no_problem(file: pa.NativeFile, columns: dict[str, str]) -> None:
    """Nothing: what is wrong in a file without a header is wrong line by line."""


def csv_problem(file: pa.NativeFile, columns: dict[str, str]) -> str | None:
    """What is wrong with a CSV file; only its header is read."""
    header = file.read(1 << 16).partition(b"\n")[0].decode("utf-8-sig", "replace").rstrip("\r")
    names = next(csv.reader([header]), [])
    if names != list(columns):
        return (
            f"has the columns {', '.join(names) or '(none)'} where its source declares "
            f"{', '.join(columns)}"
        )
    return None


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    """One in-memory database per process, because opening one costs more than a day of records."""
    return duckdb.connect(config={"threads": 1})


def _times_as_text(table: pa.Table) -> pa.Table:
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            seconds = table[index].cast(pa.timestamp("s", field.type.tz))
            text = pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%SZ")
            table = table.set_column(index, field.name, text)
    return table
