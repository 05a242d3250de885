"""A small lake of the demo's own records, and of marked ones for what the demo lacks.

The records are taken by rule, not by hand: those of the days below whose key has a hash of the
right remainder, all of a few aircraft, and rare kinds more often than common ones. What the demo's
data never does (a record sent twice, one that cannot be, a line that is broken) is added in files
of its own, named `added`.
"""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest.formats import FORMATS
from ingest.lake import Lake, partition_path
from ingest.nycflights13 import (
    AIRCRAFT,
    AIRPORTS,
    CARRIERS,
    FLIGHTS,
    SOURCE,
    WEATHER,
    Entity,
    arrivals_by_day,
)

# the reporting days whose records are sampled, and what each stretch is there for
DAYS = [
    *("2013-01-01", "2013-01-02"),  # the lake's first
    *("2013-02-28", "2013-03-01"),  # a month's end
    *("2013-03-09", "2013-03-10", "2013-03-11"),  # summer time starts on a Sunday
    *("2013-06-12", "2013-06-13", "2013-06-14", "2013-06-15", "2013-06-16", "2013-06-17"),
    *("2013-07-11", "2013-07-12"),  # 27 and 28 days after the 14th of June
    *("2013-09-03", "2013-09-04"),  # 28 and 27 days before the 1st of October
    *("2013-09-29", "2013-09-30", "2013-10-01", "2013-10-02"),  # var('evaluation_from')
    *("2013-11-02", "2013-11-03", "2013-11-04"),  # summer time ends on a Sunday
    *("2013-12-30", "2013-12-31"),  # the year's end
]
# the days of which an incremental run rebuilds: a Sunday, a month's end, the day of evaluation_from
WINDOW = ("2013-09-29", "2013-10-02")
_TAKEN_OVER = "N176PQ"  # flown by one carrier, then by another
_IN_TWO_PLACES = "N727TW"  # leaves twice at one moment

_FLIGHTS = """
    with dated as (
        select *, cast(timezone('America/New_York', event_at) as date) as flight_date,
            md5_number_lower(concat_ws(' ', carrier, flight, origin, event_at)) % 1000 as draw
        from records
    )
    select * exclude (flight_date, draw) from dated
    where tailnum = $taken_over or (flight_date in (select unnest($days)::date) and draw < case
        when tailnum = $in_two_places then 1000
        when tailnum is null or dep_delay is null then 40
        when arr_delay is null then 300
        when dest in ('BQN', 'PSE', 'SJU', 'STT') then 40
        when ingested_at::date != event_at::date then 40
        else 4
    end)
    order by all
"""
_WEATHER = """
    select * from records
    where cast(event_at as date) in (select unnest($days)::date)
        and md5_number_lower(concat_ws(' ', origin, event_at)) % 1000 < case
            when wind_gust > 200 or precip > 0.2 or temp is null then 600 else 120
        end
    order by all
"""
_AIRCRAFT = """
    select * from records
    where (tailnum in (select tailnum from flights) and md5_number_lower(tailnum) % 10 > 0)
        or md5_number_lower(tailnum) % 500 = 0
    order by all
"""
_AIRPORTS = """
    select * from records
    where faa in (select dest from flights) or faa in ('EWR', 'JFK', 'LGA')
        or md5_number_lower(faa) % 100 = 0 or (tzone is null or tzone = '\\N')
    order by all
"""
_CARRIERS = "select * from records where carrier != 'OO' order by all"


