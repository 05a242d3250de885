"""What holds for every DAG."""

from itertools import pairwise
from pathlib import Path

import pytest
from airflow.sdk import CronDataIntervalTimetable
from orchestration.alerts import task_failed
from orchestration.layers import DAILY

DAGS = Path(__file__).parents[2] / "dags"

NAMES = ["backfill", "daily_build", "drift_report", "manual_run", "weekly_retrain"]


def test_the_dags_are_imported(bag) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_dag_says_what_it_is_for_and_what_to_do_when_it_fails(bag, name) -> None:
    doc = bag.dags[name].doc_md
    for part in ("**Purpose.**", "**Inputs.**", "**Outputs.**", "**When it fails.**"):
        assert part in doc


def as_list(callbacks) -> list:
    """A mapped task has one callback where another has a list."""
    return callbacks if isinstance(callbacks, list) else [callbacks]


@pytest.mark.parametrize("name", NAMES)
def test_one_run_at_a_time_and_failures_are_told(bag, name) -> None:
    dag = bag.dags[name]
    assert dag.max_active_runs == 1
    assert dag.has_on_failure_callback
    for task in dag.tasks:
        assert task_failed in as_list(task.on_failure_callback)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_tried_again_ever_later(bag, name) -> None:
    for task in bag.dags[name].tasks:
        # sources that are late do not come within minutes
        assert task.retries == (0 if task.task_id == "freshness" else 3)
        assert task.retry_exponential_backoff


@pytest.mark.parametrize("name", NAMES)
def test_what_opens_the_database_shares_one_slot(bag, name) -> None:
    outside = {"land", "freshness", "plan", "days_built"}
    for task in bag.dags[name].tasks:
        assert task.pool == ("default_pool" if task.task_id in outside else "duckdb")


@pytest.mark.parametrize("name", NAMES)
def test_of_several_runs_the_one_that_is_further_goes_first(bag, name) -> None:
    for task in bag.dags[name].tasks:
        assert task.weight_rule == "upstream"


def test_a_daily_run_has_an_interval_and_a_deadline(bag) -> None:
    dag = bag.dags["daily_build"]
    assert type(dag.timetable) is CronDataIntervalTimetable
    assert dag.catchup
    assert dag.deadline


def test_a_layer_is_built_after_those_it_reads(bag) -> None:
    dag = bag.dags["daily_build"]
    names = {"ml_predict": "predictions"}
    order = [dag.get_task(names.get(layer, layer)) for layer in DAILY]
    for before, after in pairwise(order):
        assert before.task_id in after.upstream_task_ids
    assert "features" in dag.get_task("online_store").upstream_task_ids


def test_what_a_day_makes_are_assets(bag) -> None:
    made = [outlet.name for task in bag.dags["daily_build"].tasks for outlet in task.outlets]
    assert sorted(made) == [
        *["catalogue", "features", "lake", "marts", "online_store", "predictions", "warehouse"]
    ]


def test_a_model_is_judged_before_it_is_used(bag) -> None:
    dag = bag.dags["weekly_retrain"]
    assert [task.task_id for task in dag.topological_sort()] == [
        *["days_built", "train", "promote", "predictions", "catalogue"]
    ]
    made = [outlet.name for task in dag.tasks for outlet in task.outlets]
    assert sorted(made) == ["catalogue", "models", "predictions"]


def test_drift_is_reported_when_predictions_are_updated(bag) -> None:
    condition = bag.dags["drift_report"].timetable.asset_condition
    assert [asset.name for asset in condition.objects] == ["predictions"]


def test_no_dag_is_named_like_a_plugin_of_dbt() -> None:
    assert not list(DAGS.rglob("dbt_*.py"))
