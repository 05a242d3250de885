"""Which sources are late: `python -m ingest.freshness --at 2013-03-05`.

A source's `freshness` in its YAML says, as dbt has it, after how long without records a table is
late: `warn_after` and `error_after`, each of a count and a period. `dbt source freshness` asks the
warehouse and counts from now; here the lake's own files are asked, on a local disk or in Cloud
Storage, as of any day: a replay of the past is not late. The age of a table is that of the end of
its newest `ingested_date`.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from ingest import IngestError, UsageError
from ingest.lake import Lake

PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
DAY = re.compile(r"ingested_date=(\d{4}-\d{2}-\d{2})/")


@dataclass(frozen=True)
class Expectation:
    """After how long without records a table of a source is late, and when too late."""

    source: str
    table: str
    warn_after: timedelta | None
    error_after: timedelta | None


@dataclass(frozen=True)
class Freshness:
    """How old the newest records of a table are."""

    expected: Expectation
    newest: date | None
    age: timedelta | None

    @property
    def status(self) -> str:
        if self._exceeds(self.expected.error_after):
            return "error"
        return "warn" if self._exceeds(self.expected.warn_after) else "pass"

    def _exceeds(self, limit: timedelta | None) -> bool:
        return limit is not None and (self.age is None or self.age > limit)

    def __str__(self) -> str:
        name = f"{self.expected.source}.{self.expected.table}"
        if self.newest is None:
            return f"{self.status}  {name}: no files"
        return f"{self.status}  {name}: newest of {self.newest}, {self.age} old"


def expectations(project: Path) -> Iterator[Expectation]:
    """What the YAML below models/ says of each table. Raises UsageError naming what is wrong."""
    for path in sorted(project.glob("models/**/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text())["sources"]:
            inherited = source.get("config", {}).get("freshness")
            for table in source["tables"]:
                limits = table.get("config", {}).get("freshness", inherited)
                if limits:
                    name = f"{path.name}: freshness of {source['name']}.{table['name']}"
                    yield Expectation(
                        source["name"],
                        table["name"],
                        _duration(limits.get("warn_after"), name),
                        _duration(limits.get("error_after"), name),
                    )


def _duration(limit: dict[str, Any] | None, name: str) -> timedelta | None:
    if limit is None:
        return None
    try:
        return limit["count"] * PERIODS[limit["period"]]
    except (KeyError, TypeError):
        raise UsageError(f"{name}: give a count and a period of {', '.join(PERIODS)}.") from None


def freshness(lake: str, expected: Expectation, at: date) -> Freshness:
    """How old the newest records of a table were at midnight UTC of `at`."""
    paths = Lake(lake).paths(f"{expected.source}/{expected.table}")
    days = (date.fromisoformat(found[1]) for path in paths if (found := DAY.search(path)))
    newest = max((day for day in days if day < at), default=None)
    return Freshness(expected, newest, newest and at - newest - timedelta(days=1))


def main(arguments: list[str] | None = None) -> int:
    """Say how fresh each source is; the result is 1 if one is too late."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest.freshness", description="Say which sources of the lake are late."
    )
    parser.add_argument(
        "--lake",
        default=os.environ.get("AZEKURA_LAKE") or "lake",
        help="local path or gs://bucket/prefix (default: $AZEKURA_LAKE, else lake)",
    )
    parser.add_argument(
        "--at",
        type=date.fromisoformat,
        required=True,
        metavar="YYYY-MM-DD",
        help="the day at whose beginning, UTC, they are asked",
    )
    options = parser.parse_args(arguments)
    try:
        found = [freshness(options.lake, each, options.at) for each in expectations(Path())]
    except IngestError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return error.exit_code
    for each in found:
        print(each)
    return int(any(each.status == "error" for each in found))


if __name__ == "__main__":
    sys.exit(main())
