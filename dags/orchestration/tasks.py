"""What the tasks of all DAGs do, inside Airflow."""

import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from orchestration import commands, results
from orchestration.settings import Settings
from orchestration.windows import Window, WindowError

log = logging.getLogger(__name__)


def window_of_run() -> Window:
    """The window of the run that the calling task belongs to: its data interval."""
    run = get_current_context()["dag_run"]
    return checked(lambda: Window.of_interval(run.data_interval_start, run.data_interval_end))


def checked(made: Callable[[], Any]) -> Any:
    """What `made` gives; a window that cannot be meant fails the task, and is not tried again."""
    try:
        return made()
    except WindowError as error:
        raise AirflowFailException(str(error)) from None


def build(
    window: Window | None,
    *,
    selector: str = "",
    select: str = "",
    full_refresh: bool = False,
    candidate: bool = False,
) -> None:
    """One `dbt build`, whose results go to the log, to XCom and, where they are bad, to the error.

    A try that follows a failed one runs `dbt retry`, if dbt has said what failed. The first try,
    after a clear too, builds everything: what stands above may have changed. A candidate whose
    data tests fail is no error: `promote` judges it.
    """
    settings, context = Settings.read(), get_current_context()
    instance = context["ti"]
    folder = task_folder(settings, instance)
    outcome = folder / commands.RUN_RESULTS
    if is_retry(context) and results.can_be_retried(results.read(outcome)):
        command = commands.dbt_retry(settings, folder)
    else:
        outcome.unlink(missing_ok=True)
        command = commands.dbt_build(
            settings,
            folder,
            window,
            selector=selector,
            select=select,
            full_refresh=full_refresh,
            candidate=candidate,
        )
    code, seconds = _dbt(settings, folder, command, window, candidate=candidate)
    found = results.read(outcome)
    if found:
        log.info("\n%s", results.table(found))
    instance.xcom_push("results", [result.as_dict() for result in found])
    log.info("dbt took %.1f seconds: %s", seconds, results.summary(found))
    if code and not (candidate and results.only_tests_failed(found)):
        raise AirflowException(
            f"`dbt {command[1]}` of {selector or select} failed: {results.summary(found)}"
            if results.failed(found)
            else f"`dbt {command[1]}` of {selector or select} ended with {code}: its log is above."
        )
    _keep_only(folder, commands.RUN_RESULTS)


def operation(macro: str, *, candidate: bool = False) -> Any:
    """What a macro prints, read as JSON; None if it prints nothing."""
    settings = Settings.read()
    # beside the results that `dbt retry` would read
    folder = task_folder(settings, get_current_context()["ti"]) / macro
    said: list[str] = []

    def hear(line: str) -> None:
        log.info("%s", line)
        said.append(line)

    command = commands.dbt_operation(settings, folder, macro, candidate=candidate)
    code, _ = _dbt(settings, folder, command, None, hear, candidate=candidate)
    if code:
        raise AirflowException(f"`dbt run-operation {macro}` ended with {code}: its log is above.")
    shutil.rmtree(folder, ignore_errors=True)
    # the first line is the command
    return json.loads(said[-1]) if said[1:] else None


def land(window: Window) -> None:
    settings = Settings.read()
    if not settings.landing:
        raise AirflowSkipException("AZEKURA_LANDING is empty: something else lands the files.")
    _run(settings, commands.land(settings, window))


def late_sources(window: Window) -> list[str]:
    """The sources that are late at the end of the window; one that is too late is an error."""
    settings = Settings.read()
    said: list[str] = []

    def hear(line: str) -> None:
        log.info("%s", line)
        said.append(line)

    code, _ = _timed(settings, commands.check_freshness(settings, window), None, hear)
    if code:
        too_late = [line for line in said if line.startswith("error")] or said[-1:]
        raise AirflowException(f"Sources are too late: {'; '.join(too_late)}.")
    return [line for line in said if line.startswith("warn")]


def materialize() -> None:
    settings = Settings.read()
    manifest = _shared(settings) / commands.MANIFEST
    if not manifest.exists():
        folder = task_folder(settings, get_current_context()["ti"])
        _dbt(settings, folder, commands.dbt_parse(settings, folder), None)
    _run(settings, commands.materialize(settings, manifest))


