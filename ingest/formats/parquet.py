"""Parquet: how a table is written down, and what is wrong with a file."""

import pyarrow as pa
from pyarrow import parquet as pq

# BigQuery's type names, as sources declare them, and the Arrow types that can be read as them
READABLE = {
    "INT64": (pa.types.is_integer,),
    "FLOAT64": (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
    "NUMERIC": (pa.types.is_integer, pa.types.is_decimal),
    "STRING": (pa.types.is_string, pa.types.is_large_string),
    "BOOL": (pa.types.is_boolean,),
    "DATE": (pa.types.is_date,),
    "TIMESTAMP": (pa.types.is_timestamp,),
    "BYTES": (pa.types.is_binary, pa.types.is_large_binary),
}


def to_parquet(table: pa.Table) -> bytes:
    """Parquet with the table's own types; a missing value is NULL."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def parquet_problem(file: pa.NativeFile, columns: dict[str, str]) -> str | None:
    """What is wrong with a Parquet file; only its footer is read."""
    try:
        schema = pq.read_schema(file)
    except pa.ArrowInvalid:
        return "is not a whole Parquet file (truncated or something else)"
    for name, declared in columns.items():
        if name not in schema.names:
            found = ", ".join(schema.names)
            return f"lacks the declared column {name} (it holds {found})"
        kind = schema.field(name).type
        if not any(test(kind) for test in READABLE[declared]):
            return f"holds column {name} as {kind}, which is not {declared}"
    return None
