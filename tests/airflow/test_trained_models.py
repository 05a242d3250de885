"""Models that are trained by hand, and what is made of them from then on."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow
from live_airflow.sinks import Webhook
from live_airflow.warehouse import query

DAY = timedelta(days=1)

# of a year's models; those of three weeks are not as good, and a day is further from them
BOUNDS = "test_name:metric_within test_name:drift_below"


@pytest.fixture(scope="module")
def trained(airflow: LocalAirflow, scheduled: list[Run], say: Callable[[str], None]) -> Run:
    """Three weeks around the day from which on flights are evaluated, and models of them."""
    airflow.api.unpause("manual_run")
    airflow.api.unpause("drift_report")
    airflow.api.unpause("weekly_retrain")
    conf = {"start": "2013-09-15", "end": "2013-10-06"}
    airflow.succeeded(airflow.api.trigger("backfill", conf=conf))
    words = f"*__training_set config.materialized:ml_model *__evaluation --exclude {BOUNDS}"
    run = airflow.succeeded(airflow.api.trigger("manual_run", conf={"select": words}))
    say(f"models were trained in {run.seconds:.0f} s")
    return run


def test_predictions_are_made_and_their_drift_is_reported(
    airflow: LocalAirflow, trained: Run
) -> None:
    day = date(2013, 10, 6)
    run = airflow.succeeded(airflow.build(day, day + DAY))
    assert {task.state for task in airflow.api.tasks(run).values()} == {"success"}
    [[newest]] = query(
        airflow.database, "select max(predicted_date) from ml.ml_late_arrival__drift"
    )
    assert newest >= day
    [report] = airflow.until(
        "the predictions have made a run of drift_report",
        lambda: airflow.api.runs("drift_report"),
        60,
    )
    assert report.type == "asset_triggered"
    report = airflow.succeeded(report)
    [update] = airflow.api.updates(report)
    assert (update["name"], update["source_run_id"]) == ("predictions", run.id)
    assert (update["source_dag_id"], update["source_task_id"]) == ("daily_build", "predictions")
    assert isinstance(airflow.api.result(report, "report"), list)


def versions(airflow: LocalAirflow, schema: str) -> dict[str, str]:
    """The version of each model."""
    models = query(
        airflow.database,
        "select table_name from duckdb_tables()"
        f" where schema_name = '{schema}' and table_name like '%\\_\\_model%' escape '\\'"
        " and table_name not like '%\\_\\_runs' escape '\\'",
    )
    each = (f"select model_name, model_version from {schema}.{name}" for (name,) in models)
    return dict(query(airflow.database, " union all ".join(each)))


def test_a_retraining_replaces_the_models_that_are_good_enough_and_tells_of_the_others(
    airflow: LocalAirflow, trained: Run, webhook: Webhook, say: Callable[[str], None]
) -> None:
    before = versions(airflow, "ml")
    run = airflow.succeeded(airflow.api.trigger("weekly_retrain"))
    decisions = query(
        airflow.database,
        "select model_name, is_promoted, reason from ops.model_promotions"
        f" where run_id = '{run.id}' order by all",
    )
    assert {name for name, _, _ in decisions} == before.keys()
    after, candidates = versions(airflow, "ml"), versions(airflow, "ml_candidate")
    kept = [(name, reason) for name, is_promoted, reason in decisions if not is_promoted]
    for name, is_promoted, reason in decisions:
        assert after[name] == (candidates if is_promoted else before)[name], reason
    # of a year's models; those of three weeks do not hold them all
    assert any("its floor" in reason or "its ceiling" in reason for _, reason in kept)
    text = webhook.about(run)[f"{len(kept)} of {len(before)} models were kept"]
    assert [name for name, reason in kept if f"{name}: {reason}" not in text] == []
    say(f"weekly_retrain took {run.seconds:.0f} s and kept {len(kept)} of {len(before)} models")
