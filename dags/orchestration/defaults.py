"""What holds for every DAG and every task."""

from datetime import timedelta
from typing import Any

from airflow.sdk import CronDataIntervalTimetable

from orchestration.alerts import run_failed, task_failed
from orchestration.settings import Settings

# `@daily` would give intervals that are empty
DAILY = CronDataIntervalTimetable("0 0 * * *", timezone="UTC")
WEEKLY = CronDataIntervalTimetable("0 0 * * 1", timezone="UTC")


def of_dags(settings: Settings, doc: str) -> dict[str, Any]:
    """Arguments of a DAG, whose documentation is that of its module.

    One run at a time and, on DuckDB, one task of all DAGs: the pool.
    """
    return {
        "doc_md": doc,
        "max_active_runs": 1,
        "tags": ["azekura"],
        "on_failure_callback": run_failed,
        "default_args": {
            "pool": settings.pool,
            # of several runs (a backfill by command) the one that is further goes first: a layer's
            # tests find what another run has built only half
            "weight_rule": "upstream",
            "retries": 3,
            "retry_delay": timedelta(seconds=settings.retry_seconds),
            "retry_exponential_backoff": True,
            "max_retry_delay": timedelta(minutes=10),
            "on_failure_callback": task_failed,
        },
    }
