"""Formats write every value so that it can be read back, or refuse to."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.check import file_problem
from ingest.formats import FORMATS
from ingest.formats.parquet import to_parquet
from ingest.formats.text import to_csv, to_ndjson

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
