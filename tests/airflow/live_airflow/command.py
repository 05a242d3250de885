"""`make airflow`, with its own folder, port, lake and warehouse."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import httpx

from live_airflow.client import Client, Run, Task
from live_airflow.processes import Process, below, listed

ROOT = Path(__file__).parents[3]
COMMAND = [str(ROOT / ".venv-airflow" / "bin" / "python"), str(ROOT / "ops" / "local_airflow.py")]
LANDING = Path(__file__).with_name("landing.py")
STARTED_AFTER = 240  # seconds, at most
STOPPED_AFTER = 60

Found = TypeVar("Found")


class LocalAirflow:
    """Airflow as a user of this machine has it."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.home = folder / "airflow"
        self.lake = folder / "lake"
        self.database = folder / "azekura.duckdb"
        self.signs = folder / "signs"
        self.signs.mkdir()
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.api = Client(self.address)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AIRFLOW", "AZEKURA", "DBT_", "PYTHON", "VIRTUAL_ENV"))
        }
        self.environment = {
            **kept,
            "AZEKURA_AIRFLOW_HOME": str(self.home),
            "AZEKURA_AIRFLOW_PORT": str(port),
            "AZEKURA_LAKE": str(self.lake),
            "AZEKURA_DUCKDB": str(self.database),
            "AZEKURA_ONLINE_STORE": f"sqlite:///{folder / 'online.sqlite'}",
            "AZEKURA_LANDING": f"python {LANDING} {self.signs} {{first}} {{last}}",
            **variables,
        }
        first = datetime.fromisoformat(variables["AZEKURA_FIRST_DAY"]).replace(tzinfo=UTC)
        self._logical_dates = (first + timedelta(seconds=number) for number in count(1))
        self._process: subprocess.Popen | None = None
        self._seen: set[int] = set()

    @property
    def id(self) -> int:
        return self._process.pid

    def start(self) -> float:
        """Start it and wait until it says that it runs; the seconds that took."""
        begun = time.monotonic()
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                COMMAND, cwd=ROOT, env=self.environment, stdout=said, stderr=subprocess.STDOUT
            )
        self.until(
            "Airflow says that it has started",
            lambda: "Ctrl-C stops all of it" in self._said.read_text(),
            STARTED_AFTER,
        )
        return time.monotonic() - begun

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """As Ctrl-C does."""
        if not self.runs:
            return
        self._see()
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(STOPPED_AFTER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(
                f"Airflow was not stopped after {STOPPED_AFTER} seconds.\n{self.tails()}"
            ) from None
        assert code == 0, f"Airflow ended with {code}.\n{self.tails()}"

    def has_ended_by_itself(self) -> None:
        """As it does when one of its components has ended."""
        try:
            code = self._process.wait(STOPPED_AFTER)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"Airflow goes on without a component that was killed.\n{self.tails()}"
            ) from None
        assert code == 1, f"Airflow ended with {code}.\n{self.tails()}"

    def left_behind(self) -> list[Process]:
        """Processes that came of it and outlived it; a number may have been given anew."""
        return [
            process
            for process in listed()
            if process.id in self._seen and ("airflow" in process.words or "dbt" in process.words)
        ]

    def airflow(self, *words: str) -> str:
        """What the command `airflow` says of it."""
        ended = subprocess.run(
            [*COMMAND, *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert ended.returncode == 0, f"airflow {' '.join(words)}:\n{ended.stdout}"
        return ended.stdout

    def until(self, what: str, asked: Callable[[], Found], seconds: float) -> Found:
        """Ask until the answer is true; fail with one sentence and the ends of the logs."""
        end = time.monotonic() + seconds
        while True:
            self._see()
            try:
                if found := asked():
                    return found
            except httpx.TransportError as error:
                if time.monotonic() > end:
                    raise AssertionError(f"Airflow does not answer: {error}") from error
            code = self._process.poll()
            assert code is None, f"Airflow ended with {code} before {what}.\n{self.tails()}"
            assert time.monotonic() < end, f"Not after {seconds:.0f} s: {what}.\n{self.tails()}"
            time.sleep(0.25)

    def build(self, start: date, end: date) -> Run:
        """A run of daily_build, by hand, of the days from `start` to before `end`.

        Its logical date has nothing to do with them: it must be one of the schedule's days, and no
        other run's.
        """
        return self.api.trigger(
            "daily_build", logical_date=next(self._logical_dates), interval=(start, end)
        )

    def ended(self, run: Run, seconds: float = 600) -> Run:
        """The run when it has ended, however."""
        self.until(f"run {run.id} of {run.dag} ends", lambda: self.api.run(run).has_ended, seconds)
        return self.api.run(run)

    def succeeded(self, run: Run, seconds: float = 600) -> Run:
        """The run when it has succeeded."""
        found = self.ended(run, seconds)
        assert found.state == "success", self.told_of(found)
        return found

    def task_when(self, run: Run, name: str, state: str, seconds: float = 120) -> Task:
        """A task of a run once it is in a state."""

        def asked() -> Task | None:
            task = self.api.tasks(run).get(name)
            return task if task and task.state == state else None

        return self.until(f"task {name} of {run.id} is {state}", asked, seconds)

    def told_of(self, run: Run) -> str:
        """The tasks of a run, and the ends of the logs of those that failed."""
        tasks = self.api.tasks(run)
        states = ", ".join(f"{task.name}: {task.state}" for task in tasks.values())
        logs = "\n".join(
            f"--- {task.name}, try {task.tries}\n{_end(self.api.log(run, task.name, task.tries))}"
            for task in tasks.values()
            if task.state == "failed"
        )
        return f"run {run.id} of {run.dag} is {run.state} ({states}).\n{logs}"

    def tails(self) -> str:
        """The ends of what the command and its components have said."""
        paths = [self._said, *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(f"--- {path}\n{_end(path.read_text())}" for path in paths)

    @property
    def _said(self) -> Path:
        return self.folder / "said.log"

    def _see(self) -> None:
        self._seen |= {process.id for process in below(self.id)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end(text: str) -> str:
    return "\n".join(line[:300] for line in text.splitlines()[-12:])
