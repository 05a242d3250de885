"""What Airflow calls when a task or a run fails, or a run is late."""

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference
from airflow.sdk.configuration import conf

from orchestration import notice, results
from orchestration.commands import RUN_RESULTS
from orchestration.settings import Settings
from orchestration.tasks import run_folder, task_folder
from orchestration.windows import Window, WindowError


def task_failed(context: Mapping[str, Any]) -> None:
    """Tell of a task that has used up its tries, with the dbt nodes that failed."""
    instance = context["ti"]
    found = results.read(task_folder(Settings.read(), instance) / RUN_RESULTS)
    notice.give(
        notice.Notice(
            title=f"{instance.dag_id}: {instance.task_id} failed",
            dag=instance.dag_id,
            run=instance.run_id,
            task=instance.task_id,
            window=_window(context.get("dag_run")),
            reason=results.one_line(str(context.get("exception") or "")),
            nodes=results.failed(found),
            link=_link(instance.dag_id, instance.run_id, instance.task_id),
            rerun=_rerun(instance.dag_id, instance.run_id),
        )
    )


def run_failed(context: Mapping[str, Any]) -> None:
    """Tell of a run that has failed, with the nodes of all of its tasks that did."""
    run_id, dag_id = context["run_id"], context["dag"].dag_id
    folders = run_folder(Settings.read(), dag_id, run_id)
    notice.give(
        notice.Notice(
            title=f"{dag_id}: the run failed",
            dag=dag_id,
            run=run_id,
            window=_window(context.get("dag_run")),
            reason=str(context.get("reason") or ""),
            nodes=_failed_nodes(folders),
            link=_link(dag_id, run_id),
            rerun=_rerun(dag_id, run_id),
        )
    )


def sources_late(context: Mapping[str, Any], late: Sequence[str]) -> None:
    """Tell which sources have no records yet of the days that are built."""
    instance = context["ti"]
    notice.give(
        notice.Notice(
            title="Sources are late",
            dag=instance.dag_id,
            run=instance.run_id,
            window=_window(context.get("dag_run")),
            reason="; ".join(late),
            link=_link(instance.dag_id, instance.run_id, instance.task_id),
        )
    )


def drift_found(context: Mapping[str, Any], drifted: Sequence[Mapping[str, Any]]) -> None:
    """Tell which features have drifted."""
    instance = context["ti"]
    lines = [
        "{model_name} on {predicted_date}: {metric} of {feature} is {value:.3f},"
        " above {threshold}".format_map(row)
        for row in drifted
    ]
    notice.give(
        notice.Notice(
            title=f"{len(drifted)} features have drifted",
            dag=instance.dag_id,
            run=instance.run_id,
            reason="; ".join(lines[: notice.MOST_NODES]),
            link=_link(instance.dag_id, instance.run_id, instance.task_id),
        )
    )


def models_kept(context: Mapping[str, Any], decisions: Sequence[Mapping[str, Any]]) -> None:
    """Tell which models were retrained and not replaced, and why."""
    instance = context["ti"]
    trained = run_folder(Settings.read(), instance.dag_id, instance.run_id) / "task_id=train"
    kept = [decision for decision in decisions if not decision["is_promoted"]]
    notice.give(
        notice.Notice(
            title=f"{len(kept)} of {len(decisions)} models were kept",
            dag=instance.dag_id,
            run=instance.run_id,
            window=_window(context.get("dag_run")),
            reason="; ".join("{model_name}: {reason}".format_map(decision) for decision in kept),
            nodes=results.failed(results.read(trained / RUN_RESULTS)),
            link=_link(instance.dag_id, instance.run_id, instance.task_id),
        )
    )


def nothing_built(context: Mapping[str, Any]) -> None:
    """Tell of a run that Airflow gave no task, and called a success.

    It does so by hand at a logical date that is not of the DAG's days.
    """
    if "ti" in context:
        return
    settings = Settings.read()
    run_id, dag_id = context["run_id"], context["dag"].dag_id
    notice.give(
        notice.Notice(
            title=f"{dag_id}: nothing was built",
            dag=dag_id,
            run=run_id,
            reason="The run has no task, as its logical date is not of the scheduled days,"
            f" {settings.first_day} to {settings.last_day}: the DAG backfill builds any.",
            link=_link(dag_id, run_id),
        )
    )


async def run_late(minutes: int, context: Mapping[str, Any], **_: Any) -> None:
    """Tell of a run that has not ended in time. Airflow calls it in the triggerer."""
    run = context["dag_run"]
    dag_id, run_id = run["dag_id"], run["dag_run_id"]
    start, end = run.get("data_interval_start"), run.get("data_interval_end")
    late = notice.Notice(
        title=f"{dag_id}: the run is late",
        dag=dag_id,
        run=run_id,
        window=f"[{start[:10]}, {end[:10]})" if start and end else "",
        reason=f"It has not ended {minutes} minutes after it was queued.",
        link=_link(dag_id, run_id),
    )
    await asyncio.to_thread(notice.give, late)


def deadline(minutes: int) -> DeadlineAlert:
    """Report a run that has not ended so many minutes after it was queued."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=minutes),
        callback=AsyncCallback(run_late, kwargs={"minutes": minutes}),
    )


def _failed_nodes(run: Path) -> list[results.Result]:
    return [
        node
        for path in sorted(run.glob(f"*/{RUN_RESULTS}"))
        for node in results.failed(results.read(path))
    ]


def _window(run: Any) -> str:
    try:
        return str(Window.of_interval(run.data_interval_start, run.data_interval_end))
    except (AttributeError, WindowError):
        return ""  # its window is among its parameters, or it was not to be had


def _link(dag_id: str, run_id: str, task_id: str = "") -> str:
    base = conf.get("api", "base_url", fallback="") or ""
    link = f"{base.rstrip('/')}/dags/{dag_id}/runs/{run_id}"
    return f"{link}/tasks/{task_id}" if task_id else link


def _rerun(dag_id: str, run_id: str) -> str:
    base = conf.get("api", "base_url", fallback="") or ""
    body = f'{{"dry_run": false, "dag_run_id": "{run_id}", "only_failed": true}}'
    return (
        f"curl -X POST {base.rstrip('/')}/api/v2/dags/{dag_id}/clearTaskInstances"
        f" -H 'content-type: application/json' -d {shlex.quote(body)}"
    )
