"""How records are written down: each function turns one Arrow table into the bytes of one file.

The same table always gives the same bytes. Text formats write a time as `2013-01-01T10:15:00Z` and
refuse one that is not on a whole second.
"""

from collections.abc import Callable
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet


def to_parquet(table: pa.Table) -> bytes:
    """Parquet with the table's own types; a missing value is NULL."""
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def to_ndjson(table: pa.Table) -> bytes:
    """One JSON object per line, every column in each; a missing value is null."""
    with _duckdb().cursor() as cursor:
        cursor.register("records", _times_as_text(table))
        lines = cursor.execute("select to_json(records)::varchar from records").to_arrow_table()[0]
    return "\n".join([*lines.to_pylist(), ""]).encode()


def to_csv(table: pa.Table) -> bytes:
    """CSV with a header and without quotes: a value that would need them is an error."""
    sink = pa.BufferOutputStream()
    unquoted = csv.WriteOptions(quoting_style="none", quoting_header="none")
    csv.write_csv(_times_as_text(table), sink, unquoted)
    return sink.getvalue().to_pybytes()


FORMATS: dict[str, Callable[[pa.Table], bytes]] = {
    "parquet": to_parquet,
    "ndjson": to_ndjson,
    "csv": to_csv,
}


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
