"""Parquet: how a table is written down, and what is wrong with a file."""

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyarrow import parquet as pq

from ingest.texts import shown

MOST_DIGITS = 38  # of a decimal; DuckDB reads more of them as another number
NUMERIC_DECIMALS = 9

Test = Callable[[pa.DataType], bool]


def _is_numeric(kind: pa.DataType) -> bool:
    return pa.types.is_decimal(kind) and kind.scale <= NUMERIC_DECIMALS


# BigQuery's type names, as sources declare them, and the Arrow types that can be read as them
READABLE: dict[str, tuple[Test, ...]] = {
    "INT64": (pa.types.is_integer,),
    "FLOAT64": (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
    "NUMERIC": (pa.types.is_integer, _is_numeric),
    "STRING": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    "BOOL": (pa.types.is_boolean,),
    "DATE": (pa.types.is_date,),
    "TIMESTAMP": (pa.types.is_timestamp,),
    "BYTES": (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    ),
}


def to_parquet(table: pa.Table) -> bytes:
    """Parquet with the table's own types and a checksum for each page; a missing value is NULL."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, write_page_checksum=True)
    return sink.getvalue().to_pybytes()


def parquet_problem(
    file: pa.NativeFile, columns: dict[str, str], encoding: str | None = None
) -> str | None:
    """What is wrong with a Parquet file: its columns, and what of its content cannot be read.

    The declared columns are read, because a page's checksum is told from its content only.
    """
    try:
        reader = pq.ParquetFile(file, page_checksum_verification=True)
        schema = reader.schema_arrow
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return "is not a whole Parquet file (truncated or something else)"
    wrong = next(_of_columns(schema, columns), None)
    return wrong or _of_content(reader, list(columns))


def _of_columns(schema: pa.Schema, columns: dict[str, str]) -> Iterator[str]:
    for name, declared in columns.items():
        if name not in schema.names:
            found = ", ".join(schema.names)
            yield f"lacks the declared column {name} (it holds {found})"
            continue
        if schema.names.count(name) > 1:
            yield f"holds column {name} twice"
            continue
        kind = schema.field(name).type
        if pa.types.is_dictionary(kind):  # how the values are stored, as of a pandas categorical
            kind = kind.value_type
        if pa.types.is_decimal(kind) and kind.precision > MOST_DIGITS:
            yield (
                f"holds column {name} as {kind}, and a decimal of more than {MOST_DIGITS} digits "
                "cannot be read; write it with fewer"
            )
        elif not pa.types.is_null(kind) and not any(test(kind) for test in READABLE[declared]):
            yield f"holds column {name} as {kind}, which is not {declared}"


def _of_content(reader: pq.ParquetFile, names: list[str]) -> str | None:
    try:
        for number in range(reader.num_row_groups):
            table = reader.read_row_group(number, columns=names)
            table.validate(full=True)
            if table.num_rows != reader.metadata.row_group(number).num_rows:
                return "is damaged (it lacks rows)"
            for name, column in zip(table.column_names, table.columns, strict=True):
                if pa.types.is_timestamp(column.type) and not _is_microseconds(column):
                    return f"holds column {name} with a time that no TIMESTAMP holds"
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        return f"is damaged ({shown(str(error).rstrip('.'))})"
    return None


def _is_microseconds(column: pa.ChunkedArray) -> bool:
    """Whether every time fits into 64 bits of microseconds, as what reads them needs."""
    try:
        column.cast(pa.timestamp("us", column.type.tz), safe=column.type.unit != "ns")
    except pa.ArrowInvalid:
        return False
    return True