# records of carriers XX and YY, which nobody lists; a change to the record that they are made of
_ADDED_FLIGHTS = {
    "2013-06-14": [
        # sent twice at one moment: not the same, and the same
        "9001 as flight",
        "9001 as flight, dep_delay + 30 as dep_delay, arr_delay + 30 as arr_delay",
        "9001 as flight, null as dep_delay, null as arr_delay",
        "9002 as flight",
        "9002 as flight",
        # corrected a moment later, and on the day after (below)
        "9003 as flight",
        "9003 as flight, ingested_at + interval 1 microsecond as ingested_at, 'N9003' as tailnum",
        "9004 as flight",
        # cannot be
        "9005 as flight, 2460 as sched_dep_time",
        "9005 as flight, -1 as sched_arr_time",
        "9005 as flight, null as dest",
        "9005 as flight, null as distance",
        "9005 as flight, null as event_at",
        "9005 as flight, timestamptz '2013-06-15 00:00:00Z' as ingested_at",
        "9005 as flight, timestamptz '2013-06-16 00:00:00Z' as event_at",
        "9005 as flight, timestamptz '2013-06-12 23:59:59Z' as event_at",
        "null as flight",
        # is strange
        "9006 as flight, 2400 as sched_dep_time, 0 as sched_arr_time",
        "9007 as flight, 'Ñ·ß' as tailnum",
        "9008 as flight, 'n176pq' as tailnum",
        "9009 as flight, '' as tailnum",
        "9010 as flight, 100000 as dep_delay, -100 as arr_delay, 0 as air_time",
        "9011 as flight, 'ORD' as dest, 'N9011' as tailnum",
        "9011 as flight, 'ORD' as dest, 'N9011' as tailnum, 'YY' as carrier",
        # on a boundary: of an hour, a second, a UTC day, a reporting day
        "9012 as flight, timestamptz '2013-06-14 12:00:00Z' as ingested_at",
        "9013 as flight, timestamptz '2013-06-14 11:59:59.999999Z' as ingested_at",
        "9014 as flight, timestamptz '2013-06-14 10:00:00.999999Z' as event_at",
        "9015 as flight, timestamptz '2013-06-14 00:00:00Z' as event_at",
        "9016 as flight, timestamptz '2013-06-14 03:59:59.999999Z' as event_at",
        "9017 as flight, timestamptz '2013-06-14 04:00:00Z' as event_at",
    ],
    "2013-06-15": [
        "9004 as flight, timestamptz '2013-06-15 09:00:00Z' as ingested_at, 999 as dep_delay",
    ],
    # in the window of the incremental run
    "2013-09-30": [
        f"{change}, timestamptz '2013-09-30 23:30:00Z' as event_at,"
        " timestamptz '2013-09-30 23:59:59.999Z' as ingested_at"
        for change in (
            "9019 as flight, 12 as dep_delay",
            "9019 as flight, 9 as dep_delay",
            "9020 as flight, 2399 as sched_dep_time",
        )
    ],
    # before the epoch, where division and truncation of times show their direction
    "1969-12-31": [
        "9018 as flight, timestamptz '1969-12-31 23:59:59.5Z' as event_at,"
        " timestamptz '1969-12-31 23:59:59.25Z' as ingested_at",
    ],
}
_TIMES = '"event_at": "2013-06-14T10:00:00Z", "ingested_at": "2013-06-14T11:00:00Z"'
_HOUR = f'"time_hour": "2013-06-14T10:00:00Z", {_TIMES}'
_ADDED_WEATHER = [
    f'\ufeff{{"origin": "W00", {_HOUR}}}',
    # numbers, written as JSON and as text
    f'{{"origin": "W01", "temp": 1e2, "dewp": -0.0, "humid": 1E-7, "wind_dir": 360, {_HOUR}}}',
    f'{{"origin": "W02", "temp": "39.02", "dewp": "1e1", "humid": ".5", {_HOUR}}}',
    f'{{"origin": "W02", "wind_dir": "+5", {_HOUR}}}',
    f'{{"origin": "W03", "temp": 100000000000000000000, "precip": 0.1, "visib": 10.0, {_HOUR}}}',
    f'{{"origin": "W04", "wind_dir": 39.5, {_HOUR}}}',
    f'{{"origin": "W05", "wind_dir": 9223372036854775808, {_HOUR}}}',
    f'{{"origin": "W06", "temp": "1_000", {_HOUR}}}',
    f'{{"origin": "W07", "temp": "1e999", {_HOUR}}}',
    f'{{"origin": "W08", "temp": 1e999, {_HOUR}}}',
    f'{{"origin": "W09", "wind_dir": "0x1A", "temp": "NaN", {_HOUR}}}',
    f'{{"origin": "W10", "wind_gust": "inf", {_HOUR}}}',
    f'{{"origin": "W11", "temp": "", {_HOUR}}}',
    f'{{"origin": "W12", "temp": true, {_HOUR}}}',
    # other shapes
    f'{{"origin": {{"code": "W13"}}, "temp": [1, 2], {_HOUR}}}',
    f'{{"origin": "W14", "origin": "W15", {_HOUR}}}',
    f'  {{"origin": "\\u00d1\\ud83d\\ude00 \\"W16\\"", "more": null, {_HOUR}}}  ',
    f'{{"origin": "Ñ😀", {_HOUR}}}\r',
    f'{{"origin": "", {_HOUR}}}',
    f'{{"origin": null, {_HOUR}}}',
    "null",
    "[]",
    '"W17"',
    "17",
    "not JSON",
    '{"origin": "W18"',
    '{"origin": "W19",}',
    f'{{"origin": "W19", "temp": NaN, {_HOUR}}}',
    f'{{"origin": "W19, \\\\"NaN\\\\", [1,]", {_HOUR}}}',
    "",
    "\r",
    " ",
    # times
    f'{{"origin": "W20", "time_hour": "2013-06-14 10:00:00.5+02:30", {_TIMES}}}',
    f'{{"origin": "W21", "time_hour": "2013-06-14", {_TIMES}}}',
    f'{{"origin": "W22", "time_hour": "2013-06-14T10:00:00", {_TIMES}}}',
    f'{{"origin": "W23", "time_hour": 1371204000, {_TIMES}}}',
    '{"origin": "W24", "time_hour": "2013-06-14T10:00:00Z", "event_at": "2013-06-14T11:00:00Z",'
    ' "ingested_at": "2013-06-14T10:00:00Z"}',
    # an hour that two records tell of, at one moment
    f'{{"origin": "W25", "temp": 70.5, {_HOUR}}}',
    f'{{"origin": "W25", "temp": 9.5, {_HOUR}}}',
    f'{{"origin": "W25", {_HOUR}}}',
    f'{{"origin": "W26", "wind_speed": 200.0, "wind_gust": 200.00000001, {_HOUR}}}',
]
_START = "2013-01-01T00:00:00Z"
_ADDED_AIRCRAFT = [
    f'N9001,2001,Fixed wing,"ACME, ""Inc.""",A-1,2,100,NA,Turbo-fan,{_START},{_START}',
    f"N9002,NA,,,,,,,,{_START},{_START}",
    f"N9003, 2001 ,x,y,z,+2,100,0,w,{_START},{_START}\r",
    f"N9004,20.0,x,y,z,2,100,0,w,{_START},{_START}",
    f"N9005,1_000,x,y,z,2,100,0,w,{_START},{_START}",
    f"N9006,0x7D1,x,y,z,2,100,0,w,{_START},{_START}",
    f"N9007,2001,x,y,z,2,100,0,w,{_START}",
    f'N9008,2001,x"y,z,w,2,100,0,w,{_START},{_START}',
    f'N9009,2001,"x"y,z,w,2,100,0,w,{_START},{_START}',
    f"Ñ·ß,2001,\\,'z',\"w\",2,100,0,w,{_START},{_START}",
    f",2001,x,y,z,2,100,0,w,{_START},{_START}",
    f"NA,2001,x,y,z,2,100,0,w,{_START},{_START}",
    f"n9001,2001,x,y,z,2,9223372036854775807,-9223372036854775808,w,{_START},{_START}",
    f"N9010,9223372036854775808,x,y,z,2,1,1,w,{_START},{_START}",
    "",
]
_AS_EVER = f'"event_at": "{_START}", "ingested_at": "{_START}"'
_ADDED_AIRPORTS = [
    f'{{"faa": "A01", "name": "One", "lat": 1, "alt": 1.0, {_AS_EVER}}}',
    f'{{"faa": "A02", "name": "Twice", "lat": 1.0, {_AS_EVER}}}',
    f'{{"faa": "A02", "name": "twice", "lat": 1.5, {_AS_EVER}}}',
    f'{{"faa": "A02", "name": "Ñ", "lat": 1.5, {_AS_EVER}}}',
]
_ADDED_CARRIERS = [f'Q1,"Quick ""Q"", Inc.",{_START},{_START}', f"Q2,NA,{_START},{_START}"]
_ADDED_TEXT = [
    (WEATHER, "2013-06-14", _ADDED_WEATHER),
    (AIRCRAFT, "2013-01-01", _ADDED_AIRCRAFT),
    (AIRPORTS, "2013-01-01", _ADDED_AIRPORTS),
    (CARRIERS, "2013-01-01", _ADDED_CARRIERS),
]


