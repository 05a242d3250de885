"""Formats write every value so that it can be read back, or refuse to."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.check import file_problem
from ingest.formats import FORMATS
from ingest.formats.parquet import to_parquet
from ingest.formats.text import to_csv, to_ndjson, utf8
from ingest.texts import LONGEST, shown

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | TEXT,
            "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
            "real": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        }
    )
)
SCHEMA = pa.schema({"text": pa.string(), "whole": pa.int64(), "real": pa.float64()})


@given(RECORDS)
def test_ndjson_is_one_faithful_object_per_line_in_order(records):
    lines = to_ndjson(pa.Table.from_pylist(records, SCHEMA)).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == records


def test_csv_refuses_a_value_that_needs_quotes():
    with pytest.raises(pa.ArrowInvalid):
        to_csv(pa.table({"name": ["Boeing, Inc."]}))


@pytest.mark.parametrize("to_text", [to_ndjson, to_csv])
def test_text_formats_refuse_to_lose_a_fraction_of_a_second(to_text):
    times = pa.array([datetime(2013, 1, 1, 10, 15, 0, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    with pytest.raises(pa.ArrowInvalid):
        to_text(pa.table({"event_at": times}))


def test_parquet_keeps_types_and_microseconds():
    times = pa.array([datetime(2013, 1, 1, 10, 15, 0, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    table = pa.table({"event_at": times, "tailnum": pa.array([None], pa.string())})
    assert parquet.read_table(pa.BufferReader(to_parquet(table))).equals(table)


@pytest.mark.parametrize("name", [name for name, row in FORMATS.items() if row.write])
def test_the_same_table_gives_the_same_bytes(name):
    table = pa.table({"carrier": ["UA", "AA"], "flight": [1545, 1]})
    assert FORMATS[name].write(table) == FORMATS[name].write(table)


@pytest.mark.parametrize("name", [name for name, row in FORMATS.items() if row.write])
def test_what_is_written_here_can_be_read_here(name, tmp_path):
    path = tmp_path / f"carriers.{name}"
    path.write_bytes(FORMATS[name].write(pa.table({"carrier": ["UA"], "flight": [1545]})))
    columns = {"carrier": "STRING", "flight": "INT64"}
    assert file_problem(str(path), name, columns) is None


@pytest.mark.parametrize("name", ["avro", "orc", "datastore", "excel"])
def test_a_format_that_is_not_read_here_is_named(name):
    problem = file_problem(f"a/b.{name}", name, {})
    assert (
        problem
        == f"a/b.{name} cannot be read as {name} here; land it as one of parquet, ndjson, csv."
    )


LINES_ENCODED = [
    "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1251", "shift_jis", "cp932", "euc_jp",
    "iso2022_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
# what begins a character of several bytes, or a shift to other characters
BAD_BYTES = st.lists(
    st.sampled_from([b"\x1b", b"\x1b$", b"\x1b$B", b"\x0e", b"\x81", b"\x8f", b"\xa1", b"\xff"])
    | st.binary(max_size=3).filter(lambda some: not {10, 13} & set(some))
).map(b"".join)


@pytest.mark.parametrize("encoding", LINES_ENCODED)
@given(bad=BAD_BYTES)
@example(bad=b"\xcb\x1b$")
@example(bad=b"\x1b$B")
def test_bad_bytes_spoil_their_line_only(encoding, bad):
    content = b"before\nx" + bad + b"\ngood,1\r\nafter"
    first, _, *rest = utf8(content, False, encoding).split(b"\n")
    assert (first, rest) == (b"before", [b"good,1\r", b"after"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("half", ["\ud800", "\udc00", "\udc00\ud800"])
def test_half_a_character_spoils_its_line_only(encoding, half):
    content = f"a\n{half}\nb".encode(encoding, "surrogatepass")
    first, bad, last = utf8(content, False, encoding).split(b"\n")
    assert (first, last) == (b"a", b"b") and set(bad) == {0xFF}


@given(st.text())
def test_what_is_shown_is_short_and_printable(text):
    assert shown(text * 99).isprintable() and len(shown(text * 99)) <= LONGEST
