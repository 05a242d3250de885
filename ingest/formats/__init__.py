"""The formats that files of the lake may have, a row each.

    is_typed  its files hold columns with types; else they hold lines of text, a record each
    suffixes  how the names of its files end, in small letters
    write     turns one Arrow table into the bytes of one file, the same bytes each time; none where
              no such file is written here.
    problem   what is wrong with a file as a whole, or none, given the open file, the declared
              columns (name to BigQuery type) and, of text, the declared encoding. None where DuckDB
              does not read such files.

`macros/lake/lake_formats.sql` is the same table for SQL.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from ingest.formats import parquet, text

Write = Callable[[pa.Table], bytes]
Problem = Callable[[pa.NativeFile, dict[str, str], str | None], str | None]


@dataclass(frozen=True)
class Format:
    is_typed: bool
    suffixes: tuple[str, ...] = ()
    write: Write | None = None
    problem: Problem | None = None


FORMATS = {
    "parquet": Format(True, (".parquet",), parquet.to_parquet, parquet.parquet_problem),
    "avro": Format(True, (".avro",)),
    "orc": Format(True, (".orc",)),
    "ndjson": Format(
        False,
        (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz"),
        text.to_ndjson,
        text.ndjson_problem,
    ),
    "csv": Format(False, (".csv", ".csv.gz"), text.to_csv, text.csv_problem),
    "datastore": Format(True),
}
