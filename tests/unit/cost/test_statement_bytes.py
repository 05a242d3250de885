"""What statements read and are billed for, where sizes and dry runs are given."""

import json
from datetime import datetime

import pyarrow as pa
import pytest

from cost import CostError
from cost.scans import DAYS, Scan, ScannedBuild, Statement
from cost.statement_bytes import bytes_of, of_run

MIB = 1024**2
FIRST, SECOND, THIRD = (datetime(2013, 3, day) for day in (1, 2, 3))
EVENTS, OTHERS = "model.azekura.events", "model.azekura.others"


def size(column: str, bytes_: int, table: str = EVENTS, days=(FIRST, SECOND)) -> dict:
    low, high = days or (None, None)
    return {
        "table": table,
        "column_name": column,
        "is_partitioned": days is not None,
        "low": low,
        "high": high,
        "bytes": bytes_,
    }


SIZES = pa.Table.from_pylist(
    [
        size("id", 8),
        size("id", 80, days=(SECOND, THIRD)),
        size("place.x", 16),
        size("place.name", 3),
        size("placement", 1000),
        size("id", 8 * MIB, OTHERS, days=None),
    ]
)


def read(*statements: Statement, rebuilt=None) -> list[tuple[int, int, bool]]:
    """Bytes processed and billed of each statement, and whether they are a dry run's."""
    found = bytes_of(ScannedBuild(statements, ()), rebuilt or {}, SIZES)
    return [(one.bytes_processed, one.bytes_billed, one.is_dry_run) for one in found]


def query(*scans: Scan, dry_run_bytes: int | None = None, kind: str = "QueryStmt") -> Statement:
    return Statement("model.azekura.rows", "full", kind, scans, dry_run_bytes)


def test_whole_megabytes_are_billed_ten_for_each_table():
    assert read(
        query(Scan(EVENTS, ("id",))), query(Scan(EVENTS, ("id",)), Scan(OTHERS, ("id",)))
    ) == [
        (88, 10 * MIB, False),
        (88 + 8 * MIB, 20 * MIB, False),
    ]


def test_a_dry_run_is_rounded_up_to_whole_megabytes():
    assert read(
        query(Scan(EVENTS, ("id",)), dry_run_bytes=100 * MIB + 1),
        query(Scan(EVENTS, ("id",)), Scan(OTHERS, ("id",)), dry_run_bytes=3),
        query(Scan(EVENTS, ("id",)), dry_run_bytes=0),
        query(dry_run_bytes=3),
    ) == [
        (100 * MIB + 1, 101 * MIB, True),
        (3, 20 * MIB, True),
        (0, 0, True),
        (3, 10 * MIB, True),
    ]


def test_what_reads_nothing_is_billed_nothing():
    assert read(query(), query(Scan(EVENTS, ()))) == [(0, 0, False), (0, 0, False)]


def test_a_struct_is_all_of_its_fields_and_no_column_whose_name_begins_like_it():
    assert read(query(Scan(EVENTS, ("place",))), query(Scan(EVENTS, ("PLACE.x",)))) == [
        (19, 10 * MIB, False),
        (16, 10 * MIB, False),
    ]


def test_a_column_that_is_named_twice_is_read_once():
    scan = Scan(EVENTS, ("id",))
    assert read(query(scan, scan, Scan(EVENTS, ("place", "place.x")))) == [
        (88 + 19, 10 * MIB, False)
    ]


def test_what_changes_rows_reads_the_rewritten_partitions_whole():
    kept = Scan(EVENTS, ("id",), low=SECOND, high=THIRD)
    rewritten = Scan(EVENTS, ("id", "place"), is_rewritten=True, low=FIRST, high=SECOND)
    assert read(query(kept, rewritten, kind="DeleteStmt")) == [(80 + 8 + 19, 10 * MIB, False)]


def test_a_table_without_partitions_is_read_whole_whatever_the_bounds():
    assert read(query(Scan(OTHERS, ("id",), low=THIRD))) == [(8 * MIB, 10 * MIB, False)]


def test_rows_without_a_day_are_read_where_nothing_bounds_it(monkeypatch):
    undated = size("id", 5) | {"low": None, "high": None}
    monkeypatch.setitem(globals(), "SIZES", pa.Table.from_pylist([undated, size("id", 8)]))
    assert read(query(Scan(EVENTS, ("id",)))) == [(13, 10 * MIB, False)]
    assert read(query(Scan(EVENTS, ("id",), low=FIRST))) == [(8, 10 * MIB, False)]
    assert read(query(Scan(EVENTS, ("id",), high=THIRD))) == [(8, 10 * MIB, False)]


def test_the_days_that_a_run_rebuilds_are_read():
    scan = Scan(EVENTS, ("id",), extent=DAYS)
    rebuilt = {"model.azekura.rows": (SECOND, THIRD)}
    assert read(query(scan), rebuilt=rebuilt) == [(80, 10 * MIB, False)]


def test_what_changed_of_a_snapshot_is_billed_as_the_smallest_table():
    changes = Scan(EVENTS, ("id",), is_temporary=True, extent="changes")
    assert read(query(changes, Scan(EVENTS, ("id",)))) == [(88, 20 * MIB, False)]


def test_a_real_run_is_what_bigquery_said_of_the_nodes_of_the_project(tmp_path):
    file = tmp_path / "run_results.json"
    said = {"bytes_processed": 90 * MIB, "bytes_billed": 100 * MIB}
    results = [
        {"unique_id": "model.azekura.rows", "adapter_response": said},
        {"unique_id": "model.azekura.views", "adapter_response": {}},
        {"unique_id": "model.azekura.empty", "adapter_response": {"bytes_billed": None}},
        {"unique_id": "operation.azekura.hook", "adapter_response": said},
    ]
    file.write_text(json.dumps({"results": results}))
    nodes = [f"model.azekura.{name}" for name in ("rows", "views", "empty")]
    found = [
        (one.node, one.form, one.bytes_processed, one.bytes_billed) for one in of_run(file, nodes)
    ]
    assert found == [
        ("model.azekura.rows", "run", 90 * MIB, 100 * MIB),
        ("model.azekura.views", "run", 0, 0),
        ("model.azekura.empty", "run", 0, 0),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": 1}', '{"results": [{}]}'])
def test_what_is_no_run_results_is_said(tmp_path, text):
    file = tmp_path / "run_results.json"
    file.write_text(text)
    with pytest.raises(
        CostError, match=r"run_results.json is no run_results.json as dbt writes it"
    ):
        of_run(file, [])
