"""Formats of lines: how a table is written down, and what is wrong with a file.

A time is written as `2013-01-01T10:15:00Z`; one that is not on a whole second is refused.
"""

import codecs
import csv
import gzip
import re
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ingest.texts import shown

BLOCK = 1 << 20
LONGEST_HEADER = 1 << 24
csv.field_size_limit(LONGEST_HEADER)
LINE_END = re.compile(r"\r\n|\n|\r")
GZIP = b"\x1f\x8b"
# UTF-32 first: its mark begins with that of UTF-16
MARKS = {
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
_MARKED = "azekura.marked"


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


def ndjson_problem(
    file: pa.NativeFile, columns: dict[str, str], encoding: str | None = None
) -> str | None:
    """What is wrong with an NDJSON file as a whole; without a header, that is its bytes only."""
    return _problem_of_bytes(file.read(BLOCK), encoding)


def csv_problem(
    file: pa.NativeFile, columns: dict[str, str], encoding: str | None = None
) -> str | None:
    """What is wrong with a CSV file; only its header is read."""
    block = file.read(BLOCK)
    problem = _problem_of_bytes(block, encoding)
    if problem:
        return problem
    header = _first_line(file, block, encoding)
    names = next(csv.reader([header]), [])
    if names != list(columns):
        found = shown(", ".join(names)) or "(none)"
        return f"has the columns {found} where its source declares {shown(', '.join(columns))}"
    return None


def utf8(content: bytes, is_compressed: bool, encoding: str | None) -> bytes:
    """The text of a file in UTF-8. A byte that is no text of the encoding becomes 0xFF, which is
    none of UTF-8, so that its line can be told."""
    if is_compressed:
        content = gzip.decompress(content)
    if encoding is None:
        return content
    # each line begins in ASCII, also after one that was cut off
    parts = re.split(rb"([\r\n]+)", content) if encoding == "iso2022_jp" else [content]
    text = "".join(part.decode(encoding, _MARKED) for part in parts)
    return text.removeprefix("\ufeff").encode("utf-8", "surrogateescape")


def _problem_of_bytes(block: bytes, encoding: str | None) -> str | None:
    if block.startswith(GZIP):
        return "is compressed with gzip; end its name in .gz"
    marked = next((name for name, marks in MARKS.items() if block.startswith(marks)), None)
    if encoding is None and marked:
        return f"is {marked.upper()}; declare `encoding: {marked}` in meta.lake of its source"
    if encoding is None and b"\0" in block.partition(b"\n")[0]:
        return (
            "holds bytes 0 in its first line, so it is no text in UTF-8; declare the `encoding` "
            "in meta.lake"
        )
    if block and encoding in MARKS and not block.startswith(MARKS[encoding]):
        return (
            f"does not begin with the byte order mark of {encoding.upper()}; declare "
            f"`encoding: {encoding}-le` or `{encoding}-be` in meta.lake if its source leaves it out"
        )
    return None


def _first_line(file: pa.NativeFile, block: bytes, encoding: str | None) -> str:
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("replace")
    text = decoder.decode(block)
    while block and not LINE_END.search(text) and len(text) < LONGEST_HEADER:
        block = file.read(BLOCK)
        text += decoder.decode(block)
    return LINE_END.split(text.removeprefix("\ufeff"), maxsplit=1)[0]


def _mark(error: UnicodeError) -> tuple[str, int]:
    # of Unicode the whole unit; elsewhere what follows a bad byte may be the end of its line
    return "\udcff", error.end if error.encoding.startswith("utf") else error.start + 1


codecs.register_error(_MARKED, _mark)


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
