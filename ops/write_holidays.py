"""Writes the holidays that the engine knows: `make holidays`.

The dates are those of the package `holidays`, which BigQuery's own table resembles. BigQuery prints
the names and the windows of the United States; holidays of the same name have the same window
everywhere, and all others a day before and a day after.
"""

import datetime
import json
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import holidays
from bqml_vocabulary.options import OPTIONS

FILE = Path(__file__).parents[1] / "ml/bqml_vocabulary/holidays.json"
YEARS = range(2000, 2041)
FEWEST = 5  # years: what is kept less often is no holiday of every year
GROUPS = {
    "GLOBAL": ["AU", "BR", "CA", "CN", "DE", "FR", "GB", "IN", "JP", "MX", "US", "ZA"],
    "NA": ["US", "CA"],
    "JAPAC": ["AU", "CN", "HK", "ID", "IN", "JP", "KR", "MY", "NZ", "PH", "SG", "TH", "TW", "VN"],
    "EMEA": [
        "AT",
        "BE",
        "CH",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ],
    "LAC": ["AR", "BR", "CL", "CO", "EC", "MX", "PE", "VE"],
}
"""A holiday of a group is one that at least half of its countries have, on the same day."""
NAMES = {
    "New Year's Day": "NewYear",
    "Christmas Day": "Christmas",
    "Martin Luther King Jr. Day": "MLKDay",
    "Washington's Birthday": "PresidentDay",
    "Juneteenth National Independence Day": "Juneteenth",
    "Veterans Day": "VeteranDay",
    "Thanksgiving Day": "Thanksgiving",
    "Labour Day": "LaborDay",
}
COUNTRIES = [
    region for region in OPTIONS["ARIMA_PLUS"]["holiday_region"]["allowed"] if region not in GROUPS
]
WINDOWS = {
    "Christmas": (10, 1),
    "MothersDay": (6, 1),
    "NewYear": (5, 3),
    "Thanksgiving": (3, 5),
    "Valentine": (3, 1),
    "EasterMonday": (8, 1),
}


def camel(name: str) -> str:
    """The name as BigQuery writes names: one that a column can have."""
    plain = unicodedata.normalize("NFKD", NAMES.get(name, name)).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
    text = "".join(word[0].upper() + word[1:] for word in words)
    return text if not text[:1].isdigit() else f"Day{text}"


def of_country(code: str) -> dict[str, set[datetime.date]]:
    """The days of each holiday."""
    # where there are no names in another language, this one is theirs
    known = holidays.country_holidays(code, years=YEARS, observed=False, language="en_US")
    found = defaultdict(set)
    for day in known:
        for name in known.get_list(day):
            plain = re.sub(r"\s*\((estimated|observed)[^)]*\)", "", name)
            found[camel(plain)].add(day)
    return {name: days for name, days in found.items() if len({d.year for d in days}) >= FEWEST}


def nth(year: int, month: int, weekday: int, number: int) -> datetime.date:
    """The weekday of that number, Monday being 0, of a month."""
    first = datetime.date(year, month, 1)
    return first + datetime.timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1))


def american() -> dict[str, set[datetime.date]]:
    """Days that BigQuery knows of the United States and that are no public holidays."""
    easter = holidays.country_holidays("DE", years=YEARS, language="en_US")
    return {
        "Valentine": {datetime.date(year, 2, 14) for year in YEARS},
        "StPatrickDay": {datetime.date(year, 3, 17) for year in YEARS},
        "Halloween": {datetime.date(year, 10, 31) for year in YEARS},
        "MothersDay": {nth(year, 5, 6, 2) for year in YEARS},
        "EasterMonday": {day for day in easter if "Easter Monday" in easter.get_list(day)},
        "DaylightSavingStart": {
            nth(year, 3, 6, 2) if year > 2006 else nth(year, 4, 6, 1) for year in YEARS
        },
        "DaylightSavingEnd": {
            nth(year, 11, 6, 1) if year > 2006 else _last_sunday_of_october(year) for year in YEARS
        },
        "Superbowl": {nth(year, 2, 6, 2 if year > 2021 else 1) for year in YEARS if year > 2003},
    }


def _last_sunday_of_october(year: int) -> datetime.date:
    last = datetime.date(year, 10, 31)
    return last - datetime.timedelta((last.weekday() + 1) % 7)


def runs(days: set[datetime.date]) -> tuple[list[datetime.date], int]:
    """The first days of holidays of several days, and how many follow the first at most."""
    starts, longest = [], 0
    for day in sorted(days):
        if starts and (day - starts[-1]).days <= longest + 1 and (day - starts[-1]).days < 14:
            longest = max(longest, (day - starts[-1]).days)
        else:
            starts.append(day)
    return starts, longest


def row(name: str, days: set[datetime.date]) -> dict[str, object]:
    """Of one holiday: days before and after, and a date of every year or all dates."""
    starts, more = runs(days)
    before, after = WINDOWS.get(name, (1, 1))
    in_year = {f"{day:%m-%d}" for day in starts}
    always = len(in_year) == 1 and len(starts) == len(YEARS)
    dates = in_year.pop() if always else [f"{day:%Y-%m-%d}" for day in starts]
    return {"before": before, "after": after + more, "dates": dates}


def main() -> None:
    countries = {code: of_country(code) for code in COUNTRIES}
    countries["US"] |= american()
    regions = dict(countries)
    for group, members in GROUPS.items():
        votes: dict[tuple[str, datetime.date], int] = defaultdict(int)
        for code in members:
            for name, days in countries[code].items():
                for day in days:
                    votes[name, day] += 1
        common = defaultdict(set)
        for (name, day), count in votes.items():
            if 2 * count >= len(members) and count > 1:
                common[name].add(day)
        regions[group] = common
    lines = [
        f"  {json.dumps(region)}: {{\n"
        + ",\n".join(
            f"    {json.dumps(name)}: {json.dumps(row(name, days))}"
            for name, days in sorted(found.items())
        )
        + "\n  }"
        for region, found in sorted(regions.items())
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
