"""A small part of the demo lake, landed in two steps, and loaded into BigQuery tables.

First three weeks around 2013-10-01, from when on models are evaluated, and two days in November;
then the night in which summer time ends, with records that are late, changed, doubled or broken.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from google.cloud import bigquery

from ingest.lake import partition_path
from ingest.nycflights13 import AIRCRAFT, AIRPORTS, CARRIERS, FLIGHTS, SOURCE, WEATHER, land

FIRST = [(date(2013, 9, 15), date(2013, 10, 5)), (date(2013, 11, 1), date(2013, 11, 2))]
SECOND = [(date(2013, 11, 3), date(2013, 11, 4))]
CORRECTED = date(2013, 11, 3)
NOON = datetime(2013, 11, 3, 12, tzinfo=UTC)

# the columns that an external table has besides the file's: its partition, and a pseudo column
FOLDER, FILE = "ingested_date", "_file_name"


def land_first(lake: Path) -> None:
    for first, last in FIRST:
        land(str(lake), first, last)


def land_second(lake: Path) -> None:
    """The next two days, and a file of corrections for each table."""
    for first, last in SECOND:
        land(str(lake), first, last)
    _corrected_flights(lake)
    _corrected_text(lake)


def _corrected_flights(lake: Path) -> None:
    """Flights of the day before told again: 40 as they turned out, one doubled, two unusable."""
    told = pq.read_table(_file(lake, FLIGHTS, date(2013, 11, 2))).slice(100, 43)
    later = pa.array([NOON] * len(told), pa.timestamp("us", "UTC"))
    told = _with(told, "ingested_at", later)
    told = _with(told, "dep_delay", pc.add(told["dep_delay"], 7))
    told = pa.concat_tables([told, told.slice(0, 1)])
    number = pa.array(range(len(told)))
    nobody = pc.if_else(pc.equal(number, 41), None, told["carrier"])
    told = _with(told, "carrier", nobody)
    no_clock = pc.if_else(pc.equal(number, 42), 2460, told["sched_dep_time"])
    told = _with(told, "sched_dep_time", no_clock)
    pq.write_table(told, _correction(lake, FLIGHTS))


def _corrected_text(lake: Path) -> None:
    now = NOON.isoformat()
    hours = _file(lake, WEATHER, CORRECTED).read_text().splitlines()
    hot = json.loads(hours[1]) | {"temp": "hot"}
    warmer = json.loads(hours[2])
    warmer |= {"temp": 61.5, "ingested_at": now}
    lines = [hours[0], json.dumps(hot), json.dumps(warmer), '{"origin": "EWR", ', ""]
    _correction(lake, WEATHER).write_text("\n".join(lines) + "\n")

    san_juan = {
        "faa": "SJU",
        "name": "Luis Muñoz Marín “San Juan”",
        "lat": 18.43917,
        "lon": -66.00183,
        "alt": 9,
        "tz": -4,
        "dst": "N",
        "tzone": "America/Puerto_Rico",
        "event_at": now,
        "ingested_at": now,
    }
    _correction(lake, AIRPORTS).write_text(json.dumps(san_juan, ensure_ascii=False) + "\n")

    header = _file(lake, CARRIERS, date(2013, 1, 1)).read_text().splitlines()[0]
    lines = [header, f'UA,"United, renamed ""Air"" Lines",{now},{now}', f"XX,one,two,{now},{now}"]
    _correction(lake, CARRIERS).write_text("\n".join(lines) + "\n")

    header = _file(lake, AIRCRAFT, date(2013, 1, 1)).read_text().splitlines()[0]
    lines = [header, f"N10156,2004,Fixed wing,EMBRAER,EMB-145XR,2,fifty,NA,Turbo-fan,{now},{now}"]
    _correction(lake, AIRCRAFT).write_text("\r\n".join(lines) + "\r\n")


def load(client: bigquery.Client, dataset: str, lake: Path, loaded: set[Path]) -> None:
    """Append every file that is not in `loaded` to the table that stands for its external table."""
    client.create_dataset(dataset, exists_ok=True)
    for path in sorted((lake / SOURCE).glob("*/*/*")):
        if path not in loaded:
            options = bigquery.LoadJobConfig(
                source_format=bigquery.SourceFormat.PARQUET,
                write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
                time_partitioning=bigquery.TimePartitioning(field=FOLDER),
            )
            content = pa.BufferOutputStream()
            pq.write_table(_as_external(path), content)
            client.load_table_from_file(
                pa.BufferReader(content.getvalue()),
                f"{dataset}.{path.parts[-3]}",
                job_config=options,
            ).result()
            loaded.add(path)


def _as_external(path: Path) -> pa.Table:
    """A file's rows as BigQuery's external table over it has them: see docs/bigquery.md."""
    if path.suffix == ".parquet":
        rows = pq.read_table(path)
    else:
        header = 1 if path.suffix == ".csv" else 0
        lines = path.read_bytes().decode().split("\n")
        rows = pa.table({"raw_record": [line for line in lines[header:] if line]})
    day = date.fromisoformat(path.parent.name.removeprefix(f"{FOLDER}="))
    rows = rows.append_column(FOLDER, pa.repeat(pa.scalar(day, pa.date32()), len(rows)))
    return rows.append_column(FILE, pa.repeat(pa.scalar(str(path)), len(rows)))


def _with(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    position = table.schema.get_field_index(column)
    return table.set_column(position, column, values.cast(table.schema.field(column).type))


def _file(lake: Path, entity, day: date) -> Path:
    return lake / partition_path(SOURCE, entity.name, day, entity.format)


def _correction(lake: Path, entity) -> Path:
    path = _file(lake, entity, CORRECTED).with_name(f"corrections.{entity.format}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
