"""Which command a try runs, and what is made of its results; dbt's part is played by the test."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from orchestration import alerts, commands, notice, tasks
from orchestration.windows import Window

DAY = Window(date(2013, 3, 5), date(2013, 3, 6))
GOOD = {"unique_id": "model.azekura.a", "status": "success", "message": "OK"}
BAD = {"unique_id": "model.azekura.b", "status": "error", "message": "no column x"}
FLOOR = {"unique_id": "test.azekura.floor", "status": "fail", "message": "Got 1 result"}
SKIPPED = {"unique_id": "model.azekura.c", "status": "skipped", "message": None}
RUN = SimpleNamespace(
    data_interval_start=datetime(2013, 3, 5, tzinfo=UTC),
    data_interval_end=datetime(2013, 3, 6, tzinfo=UTC),
)


class Instance(SimpleNamespace):
    """What a task instance says of itself."""

    def __init__(self, try_number: int = 1, max_tries: int = 3) -> None:
        super().__init__(
            dag_id="daily_build",
            run_id="scheduled__2013-03-06T00:00:00+00:00",
            task_id="marts",
            map_index=-1,
            try_number=try_number,
            max_tries=max_tries,
            task=SimpleNamespace(retries=3),
            pushed={},
        )

    def xcom_push(self, key: str, value: object) -> None:
        self.pushed[key] = value


@pytest.fixture
def attempt(monkeypatch, tmp_path):
    """Run one try, in which dbt ends with a code and these results; the command that was run."""
    monkeypatch.setenv("AZEKURA_STATE", str(tmp_path))

    def run_try(
        instance: Instance,
        code: int,
        results: list[dict] | None,
        does: Callable[[], object] = lambda: tasks.build(DAY, selector="marts"),
        said: Sequence[str] = (),
    ) -> list[str]:
        monkeypatch.setattr(tasks, "get_current_context", lambda: {"ti": instance})
        ran = []

        def run(command, directory, variables, say):
            ran.append((command, variables))
            say("$ dbt")
            folder = Path(command[command.index("--target-path") + 1])
            for name in (commands.PARTIAL_PARSE, commands.MANIFEST, "dbt.log"):
                (folder / name).touch()
            if "run-operation" in command:
                for line in said:
                    say(line)
                return 0
            if results is not None:
                (folder / commands.RUN_RESULTS).write_text(json.dumps({"results": results}))
            return code

        monkeypatch.setattr(commands, "run", run)
        monkeypatch.setattr(commands, "die_with_parent", lambda: None)
        try:
            does()
        finally:
            run_try.commands = [command for command, _ in ran]
            run_try.variables = ran[-1][1]
        return run_try.commands[-1]

    return run_try


@pytest.mark.parametrize(
    ("try_number", "max_tries", "is_retry"),
    [
        (1, 3, False),
        (2, 3, True),
        (4, 3, True),
        # cleared after the third try: Airflow allows three retries more
        (4, 6, False),
        (5, 6, True),
    ],
)
def test_a_retry_follows_a_failed_try_and_no_clear(try_number, max_tries, is_retry) -> None:
    assert tasks.is_retry({"ti": Instance(try_number, max_tries)}) is is_retry


def test_the_first_try_builds_and_says_who_it_is(attempt) -> None:
    assert attempt(Instance(), 0, [GOOD])[1:4] == ["build", "--selector", "marts"]
    said = {name: value for name, value in attempt.variables.items() if "CUSTOM_ENV" in name}
    assert said == {
        "DBT_ENV_CUSTOM_ENV_dag_id": "daily_build",
        "DBT_ENV_CUSTOM_ENV_run_id": "scheduled__2013-03-06T00:00:00+00:00",
        "DBT_ENV_CUSTOM_ENV_task_id": "marts",
        "DBT_ENV_CUSTOM_ENV_try_number": "1",
        "DBT_ENV_CUSTOM_ENV_window_start": "2013-03-05",
        "DBT_ENV_CUSTOM_ENV_window_end": "2013-03-06",
    }


def test_a_retry_runs_what_failed_and_a_clear_builds_all(attempt) -> None:
    with pytest.raises(AirflowException):
        attempt(Instance(1, 3), 1, [GOOD, BAD, SKIPPED])
    with pytest.raises(AirflowException):
        attempt(Instance(2, 3), 1, [BAD, SKIPPED])
    assert attempt(Instance(3, 3), 0, [GOOD])[1] == "retry"
    assert attempt(Instance(4, 6), 0, [GOOD])[1] == "build"


def test_a_retry_after_a_kill_builds(attempt) -> None:
    with pytest.raises(AirflowException, match="ended with -9"):
        attempt(Instance(1, 3), -9, None)
    assert attempt(Instance(2, 3), 0, [GOOD])[1] == "build"


def test_what_an_older_try_left_is_not_retried_after_a_kill(attempt) -> None:
    with pytest.raises(AirflowException):
        attempt(Instance(1, 3), 1, [BAD])
    with pytest.raises(AirflowException):
        attempt(Instance(4, 6), -9, None)  # cleared, then killed
    assert attempt(Instance(5, 6), 0, [GOOD])[1] == "build"


def test_candidates_are_dropped_before_they_are_trained_and_not_before_a_retry(attempt) -> None:
    train = {"does": tasks.train, "said": []}
    attempt(Instance(1, 3), 0, [GOOD], **train)
    discarded, built = attempt.commands
    assert discarded[1:4] == ["--quiet", "run-operation", "discard_candidates"]
    assert built[1:4] == ["build", "--selector", "ml_train"]
    for command in attempt.commands:
        assert '"ml_candidate": true' in command[command.index("--vars") + 1]
    with pytest.raises(AirflowException):
        attempt(Instance(1, 3), 1, [BAD, SKIPPED], **train)
    assert attempt(Instance(2, 3), 0, [GOOD], **train)[1] == "retry"
    assert len(attempt.commands) == 1


def test_a_candidate_below_its_floor_is_no_error_and_one_that_was_not_trained_is(attempt) -> None:
    attempt(Instance(), 1, [GOOD, FLOOR], does=tasks.train)
    with pytest.raises(AirflowException, match="no column x"):
        attempt(Instance(), 1, [GOOD, FLOOR, BAD], does=tasks.train)
    with pytest.raises(AirflowException):
        attempt(Instance(), 1, [GOOD, FLOOR])


def test_what_was_decided_is_logged_and_what_was_kept_is_told(attempt, given, caplog) -> None:
    decisions = [
        {"model_name": "ml_a__model", "is_promoted": True, "reason": "there was no live model"},
        {
            "model_name": "ml_b__model",
            "is_promoted": False,
            "reason": "roc_auc 0.6 is worse than 0.7",
        },
    ]
    outcome = {"decisions": decisions, "publish": ["ml_a__predictions"]}
    instance = Instance()
    with caplog.at_level("INFO"):
        attempt(instance, 0, [GOOD], does=tasks.promote, said=[json.dumps(outcome)])
    decided, promoted = attempt.commands
    assert decided[1:4] == ["build", "--selector", "ml_decide"]
    assert promoted[1:4] == ["--quiet", "run-operation", "promote_models"]
    for command in attempt.commands:
        assert '"ml_candidate": true' in command[command.index("--vars") + 1]
    assert "ml_a__model: promoted, there was no live model" in caplog.text
    alerts.models_kept({"ti": instance, "dag_run": RUN}, decisions)
    [kept] = given
    assert kept.title == "1 of 2 models were kept"
    assert kept.reason == "ml_b__model: roc_auc 0.6 is worse than 0.7"


@pytest.mark.parametrize(
    ("run_type", "successes", "is_built"),
    [
        ("scheduled", 0, False),
        ("scheduled", 1, True),
        ("backfill", 0, False),
        ("manual", 0, True),
        ("operator_triggered", 0, True),
    ],
)
def test_a_scheduled_week_waits_for_its_last_day(
    monkeypatch, run_type, successes, is_built
) -> None:
    asked = []

    def count(**named):
        asked.append(named)
        return successes

    run = SimpleNamespace(
        run_type=run_type,
        data_interval_start=datetime(2013, 3, 4, tzinfo=UTC),
        data_interval_end=datetime(2013, 3, 11, tzinfo=UTC),
    )
    context = {"dag_run": run, "ti": SimpleNamespace(get_dr_count=count)}
    monkeypatch.setattr(tasks, "get_current_context", lambda: context)
    assert tasks.is_day_built("daily_build") is is_built
    last = datetime(2013, 3, 10, tzinfo=UTC)
    wanted = {"dag_id": "daily_build", "logical_dates": [last], "states": ["success"]}
    assert asked == ([wanted] if run_type in ("scheduled", "backfill") else [])


def test_the_error_names_the_nodes_and_their_messages(attempt) -> None:
    instance = Instance()
    with pytest.raises(AirflowException) as raised:
        attempt(instance, 1, [GOOD, BAD, SKIPPED])
    assert str(raised.value) == (
        "`dbt build` of marts failed: 1 success, 1 error, 1 skipped. model.azekura.b: no column x"
    )
    assert [result["status"] for result in instance.pushed["results"]] == [
        *["success", "error", "skipped"]
    ]


def test_of_a_success_only_the_results_are_kept(attempt, tmp_path) -> None:
    attempt(Instance(), 0, [GOOD])
    [folder] = tmp_path.glob("dag_id=daily_build/run_id=*/task_id=marts")
    assert [path.name for path in folder.iterdir()] == [commands.RUN_RESULTS]
    shared = sorted(path.name for path in (tmp_path / "duckdb").iterdir())
    assert shared == [commands.MANIFEST, commands.PARTIAL_PARSE]


def test_a_window_that_cannot_be_meant_is_not_tried_again(monkeypatch) -> None:
    empty = SimpleNamespace(data_interval_start=RUN.data_interval_start)
    empty.data_interval_end = empty.data_interval_start
    monkeypatch.setattr(tasks, "get_current_context", lambda: {"dag_run": empty})
    with pytest.raises(AirflowFailException, match="is empty"):
        tasks.window_of_run()


@pytest.fixture
def given(monkeypatch) -> list[notice.Notice]:
    """The notices that were given."""
    found: list[notice.Notice] = []
    monkeypatch.setattr(notice, "give", found.append)
    return found


def test_the_notices_of_a_task_and_of_its_run_name_what_failed(attempt, given) -> None:
    instance = Instance()
    with pytest.raises(AirflowException) as raised:
        attempt(instance, 1, [GOOD, BAD])
    alerts.task_failed({"ti": instance, "dag_run": RUN, "exception": raised.value})
    alerts.run_failed(
        {
            "dag": SimpleNamespace(dag_id="daily_build"),
            "run_id": instance.run_id,
            "dag_run": RUN,
            "reason": "task_failure",
        }
    )
    task, run = given
    for each in (task, run):
        assert (each.dag, each.run) == ("daily_build", instance.run_id)
        assert each.window == "[2013-03-05, 2013-03-06)"
        assert [node.node for node in each.nodes] == ["model.azekura.b"]
        assert "clearTaskInstances" in each.rerun
    assert task.task == "marts"
    assert task.link.endswith(f"/dags/daily_build/runs/{instance.run_id}/tasks/marts")


def test_the_notice_of_a_late_run_names_it(given) -> None:
    run = {
        "dag_id": "daily_build",
        "dag_run_id": "scheduled__2013-03-06",
        "data_interval_start": "2013-03-05T00:00:00Z",
        "data_interval_end": "2013-03-06T00:00:00Z",
    }
    asyncio.run(alerts.run_late(minutes=60, context={"dag_run": run}))
    [late] = given
    assert late.title == "daily_build: the run is late"
    assert late.window == "[2013-03-05, 2013-03-06)"
    assert late.reason == "It has not ended 60 minutes after it was queued."


def test_a_run_without_a_task_has_built_nothing(given) -> None:
    context = {"dag": SimpleNamespace(dag_id="daily_build"), "run_id": "manual__2026-11-27"}
    alerts.nothing_built({**context, "ti": Instance()})
    assert given == []
    alerts.nothing_built(context)
    [told] = given
    assert told.title == "daily_build: nothing was built"
    assert told.run == "manual__2026-11-27"
    assert "2013-01-01 to 2014-01-01" in told.reason
