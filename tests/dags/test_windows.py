"""The days that each kind of run builds, by Airflow's own reckoning of intervals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pendulum
import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction
from orchestration.defaults import WEEKLY
from orchestration.windows import Window

FIRST, LAST = pendulum.datetime(2013, 1, 1), pendulum.datetime(2014, 1, 1)


def day(year: int, month: int, day: int) -> Window:
    start = date(year, month, day)
    return Window(start, start + timedelta(days=1))


def window(interval) -> Window:
    return Window.of_interval(interval.start, interval.end)


def as_scheduled(dag):
    """The DAG as the scheduler has it."""
    return DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))


def windows_of(dag) -> Iterator[Window]:
    """The windows of all runs that the scheduler makes."""
    dag, last = as_scheduled(dag), None
    restriction = TimeRestriction(earliest=dag.start_date, latest=dag.end_date, catchup=dag.catchup)
    while info := dag.timetable.next_dagrun_info(
        last_automated_data_interval=last, restriction=restriction
    ):
        last = info.data_interval
        assert info.run_after == last.end
        yield window(last)


@pytest.fixture
def scheduled(bag):
    return as_scheduled(bag.dags["daily_build"])


@pytest.fixture
def timetable(scheduled):
    return scheduled.timetable


def test_the_schedule_is_the_days_of_the_demo(bag) -> None:
    dag = bag.dags["daily_build"]
    assert (dag.start_date, dag.end_date) == (FIRST, LAST)


def test_scheduled_and_caught_up_runs_build_each_day_once(bag) -> None:
    days = list(windows_of(bag.dags["daily_build"]))
    assert days == list(Window(date(2013, 1, 1), date(2014, 1, 2)).pieces(1))


def test_where_the_days_end_no_week_is_scheduled(bag) -> None:
    dag = bag.dags["weekly_retrain"]
    assert list(windows_of(dag)) == []
    # of any day by hand: Airflow gives a run after a DAG's end date no task
    assert dag.end_date is None


def test_a_week_is_from_monday_to_monday() -> None:
    weekly = as_scheduled(DAG("weekly", schedule=WEEKLY)).timetable
    week = weekly.infer_manual_data_interval(run_after=pendulum.datetime(2013, 3, 13))
    assert window(week) == Window(date(2013, 3, 4), date(2013, 3, 11))


def test_a_backfill_builds_the_days_of_its_dates_both_inclusive(scheduled) -> None:
    infos = scheduled.iter_dagrun_infos_between(
        pendulum.datetime(2013, 3, 5), pendulum.datetime(2013, 3, 7)
    )
    assert [window(info.data_interval) for info in infos] == [
        day(2013, 3, 5),
        day(2013, 3, 6),
        day(2013, 3, 7),
    ]


@pytest.mark.parametrize(
    ("triggered", "built"),
    [
        (datetime(2013, 3, 6, tzinfo=UTC), day(2013, 3, 5)),
        (datetime(2013, 3, 6, 15, 30, tzinfo=UTC), day(2013, 3, 5)),
        # when the clocks of New York change
        (datetime(2013, 3, 11, 3, tzinfo=UTC), day(2013, 3, 10)),
        (datetime(2013, 1, 1, tzinfo=UTC), day(2012, 12, 31)),
    ],
)
def test_a_run_by_hand_builds_the_last_whole_day_before(timetable, triggered, built) -> None:
    interval = timetable.infer_manual_data_interval(run_after=pendulum.instance(triggered))
    assert window(interval) == built
