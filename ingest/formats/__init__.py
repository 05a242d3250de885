"""The formats that files of the lake may have, a row each.

    is_typed  its files hold columns with types; else they hold lines of text, a record each
    write     turns one Arrow table into the bytes of one file, the same bytes each time; none where
              no such file is written here.
    problem   what is wrong with a file as a whole, or none, given the open file and the declared
              columns (name to BigQuery type). None where DuckDB does not read such files.

`macros/lake/lake_formats.sql` is the same table for SQL.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from ingest.formats import parquet, text

Write = Callable[[pa.Table], bytes]
Problem = Callable[[pa.NativeFile, dict[str, str]], str | None]


@dataclass(frozen=True)
class Format:
    is_typed: bool
    write: Write | None = None
    problem: Problem | None = None


FORMATS = {
    "parquet": Format(True, parquet.to_parquet, parquet.parquet_problem),
    "avro": Format(True),
    "orc": Format(True),
    "ndjson": Format(False, text.to_ndjson, text.no_problem),
    "csv": Format(False, text.to_csv, text.csv_problem),
    "datastore": Format(True),
}