def window_variables() -> str:
    """The window as dbt's --vars takes it."""
    return "{{window_start: '{}', window_end: '{}'}}".format(*WINDOW)


def write(folder: Path) -> None:
    """Write the lake into an empty folder."""
    lake = Lake(str(folder))
    flights = _taken(
        FLIGHTS, _FLIGHTS, days=DAYS, taken_over=_TAKEN_OVER, in_two_places=_IN_TWO_PLACES
    )
    everything = {
        FLIGHTS: flights,
        WEATHER: _taken(WEATHER, _WEATHER, days=DAYS),
        AIRCRAFT: _taken(AIRCRAFT, _AIRCRAFT, flights),
        AIRPORTS: _taken(AIRPORTS, _AIRPORTS, flights),
        CARRIERS: _taken(CARRIERS, _CARRIERS),
    }
    for entity, records in everything.items():
        days = pc.cast(records["ingested_at"], pa.date32())
        for day in days.unique().to_pylist():
            arrived = records.filter(pc.equal(days, day))
            path = partition_path(SOURCE, entity.name, day, entity.format)
            lake.write(path, FORMATS[entity.format].write(arrived))
    for day, changes in _ADDED_FLIGHTS.items():
        lake.write(_added(FLIGHTS, day), FORMATS["parquet"].write(_changed(flights, changes)))
    for entity, day, lines in _ADDED_TEXT:
        header = [",".join([*entity.columns.names, "event_at", "ingested_at"])]
        lines = [*(header if entity.format == "csv" else []), *lines, ""]
        lake.write(_added(entity, day), "\n".join(lines).encode())


