"""Commands of the project: how they are written, and how they are run.

They run in the project's own environment, as processes that end with the task: on Linux the kernel
kills them when the process that started them dies, so a task that is tried again finds no older
writer at work.
"""

import ctypes
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestration.settings import Settings
from orchestration.windows import Window

RUN_RESULTS = "run_results.json"
PARTIAL_PARSE = "partial_parse.msgpack"
MANIFEST = "manifest.json"

# of Airflow's own, and what would lead dbt or Python elsewhere
_HIDDEN = ("AIRFLOW", "AZEKURA_NOTICE", "PYTHON", "VIRTUAL_ENV", "DBT_")
_PR_SET_PDEATHSIG = 1


def dbt_build(
    settings: Settings,
    folder: Path,
    window: Window | None,
    *,
    selector: str = "",
    select: str = "",
    full_refresh: bool = False,
    candidate: bool = False,
) -> list[str]:
    """The command that builds a selector of selectors.yml, or what `select` names; of what lies in
    ml/models the candidates, if so asked.

    `buildable` runs a test with the last of its parents: of each layer once, and never before the
    tables it reads are there. Unit tests try code on made-up rows, which no day changes: they are
    for `make test`.
    """
    command = [settings.command("dbt"), "build"]
    command += ["--selector", selector] if selector else ["--select", *shlex.split(select)]
    command += ["--indirect-selection", "buildable", "--exclude-resource-type", "unit_test"]
    if window is not None:
        command += ["--event-time-start", str(window.start), "--event-time-end", str(window.end)]
    if full_refresh:
        command += ["--full-refresh"]
    return command + _variables(candidate) + _places(settings, folder)


def dbt_retry(settings: Settings, folder: Path) -> list[str]:
    """The command that runs what the last one in this folder left failed or skipped."""
    return [settings.command("dbt"), "retry", *_places(settings, folder)]


def dbt_operation(
    settings: Settings, folder: Path, macro: str, *, candidate: bool = False
) -> list[str]:
    """The command that runs a macro; what the macro prints is all that it says."""
    command = [settings.command("dbt"), "--quiet", "run-operation", macro]
    return command + _variables(candidate) + _places(settings, folder)


def dbt_parse(settings: Settings, folder: Path) -> list[str]:
    """The command that writes the manifest and builds nothing."""
    return [settings.command("dbt"), "parse", *_variables(), *_places(settings, folder)]


def land(settings: Settings, window: Window) -> list[str]:
    """The command that lands the days of the window."""
    words = shlex.split(settings.landing)
    words = [word.format(first=window.start, last=window.last) for word in words]
    return _in_environment(settings, words)


def check_freshness(settings: Settings, window: Window) -> list[str]:
    """The command that says which sources are late at the end of the window."""
    words = ["python", "-m", "ingest.freshness", "--at", str(window.end)]
    return _in_environment(settings, words)


def materialize(settings: Settings, manifest: Path) -> list[str]:
    """The command that brings the online store up to date."""
    words = ["python", "-m", "serving", "materialize", "--manifest", str(manifest)]
    return _in_environment(settings, words)


def _in_environment(settings: Settings, words: list[str]) -> list[str]:
    name, *arguments = words
    return [settings.command(name), *arguments] if name in ("python", "dbt") else words


def _variables(candidate: bool = False) -> list[str]:
    """The same in every task: for other variables dbt would parse the whole project anew."""
    return [
        "--vars",
        json.dumps({"run_history": True} | ({"ml_candidate": True} if candidate else {})),
    ]


def _places(settings: Settings, folder: Path) -> list[str]:
    return [
        "--target",
        settings.target,
        "--project-dir",
        str(settings.home),
        "--profiles-dir",
        str(settings.home),
        "--target-path",
        str(folder),
        "--log-path",
        str(folder),
    ]


def environment(
    settings: Settings, context: Mapping[str, str], base: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of a command. dbt puts the context into its artifacts and run_history."""
    kept = {name: value for name, value in base.items() if not name.startswith(_HIDDEN)}
    kept["PATH"] = os.pathsep.join([str(settings.commands), base.get("PATH", os.defpath)])
    kept |= {"DO_NOT_TRACK": "1", "DBT_USE_COLORS": "false"}
    for name, value in context.items():
        kept[f"DBT_ENV_CUSTOM_ENV_{name}"] = value
    return kept


def run(
    command: Sequence[str],
    directory: Path,
    variables: Mapping[str, str],
    say: Callable[[str], object],
) -> int:
    """Run a command, hand on what it says line by line, and give its exit code.

    Raises FileNotFoundError in one sentence if there is no such command. However this ends, the
    command has ended.
    """
    say("$ " + shlex.join(command))
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=die_with_parent,
        )
    except FileNotFoundError:
        raise FileNotFoundError(
            f"There is no {command[0]} to run in {directory}:"
            " run `make setup` there, or set AZEKURA_HOME and AZEKURA_COMMANDS."
        ) from None
    with process:
        try:
            for line in process.stdout:
                say(line.rstrip("\n"))
        except BaseException:
            process.kill()
            raise
    return process.returncode


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies; on Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
