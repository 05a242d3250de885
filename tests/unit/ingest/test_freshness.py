"""Which sources are late."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest import UsageError
from ingest.freshness import Expectation, expectations, freshness, main

ROOT = Path(__file__).parents[3]
HALF_DAY, TWO_DAYS = timedelta(hours=12), timedelta(days=2)
FLIGHTS = Expectation("air", "flights", HALF_DAY, TWO_DAYS)


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """One table, whose records arrived on the second and fourth of March."""
    for day in ("2013-03-02", "2013-03-04"):
        folder = tmp_path / "air" / "flights" / f"ingested_date={day}"
        folder.mkdir(parents=True)
        (folder / "flights.csv").touch()
    return str(tmp_path)


@pytest.mark.parametrize(
    ("at", "newest", "days", "status"),
    [
        (date(2013, 3, 5), date(2013, 3, 4), 0, "pass"),
        (date(2013, 3, 6), date(2013, 3, 4), 1, "warn"),
        (date(2013, 3, 7), date(2013, 3, 4), 2, "warn"),
        (date(2013, 3, 8), date(2013, 3, 4), 3, "error"),
        # what arrived later was not there yet
        (date(2013, 3, 4), date(2013, 3, 2), 1, "warn"),
    ],
)
def test_the_age_is_that_of_the_newest_day(lake, at, newest, days, status) -> None:
    found = freshness(lake, FLIGHTS, at)
    assert (found.newest, found.age, found.status) == (newest, timedelta(days=days), status)


def test_a_table_without_files_is_too_late(lake) -> None:
    found = freshness(lake, Expectation("air", "weather", HALF_DAY, TWO_DAYS), date(2013, 3, 5))
    assert found.status == "error"
    assert str(found) == "error  air.weather: no files"


def test_the_demo_s_daily_tables_are_expected_daily() -> None:
    assert [(each.table, each.warn_after) for each in expectations(ROOT)] == [
        ("flights", HALF_DAY),
        ("weather", HALF_DAY),
    ]


def test_a_period_that_is_none_is_named(tmp_path) -> None:
    folder = tmp_path / "models" / "lake" / "air"
    folder.mkdir(parents=True)
    (folder / "_air__sources.yml").write_text(
        "sources: [{name: air, tables: [{name: flights, config:"
        " {freshness: {warn_after: {count: 1, period: week}}}}]}]"
    )
    with pytest.raises(UsageError, match=r"air\.flights: give a count and a period"):
        list(expectations(tmp_path))


def test_the_command_fails_if_a_source_is_too_late(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(ROOT)
    arguments = ["--lake", str(tmp_path), "--at", "2013-03-05"]
    assert main(arguments) == 1
    assert capsys.readouterr().out.splitlines() == [
        "error  nycflights13.flights: no files",
        "error  nycflights13.weather: no files",
    ]
