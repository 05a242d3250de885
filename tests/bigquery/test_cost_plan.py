"""What `make cost` takes of a build for BigQuery: the tables that each statement reads."""

import pytest

from cost.plan import plan
from cost.statements import WINDOW, Recorded, of_script

FLIGHTS = "model.azekura.fct_flight"
AIRPORTS = "snapshot.azekura.snap_airport"


@pytest.fixture(scope="module")
def planned(built, rendered) -> dict:
    """The plan of both builds; their statements are taken for those of a window."""
    statements = [sent for one in built.sent for sent in of_script(one, WINDOW, built.warehouse)]
    recorded = Recorded(rendered.manifest, built.warehouse, tuple(statements))
    return plan(recorded, ("2013-06-14", "2013-06-16"), [None] * len(statements))


def scans_of(planned: dict, node: str, kind: str) -> list[dict]:
    """The scans of the last statement of a kind that a node sends."""
    return [one for one in planned["statements"] if (one["node"], one["kind"]) == (node, kind)][-1][
        "scans"
    ]


def test_every_node_but_the_unit_tests_has_a_statement(planned, rendered):
    sent = {statement["node"] for statement in planned["statements"]}
    # what dbt calls an operation is the end of a run, which sends nothing unless it is asked for
    nodes = {name for name in rendered.manifest.nodes if not name.startswith("operation.")}
    assert nodes <= sent


def test_every_table_that_is_scanned_has_columns(planned):
    tables = {table["id"]: table["leaves"] for table in planned["tables"]}
    scanned = {scan["table"] for one in planned["statements"] for scan in one["scans"]}
    assert scanned == tables.keys()
    assert all(tables.values())


def test_files_are_read_between_the_days_of_the_window(planned):
    [scan] = scans_of(planned, "model.azekura.stg_nycflights13__flights", "CreateTableAsSelectStmt")
    assert scan["table"] == "source.azekura.nycflights13.flights"
    assert "raw_record" not in scan["columns"]
    # a record arrives from a day before its flight to a day after; the window looks back
    assert "2013-06-10" < scan["low"] < scan["high"] < "2013-06-20"


def test_lines_of_text_are_read_whole(planned):
    [scan] = scans_of(
        planned, "model.azekura.stg_nycflights13__carriers", "CreateTableAsSelectStmt"
    )
    assert scan["columns"] == ["raw_record"]


def test_a_window_replaces_its_days(planned):
    scans = scans_of(planned, FLIGHTS, "MergeStmt")
    assert {scan["table"] for scan in scans} == {FLIGHTS}
    assert {scan["extent"] for scan in scans} == {"window"}
    [temporary] = [scan for scan in scans if scan["is_temporary"]]
    [rewritten] = [scan for scan in scans if scan["is_rewritten"]]
    [target] = [scan for scan in scans if not scan["is_temporary"] and not scan["is_rewritten"]]
    assert target["columns"] == ["flight_date"]
    assert temporary["columns"] == rewritten["columns"] != []


def test_a_snapshot_rewrites_its_table_with_what_changed(planned):
    scans = scans_of(planned, AIRPORTS, "MergeStmt")
    extents = {(scan["is_temporary"], scan["is_rewritten"]): scan["extent"] for scan in scans}
    assert extents == {
        (True, False): "changes",
        (False, False): "bounds",
        (False, True): "bounds",
    }
