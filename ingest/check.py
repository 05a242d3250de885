"""What is wrong with a file of the lake, before a table is built from it.

Only what concerns a file as a whole: it cannot be read, or has other columns than its source
declares. A bad record inside a readable file is not wrong here: it goes to the rejects.
"""

import csv

import pyarrow as pa
from pyarrow import fs, parquet

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

REMEDY = "land it again (`python -m ingest --replace`) or move it out of the lake"


def file_problem(path: str, format: str, columns: dict[str, str]) -> str | None:
    """One sentence about a file that cannot be used, or None.

    `path` is local or gs://..., `format` one of parquet, csv, ndjson; `columns` are the declared
    ones, name to BigQuery type. Only the footer of a Parquet file and the header of a CSV file are
    read; what is wrong in an NDJSON file is wrong line by line.
    """
    try:
        files, inner = _filesystem(path)
        with files.open_input_file(inner) as stream:
            if format == "parquet":
                return _parquet_problem(path, stream, columns)
            if format == "csv":
                return _csv_problem(path, stream, columns)
    except OSError as error:
        return f"{path} cannot be read: {str(error).rstrip('.')}; {REMEDY}."
    return None


def _filesystem(path: str) -> tuple[fs.FileSystem, str]:
    if path.startswith("gs://"):
        return fs.GcsFileSystem(), path.removeprefix("gs://")
    return fs.LocalFileSystem(), path


def _parquet_problem(path: str, stream: pa.NativeFile, columns: dict[str, str]) -> str | None:
    try:
        schema = parquet.read_schema(stream)
    except pa.ArrowInvalid:
        return f"{path} is not a whole Parquet file (truncated or something else); {REMEDY}."
    for name, declared in columns.items():
        if name not in schema.names:
            found = ", ".join(schema.names)
            return f"{path} lacks the declared column {name} (it holds {found}); {REMEDY}."
        kind = schema.field(name).type
        if not any(test(kind) for test in READABLE[declared]):
            return f"{path} holds column {name} as {kind}, which is not {declared}; {REMEDY}."
    return None


def _csv_problem(path: str, stream: pa.NativeFile, columns: dict[str, str]) -> str | None:
    header = stream.read(1 << 16).partition(b"\n")[0].decode("utf-8-sig", "replace").rstrip("\r")
    names = next(csv.reader([header]), [])
    if names != list(columns):
        return (
            f"{path} has the columns {', '.join(names) or '(none)'} where its source declares "
            f"{', '.join(columns)}; {REMEDY}."
        )
    return None