def require_trained_models() -> None:
    """Skip the task, and so what needs it, as long as a model has not been trained."""
    untrained = operation("untrained_models")
    if untrained:
        reason = (
            f"Not yet, for want of {', '.join(untrained)}."
            " DAG weekly_retrain trains them, as does `dbt build --selector ml_train`."
        )
        log.warning(reason)  # Airflow's own log does not say why
        raise AirflowSkipException(reason)


def is_day_built(dag_id: str) -> bool:
    """Whether the last day of the window has been built by the scheduled DAG; a run that was
    triggered takes what is there."""
    context = get_current_context()
    if context["dag_run"].run_type not in ("scheduled", "backfill"):
        return True
    last = datetime.combine(window_of_run().last, datetime.min.time(), UTC)
    return bool(context["ti"].get_dr_count(dag_id=dag_id, logical_dates=[last], states=["success"]))


def train() -> None:
    """Train a candidate for each model, beside those that are live."""
    if not is_retry(get_current_context()):
        operation("discard_candidates", candidate=True)
    build(None, selector="ml_train", candidate=True)


def promote() -> dict[str, list]:
    """What was decided of each candidate, and which tables to build anew."""
    build(None, selector="ml_decide", candidate=True)
    outcome = operation("promote_models", candidate=True)
    for decision in outcome["decisions"]:
        verb = "promoted" if decision["is_promoted"] else "kept"
        log.info("%s: %s, %s", decision["model_name"], verb, decision["reason"])
    return outcome


def is_retry(context: Mapping[str, Any]) -> bool:
    """Whether a try follows a failed one; the first after a clear does not."""
    instance = context["ti"]
    return instance.try_number > instance.max_tries - instance.task.retries + 1


def run_folder(settings: Settings, dag_id: str, run_id: str) -> Path:
    return settings.state / f"dag_id={dag_id}" / f"run_id={quote(run_id, safe=':+')}"


def task_folder(settings: Settings, instance: Any) -> Path:
    """The target path of a task: of its own, or `dbt retry` would read another's results."""
    name = f"task_id={instance.task_id}"
    if instance.map_index >= 0:
        name += f",map_index={instance.map_index}"
    return run_folder(settings, instance.dag_id, instance.run_id) / name


def _shared(settings: Settings, candidate: bool = False) -> Path:
    """What dbt last read of the project: the next parses only what has changed since."""
    return settings.state / (f"{settings.target}-candidate" if candidate else settings.target)


def _dbt(
    settings: Settings,
    folder: Path,
    command: list[str],
    window: Window | None,
    say: Callable[[str], object] = log.info,
    *,
    candidate: bool = False,
) -> tuple[int, float]:
    """Run dbt in a target path; give its exit code and seconds."""
    shared = _shared(settings, candidate)
    folder.mkdir(parents=True, exist_ok=True)
    kept = shared / commands.PARTIAL_PARSE
    if kept.exists():
        _copy(kept, folder / commands.PARTIAL_PARSE)
    code, seconds = _timed(settings, command, window, say)
    shared.mkdir(parents=True, exist_ok=True)
    if code == 0:
        for name in (commands.PARTIAL_PARSE, commands.MANIFEST):
            _copy(folder / name, shared / name)
    return code, seconds


def _run(settings: Settings, command: list[str]) -> None:
    code, seconds = _timed(settings, command, None, log.info)
    if code:
        raise AirflowException(f"`{' '.join(command[1:4])}` ended with {code}: its log is above.")
    log.info("It took %.1f seconds.", seconds)


def _timed(
    settings: Settings,
    command: list[str],
    window: Window | None,
    say: Callable[[str], object],
) -> tuple[int, float]:
    instance = get_current_context()["ti"]
    where = {"dag_id": instance.dag_id, "run_id": instance.run_id, "task_id": instance.task_id}
    where["try_number"] = str(instance.try_number)
    if window is not None:
        log.info("The window is %s.", window)
        where |= {"window_start": str(window.start), "window_end": str(window.end)}
    # a supervisor that was killed leaves no task behind that goes on writing
    commands.die_with_parent()
    begun = time.monotonic()
    code = commands.run(command, settings.home, commands.environment(settings, where), say)
    return code, time.monotonic() - begun


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all: another task may be reading the target."""
    beside = target.with_name(f".{target.name}.{time.monotonic_ns()}")
    shutil.copyfile(source, beside)
    beside.replace(target)


def _keep_only(folder: Path, name: str) -> None:
    """Remove what nobody will read: a year of manifests and logs is gigabytes."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != name:
            path.unlink()
