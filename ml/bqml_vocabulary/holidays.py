"""The holidays that BigQuery ML knows by region (`holidays.json`, which `make holidays` writes)."""

import datetime
import functools
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any, NamedTuple

YEARS = range(2000, 2041)
"""Those of the table."""


class Holiday(NamedTuple):
    """One holiday of one year: it lasts from `before` days before its date to `after` after it."""

    region: str
    name: str
    date: datetime.date
    before: int
    after: int


@functools.cache
def _content() -> dict[str, dict[str, dict[str, Any]]]:
    file = resources.files("bqml_vocabulary").joinpath("holidays.json")
    return json.loads(file.read_text("utf-8"))


def names_of(regions: Iterable[str]) -> list[str]:
    """The names of all holidays of some regions, in alphabetical order."""
    return sorted({name for region in regions for name in _content()[region]})


def holidays_of(region: str) -> list[Holiday]:
    """All holidays of a region, by name and date."""
    found = []
    for name, row in _content()[region].items():
        dates = row["dates"]
        texts = [f"{year}-{dates}" for year in YEARS] if isinstance(dates, str) else dates
        found += [
            Holiday(region, name, datetime.date.fromisoformat(text), row["before"], row["after"])
            for text in texts
        ]
    return found
