"""Whether a day costs more the more days there are: a day's `dbt build` at the end of each month.

    python benchmarks/daily_run.py [--months 12]

Builds 2013 month by month into a lake and a database of its own, as the DAG backfill does, and the
last day of each month alone, as daily_build does: the same commands. Prints CPU seconds per layer,
which other work on the machine changes less than the clock, the seconds of the day by the clock,
and the rows that arrived.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "dags"))

from orchestration import commands, results  # noqa: E402
from orchestration.settings import Settings  # noqa: E402
from orchestration.windows import Window  # noqa: E402

LAYERS = ("lake", "warehouse", "marts", "features")
ARRIVED = "select count(*) from lake.stg_nycflights13__flights where ingested_date = ?"
ALL = "select count(*) from lake.stg_nycflights13__flights"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13))
    months = parser.parse_args().months
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = Settings.read(
            {"AZEKURA_STATE": str(place), "AZEKURA_COMMANDS": str(Path(sys.executable).parent)}
        )
        environment = os.environ | {
            "AZEKURA_LAKE": str(place / "lake"),
            "AZEKURA_DUCKDB": str(place / "azekura.duckdb"),
        }
        run = Runs(settings, place / "target", environment)
        layers = " | ".join(f"{layer} CPU s" for layer in LAYERS)
        print(f"| day | {layers} | all CPU s | all s | arrived | in all |")
        print("|---|" + "---:|" * (len(LAYERS) + 4))
        for month in range(1, months + 1):
            first = date(2013, month, 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            run.build(Window(first, last), ("data",))
            begun = time.monotonic()
            seconds = run.build(Window(last, last + timedelta(days=1)), LAYERS)
            passed = time.monotonic() - begun
            with duckdb.connect(environment["AZEKURA_DUCKDB"], read_only=True) as connection:
                [(arrived,)] = connection.execute(ARRIVED, [last]).fetchall()
                [(rows,)] = connection.execute(ALL).fetchall()
            cells = [f"{each:.1f}" for each in (*seconds, sum(seconds), passed)]
            print(f"| {last} | {' | '.join(cells)} | {arrived:,} | {rows:,} |", flush=True)


class Runs:
    """Commands of the DAGs, in one target path."""

    def __init__(self, settings: Settings, folder: Path, environment: dict[str, str]) -> None:
        self._settings, self._folder, self._environment = settings, folder, environment

    def build(self, window: Window, selectors: tuple[str, ...]) -> list[float]:
        """Land a window and build the selectors; the CPU seconds of each."""
        self._run(commands.land(self._settings, window))
        return [
            self._run(commands.dbt_build(self._settings, self._folder, window, selector=selector))
            for selector in selectors
        ]

    def _run(self, command: list[str]) -> float:
        before = _cpu_of_children()
        ended = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True
        )
        if ended.returncode:
            found = results.read(self._folder / commands.RUN_RESULTS)
            sys.exit(f"{json.dumps(command)}: {results.summary(found)}\n{ended.stdout[-2000:]}")
        return _cpu_of_children() - before


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
