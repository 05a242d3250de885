"""The whole project on BigQuery's adapter and client: every node, every table."""

from pathlib import Path

import pytest
from both_engines.builds import BUILDS, Builds
from both_engines.comparison import difference

ROOT = Path(__file__).parents[2]
TABLES = sorted(
    path.stem
    for folder, pattern in [
        *(("models", "*.sql"), ("ml/models", "*.sql")),
        *(("snapshots", "*.yml"), ("seeds", "*.csv")),
    ]
    for path in (ROOT / folder).rglob(pattern)
    if "materialized='ml_model'" not in path.read_text()
)


@pytest.mark.parametrize("engine", ["bigquery", "duckdb"])
@pytest.mark.parametrize("turn", BUILDS)
def test_every_node_passes(builds: Builds, turn: str, engine: str):
    build = builds[engine, turn]
    wrong = [
        f"{node}: {status}: {build.messages[node]}"
        for node, status in build.status.items()
        if status not in ("success", "pass", "no-op")
    ]
    assert build.status and not wrong, "\n".join(wrong)


def test_the_second_build_was_an_increment(builds: Builds):
    """Rows came, and a snapshot holds what was believed before."""
    for table in ["fct_flight", "fct_weather_hour", "snap_airport", "stg_nycflights13__rejects"]:
        first, second = (builds["bigquery", turn].tables[table] for turn in BUILDS)
        assert len(second) > len(first), table


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("turn", BUILDS)
def test_a_table_is_the_same_on_both_engines(builds: Builds, turn: str, table: str):
    one, other = (builds[engine, turn].tables[table] for engine in ["bigquery", "duckdb"])
    assert difference(table, one, other) is None
    builds.compared[turn, table] = len(one)
