"""What `make cost` takes of a build for BigQuery: the tables that each statement reads."""

from datetime import UTC, datetime

import pytest

from cost.scans import Scan, ScannedBuild, scans_of
from cost.statements import WINDOW, Recorded, of_script

FLIGHTS = "model.azekura.fct_flight"
AIRPORTS = "snapshot.azekura.snap_airport"


@pytest.fixture(scope="module")
def scanned(built, rendered) -> ScannedBuild:
    """What both builds scan; their statements are taken for those of a window."""
    statements = [sent for one in built.sent for sent in of_script(one, WINDOW, built.warehouse)]
    recorded = Recorded(rendered.manifest, built.warehouse, tuple(statements))
    return scans_of(recorded, [None] * len(statements))


def last_scans(scanned: ScannedBuild, node: str, kind: str) -> tuple[Scan, ...]:
    """The scans of the last statement of a kind that a node sends."""
    return [one for one in scanned.statements if (one.node, one.kind) == (node, kind)][-1].scans


def test_every_node_but_the_unit_tests_has_a_statement(scanned, rendered):
    sent = {statement.node for statement in scanned.statements}
    # what dbt calls an operation is the end of a run, which sends nothing unless it is asked for
    nodes = {name for name in rendered.manifest.nodes if not name.startswith("operation.")}
    assert nodes <= sent


def test_every_table_that_is_scanned_has_columns(scanned):
    tables = {table.unique_id: table.leaves for table in scanned.tables}
    assert {scan.table for one in scanned.statements for scan in one.scans} == tables.keys()
    assert all(tables.values())


def test_files_are_read_between_the_days_of_the_window(scanned):
    [scan] = last_scans(
        scanned, "model.azekura.stg_nycflights13__flights", "CreateTableAsSelectStmt"
    )
    assert scan.table == "source.azekura.nycflights13.flights"
    assert "raw_record" not in scan.columns
    # a record arrives from a day before its flight to a day after; the window looks back
    first, last = (datetime(2013, 6, day, tzinfo=UTC) for day in (10, 20))
    assert first < scan.low < scan.high < last


def test_lines_of_text_are_read_whole(scanned):
    [scan] = last_scans(
        scanned, "model.azekura.stg_nycflights13__carriers", "CreateTableAsSelectStmt"
    )
    assert scan.columns == ("raw_record",)
    formats = {table.unique_id.split(".")[-1]: table.is_text for table in scanned.tables}
    assert formats["carriers"] and not formats["flights"] and not formats["fct_flight"]


def test_a_window_replaces_its_days(scanned):
    scans = last_scans(scanned, FLIGHTS, "MergeStmt")
    assert {scan.table for scan in scans} == {FLIGHTS}
    assert {scan.extent for scan in scans} == {"window"}
    [temporary] = [scan for scan in scans if scan.is_temporary]
    [rewritten] = [scan for scan in scans if scan.is_rewritten]
    [target] = [scan for scan in scans if not scan.is_temporary and not scan.is_rewritten]
    assert target.columns == ("flight_date",)
    assert temporary.columns == rewritten.columns != ()


def test_a_snapshot_rewrites_its_table_with_what_changed(scanned):
    scans = last_scans(scanned, AIRPORTS, "MergeStmt")
    assert {(scan.is_temporary, scan.is_rewritten): scan.extent for scan in scans} == {
        (True, False): "changes",
        (False, False): "bounds",
        (False, True): "bounds",
    }
