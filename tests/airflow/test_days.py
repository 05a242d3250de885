"""Which days a run builds, and that it builds them as one build of all would."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow
from live_airflow.sinks import Webhook
from live_airflow.warehouse import landed, query

DAY = timedelta(days=1)
LAYERS = {"lake", "warehouse", "marts", "features"}


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def windows(airflow: LocalAirflow, run: Run) -> dict[str, tuple[date, date]]:
    """The window of each layer that a run has built, as dbt wrote it down."""
    rows = query(
        airflow.database,
        "select task_id, min(window_start), max(window_end), count(distinct window_start)"
        f" from ops.run_history where run_id = '{run.id}' group by task_id",
    )
    assert all(row[3] == 1 for row in rows)
    return {row[0]: (row[1], row[2]) for row in rows}


def assert_built(airflow: LocalAirflow, run: Run, start: date, end: date) -> None:
    """The run built these days and no others, and its interval says so."""
    assert (run.start, run.end) == (midnight(start), midnight(end))
    assert windows(airflow, run) == dict.fromkeys(LAYERS, (start, end))


def test_the_schedule_goes_through_its_days_one_by_one(
    airflow: LocalAirflow, scheduled: list[Run], assert_same_tables: Callable[[str], None]
) -> None:
    days = [date(2013, 10, 3), date(2013, 10, 4), date(2013, 10, 5)]
    assert [run.type for run in scheduled] == ["scheduled"] * 3
    for run, day in zip(scheduled, days, strict=True):
        assert_built(airflow, run, day, day + DAY)
    for before, after in pairwise(scheduled):
        assert before.ended <= after.began
    assert landed(airflow.lake) == days
    assert_same_tables("the schedule")


def test_a_backfill_by_command_builds_its_dates_both_inclusive(
    airflow: LocalAirflow, scheduled: list[Run], assert_same_tables: Callable[[str], None]
) -> None:
    before = {run.id for run in airflow.api.runs("daily_build")}
    words = ["backfill", "create", "--dag-id", "daily_build", "--max-active-runs", "1"]
    airflow.airflow(*words, "--from-date", "2013-09-30", "--to-date", "2013-10-01")
    made = [run for run in airflow.api.runs("daily_build") if run.id not in before]
    assert [run.type for run in made] == ["backfill"] * 2
    runs = [airflow.succeeded(run) for run in made]
    assert runs[0].ended <= runs[1].began
    for run, day in zip(runs, [date(2013, 9, 30), date(2013, 10, 1)], strict=True):
        assert_built(airflow, run, day, day + DAY)
        assert {task.tries for task in airflow.api.tasks(run).values()} <= {0, 1}
    assert_same_tables("a backfill of two days")


def test_a_window_by_the_rest_api(
    airflow: LocalAirflow, scheduled: list[Run], assert_same_tables: Callable[[str], None]
) -> None:
    start, end = date(2013, 9, 15), date(2013, 9, 22)
    conf = {"start": str(start), "end": str(end), "days_per_build": 4}
    run = airflow.succeeded(airflow.api.trigger("backfill", conf=conf))
    pieces = query(
        airflow.database,
        "select distinct window_start, window_end from ops.run_history"
        f" where run_id = '{run.id}' order by all",
    )
    assert pieces == [(start, date(2013, 9, 19)), (date(2013, 9, 19), end)]
    assert_same_tables("a window of a week in two pieces")


def test_by_hand_the_day_before_is_built(
    airflow: LocalAirflow, scheduled: list[Run], assert_same_tables: Callable[[str], None]
) -> None:
    noon = midnight(date(2013, 10, 4)) + timedelta(hours=12)
    run = airflow.api.trigger("daily_build", logical_date=noon)
    assert_built(airflow, airflow.succeeded(run), date(2013, 10, 3), date(2013, 10, 4))
    assert_same_tables("a run by hand")


@pytest.mark.parametrize("day", [date(2013, 10, 2), date(2013, 10, 6)], ids=["before", "after"])
def test_a_run_by_hand_outside_of_the_schedule_is_said_to_have_built_nothing(
    airflow: LocalAirflow, scheduled: list[Run], webhook: Webhook, day: date
) -> None:
    """Airflow gives it no task and calls it a success."""
    run = airflow.succeeded(airflow.api.trigger("daily_build", logical_date=midnight(day)))
    assert airflow.api.tasks(run) == {}
    text = airflow.until(
        "it is told that nothing was built",
        lambda: webhook.about(run).get("daily_build: nothing was built"),
        60,
    )
    assert "2013-10-03 to 2013-10-05" in text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2013, 9, 10), date(2013, 9, 10), "is empty"),
        (date(2013, 9, 11), date(2013, 9, 10), "is empty"),
    ],
    ids=["empty", "inverted"],
)
def test_an_interval_that_is_none_is_refused_and_not_tried_again(
    airflow: LocalAirflow, scheduled: list[Run], start: date, end: date, words: str
) -> None:
    days = landed(airflow.lake)
    run = airflow.ended(airflow.build(start, end))
    assert run.state == "failed"
    land = airflow.api.tasks(run)["land"]
    assert (land.state, land.tries) == ("failed", 1)
    assert words in airflow.api.log(run, "land")
    assert windows(airflow, run) == {}
    assert landed(airflow.lake) == days


def test_a_cleared_task_runs_again_and_changes_nothing(
    airflow: LocalAirflow, scheduled: list[Run], assert_same_tables: Callable[[str], None]
) -> None:
    run = scheduled[1]
    assert airflow.api.clear(run, "warehouse") == ["warehouse"]
    airflow.succeeded(run)
    again = airflow.api.tasks(run)
    assert again["warehouse"].tries == 2
    assert "build --selector warehouse" in airflow.api.log(run, "warehouse", 2)
    assert {name: task.tries for name, task in again.items() if task.tries > 1} == {"warehouse": 2}
    assert_same_tables("a cleared task")
