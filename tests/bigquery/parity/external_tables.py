"""The files of a lake as the external tables of docs/bigquery.md have them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb

from googlesql.types import Type
from googlesql.values import Rows


def rows(lake: Path, source, type_named: Callable[[str], Type]) -> Rows:
    """Of one source of the manifest: Parquet with the columns declared, text as one.

    `_file_name` comes last. A line of text ends at its line feed: what else stands there is in
    `raw_record`. CSV headers are skipped.
    """
    declared = {name: column.data_type.upper() for name, column in source.columns.items()}
    files = sorted((lake / source.source_name / source.name).glob("*/*"))
    if source.config.meta["lake"]["format"] == "parquet":
        columns, found = declared, list(_records(files, list(declared)))
    else:
        columns, found = {"raw_record": "STRING"}, list(_lines(files))
    columns = columns | {"ingested_date": "DATE", "_file_name": "STRING"}
    return Rows({name: type_named(type_) for name, type_ in columns.items()}, found)


def _records(files: list[Path], columns: list[str]) -> Iterator[tuple]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for path in files:
            table = connection.read_parquet(str(path))
            typed = [
                f'"{name}"::timestamp'
                if table[name].types[0].id.startswith("timestamp")
                else f'"{name}"'
                for name in columns
            ]
            for record in table.project(", ".join(typed)).fetchall():
                yield (*record, _day(path), str(path))


def _lines(files: list[Path]) -> Iterator[tuple]:
    for path in files:
        lines = path.read_bytes().decode().split("\n")
        if not lines[-1]:
            lines.pop()
        for line in lines[1:] if path.suffix == ".csv" else lines:
            yield line, _day(path), str(path)


def _day(path: Path) -> date:
    return date.fromisoformat(re.search(r"ingested_date=([\d-]+)", str(path))[1])