def _added(entity: Entity, day: str) -> str:
    folder, _, _ = partition_path(
        SOURCE, entity.name, date.fromisoformat(day), entity.format
    ).rpartition("/")
    return f"{folder}/added.{entity.format}"


def _changed(flights: pa.Table, changes: list[str]) -> pa.Table:
    """A flight of the 14th of June 2013, once with each change."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("flights", flights)
        made = (f"select * replace ({change}) from base" for change in changes)
        sql = (
            "with flight as (select * from flights where cast(event_at as date) = '2013-06-14'"
            " and air_time is not null order by event_at, carrier, flight limit 1),"
            " base as (select * replace ('XX' as carrier,"
            " timestamptz '2013-06-14 10:00:00Z' as event_at,"
            " timestamptz '2013-06-14 10:05:00Z' as ingested_at) from flight) "
            + " union all ".join(made)
        )
        return connection.execute(sql).to_arrow_table().cast(flights.schema)


def _taken(
    entity: Entity, sql: str, flights: pa.Table | None = None, **parameters: object
) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        records = pa.concat_tables(arrivals_by_day(entity).values())
        connection.register("records", records)
        if flights is not None:
            connection.register("flights", flights)
        return connection.execute(sql, parameters or None).to_arrow_table().cast(records.schema)
