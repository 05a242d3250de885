"""What differs between a laptop and Cloud Composer: all of it comes from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.windows import WindowError, day

LANDING = "python -m ingest --from {first} --to {last}"


class SettingError(ValueError):
    """A variable of the environment cannot be meant."""


@dataclass(frozen=True)
class Settings:
    """Where the project lies, which warehouse it builds, and which days there are."""

    home: Path
    """The dbt project."""
    commands: Path
    """The folder that holds `dbt` and `python`, of the environment the project is installed in."""
    state: Path
    """Target paths of the runs; on several machines a folder that they share."""
    target: str
    """The target in profiles.yml."""
    landing: str
    """The command that lands the days {first} to {last}, both inclusive; empty: others do."""
    first_day: date
    last_day: date | None
    """The days that are scheduled, both inclusive; None: without end."""
    deadline_minutes: int
    """A daily run that takes longer is reported."""
    retry_seconds: int
    """Between a try that failed and the first that follows; the next wait longer."""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process. Raises SettingError naming the variable."""

        def given(name: str, default: str) -> str:
            return environment.get(f"AZEKURA_{name}") or default

        # the folder above dags/, unless dags/ was uploaded alone
        home = Path(given("HOME", str(Path(__file__).parents[2])))
        return cls(
            home=home,
            commands=Path(given("COMMANDS", str(home / ".venv" / "bin"))),
            state=Path(given("STATE", str(home / ".airflow" / "state"))),
            target=given("TARGET", "duckdb"),
            landing=environment.get("AZEKURA_LANDING", LANDING),
            first_day=_day("FIRST_DAY", given("FIRST_DAY", "2013-01-01")),
            last_day=_last_day(environment.get("AZEKURA_LAST_DAY", "2014-01-01")),
            deadline_minutes=_positive("DEADLINE_MINUTES", given("DEADLINE_MINUTES", "60")),
            retry_seconds=_positive("RETRY_SECONDS", given("RETRY_SECONDS", "20")),
        )

    @property
    def pool(self) -> str:
        """DuckDB has one writer, so its tasks share the one slot of a pool of their own."""
        return "duckdb" if self.target == "duckdb" else "default_pool"

    def command(self, name: str) -> str:
        """The path of a command of the project's environment."""
        return str(self.commands / name)


def _last_day(text: str) -> date | None:
    return _day("LAST_DAY", text) if text else None


def _day(name: str, text: str) -> date:
    try:
        return day(text)
    except WindowError as error:
        raise SettingError(f"AZEKURA_{name}: {error}") from None


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        unit = name.rpartition("_")[2].lower()
        raise SettingError(
            f"AZEKURA_{name} is {text!r}: give a whole number of {unit}, such as 60."
        )
    return int(text)
