"""The command lines, and how commands are run."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from orchestration import commands
from orchestration.windows import Window

DAYS = Window(date(2013, 3, 5), date(2013, 3, 8))


def test_a_layer_is_built_with_the_bounds_of_the_window(settings, tmp_path) -> None:
    assert commands.dbt_build(settings, tmp_path / "run", DAYS, selector="marts") == [
        "/commands/dbt",
        "build",
        "--selector",
        "marts",
        "--indirect-selection",
        "buildable",
        "--exclude-resource-type",
        "unit_test",
        "--event-time-start",
        "2013-03-05",
        "--event-time-end",
        "2013-03-08",
        "--vars",
        '{"run_history": true}',
        "--target",
        "duckdb",
        "--project-dir",
        str(tmp_path),
        "--profiles-dir",
        str(tmp_path),
        "--target-path",
        str(tmp_path / "run"),
        "--log-path",
        str(tmp_path / "run"),
    ]


def test_a_selection_may_have_words_and_no_window(settings, tmp_path) -> None:
    command = commands.dbt_build(
        settings, tmp_path, None, select="fct_flight+ tag:marts", full_refresh=True
    )
    assert command[2:5] == ["--select", "fct_flight+", "tag:marts"]
    assert "--full-refresh" in command
    assert "--event-time-start" not in command


def test_landing_takes_both_days_inclusive(settings) -> None:
    assert commands.land(settings, DAYS) == [
        "/commands/python",
        *["-m", "ingest", "--from", "2013-03-05", "--to", "2013-03-07"],
    ]


def test_a_command_sees_the_project_and_not_airflow(settings) -> None:
    base = {
        "PATH": "/bin",
        "HOME": "/h",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "x",
        "AZEKURA_NOTICE_SMTP_PASSWORD": "x",
        "AZEKURA_DUCKDB": "a.duckdb",
        "PYTHONPATH": "dags",
        "VIRTUAL_ENV": "x",
        "DBT_TARGET_PATH": "x",
    }
    assert commands.environment(settings, {"dag_id": "daily"}, base) == {
        "PATH": "/commands:/bin",
        "HOME": "/h",
        "AZEKURA_DUCKDB": "a.duckdb",
        "DO_NOT_TRACK": "1",
        "DBT_USE_COLORS": "false",
        "DBT_ENV_CUSTOM_ENV_dag_id": "daily",
    }


def run(code: str, said: list[str], directory: Path) -> int:
    return commands.run([sys.executable, "-c", code], directory, os.environ, said.append)


def test_what_a_command_says_is_handed_on_line_by_line(tmp_path) -> None:
    said: list[str] = []
    code = "import sys; print('one'); sys.stdout.flush(); print('two', file=sys.stderr); exit(3)"
    assert run(code, said, tmp_path) == 3
    assert said[1:] == ["one", "two"]


def test_a_command_that_is_not_there_says_what_to_set(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="AZEKURA_COMMANDS"):
        commands.run(["/no/dbt", "build"], tmp_path, {}, print)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does it")
def test_a_command_dies_with_the_process_that_runs_it(tmp_path) -> None:
    inner = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    outer = (
        "import os, sys; from pathlib import Path; from orchestration import commands;"
        f"commands.run([sys.executable, '-c', {inner!r}], Path('.'), os.environ,"
        " lambda line: print(line, flush=True))"
    )
    dags = Path(commands.__file__).parents[1]
    runner = subprocess.Popen(
        [sys.executable, "-c", outer],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(dags)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with runner:
        runner.stdout.readline()
        command = int(runner.stdout.readline())
        assert alive(command)
        runner.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while alive(command) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(command)


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
