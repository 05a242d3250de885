"""Bad input gives one clear sentence, and leaves the tables as they were."""

import shutil
from datetime import date

import duckdb
import pytest

from ingest.nycflights13 import land

DAY = "ingested_date=2013-01-02"
REFERENCE = "ingested_date=2013-01-01"


@pytest.fixture(scope="module")
def built(azekura):
    """Two days in the lake, and the lake layer built from them."""
    project = azekura()
    land(str(project.lake), date(2013, 1, 1), date(2013, 1, 2))
    project.build("--select", "tag:lake")
    return project


@pytest.fixture
def lake(built):
    """The built project; its lake is put back afterwards."""
    kept = built.lake.with_name("kept")
    shutil.copytree(built.lake, kept)
    yield built
    shutil.rmtree(built.lake, ignore_errors=True)
    kept.rename(built.lake)


def rows(project, table: str) -> list[tuple]:
    return project.query(f"from lake.stg_nycflights13__{table} order by all")


def flights_file(project):
    return project.lake / "nycflights13" / "flights" / DAY / "flights.parquet"


def run(project, table: str, *arguments: str):
    return project.dbt("run", "--select", f"stg_nycflights13__{table}", *arguments)


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_a_missing_or_empty_lake_says_how_to_land_it(lake, left):
    before = rows(lake, "flights")
    shutil.rmtree(lake.lake)
    if left == "an empty folder":
        lake.lake.mkdir()
    run(lake, "flights").failed_saying("stg_nycflights13__flights", "make lake", "AZEKURA_LAKE")
    assert rows(lake, "flights") == before


def test_a_truncated_parquet_file_is_named(lake):
    before = rows(lake, "flights")
    path = flights_file(lake)
    path.write_bytes(path.read_bytes()[:20_000])
    run(lake, "flights").failed_saying("not a whole Parquet file", str(path), "--replace")
    assert rows(lake, "flights") == before


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("* exclude (carrier)", ["lacks the declared column carrier"]),
        (
            "* replace (dep_delay::varchar as dep_delay)",
            ["column dep_delay as string", "not INT64"],
        ),
    ],
)
def test_a_parquet_file_with_other_columns_is_named(lake, tmp_path, select, words):
    before = rows(lake, "flights")
    path = flights_file(lake)
    shutil.copy(path, tmp_path / "good.parquet")
    duckdb.sql(
        f"copy (select {select} from '{tmp_path}/good.parquet') to '{path}' (format parquet)"
    )
    run(lake, "flights").failed_saying(str(path), *words)
    assert rows(lake, "flights") == before


def test_a_csv_file_with_another_header_is_named(lake):
    before = rows(lake, "carriers")
    path = lake.lake / "nycflights13" / "carriers" / REFERENCE / "carriers.csv"
    path.write_text(path.read_text().replace("carrier,", "code,", 1))
    run(lake, "carriers").failed_saying(str(path), "code, name", "declares carrier, name")
    assert rows(lake, "carriers") == before


def test_malformed_records_go_to_the_rejects_and_do_not_stop_the_run(lake):
    before = rows(lake, "weather")
    path = lake.lake / "nycflights13" / "weather" / DAY / "weather.ndjson"
    good = path.read_bytes()
    count = good.count(b"\n")
    hot = good.splitlines()[0].replace(b'"temp":', b'"temp":"hot","was":')
    late = good.splitlines()[1].replace(b'"event_at":"2013', b'"event_at":"2012')
    bad = [
        b'\xff\xfe{"origin": "EWR"}',
        b"not json",
        b'{"origin": null, "time_hour": "2013-01-02T00:00:00Z"}',
        hot,
        late,
        good.splitlines()[2],
    ]
    path.write_bytes(good + b"\n".join(bad) + b"\n")
    lake.dbt("run", "--select", "tag:lake").succeeded()
    assert rows(lake, "weather") == before
    found = lake.query(
        "select line_number, reject_reason, raw_record from lake.stg_nycflights13__rejects"
        f" where lake_file like '%{DAY}/weather.ndjson' order by line_number"
    )
    reasons = {line - count: reason for line, reason, _ in found}
    assert reasons[1] == "is not valid UTF-8"
    assert reasons[2] == "is not valid JSON"
    assert reasons[3] == "column origin is missing or NULL"
    assert reasons[4] == 'column temp holds "hot", which is not FLOAT64'
    assert reasons[5].startswith("arrived more than 1 day(s) late")
    # of two equal records the last is kept, the first rejected
    [duplicate] = [row for row in found if row[0] <= count]
    assert duplicate[1].startswith("duplicate key (origin, time_hour)")
    assert len(found) == len(bad)
    raw = {line - count: record for line, _, record in found}
    assert raw[1].startswith("\\xFF\\xFE")
    assert raw[2] == "not json"
    run(lake, "rejects", "--full-refresh").succeeded()
    assert len(lake.query("from lake.stg_nycflights13__rejects")) == len(bad)


def test_a_csv_line_with_too_few_fields_is_rejected_and_a_quoted_comma_is_not(lake):
    path = lake.lake / "nycflights13" / "carriers" / REFERENCE / "carriers.csv"
    times = "2013-01-01T00:00:00Z,2013-01-01T00:00:00Z"
    path.write_text(
        path.read_text() + f'Q1,"Quick ""Q"", Inc.",{times}\nQ2,{times}\nQ3,NA,{times}\n'
    )
    lake.dbt("run", "--select", "tag:lake", "--full-refresh").succeeded()
    names = lake.query(
        "select carrier_name from lake.stg_nycflights13__carriers where carrier_code like 'Q%'"
    )
    assert names == [('Quick "Q", Inc.',)]
    reasons = lake.query(
        "select reject_reason from lake.stg_nycflights13__rejects"
        " where source_table = 'carriers' order by line_number"
    )
    assert reasons == [("holds 3 field(s) instead of 4",), ("column name is missing or NULL",)]


def test_a_correction_that_arrives_later_replaces_the_record(lake, tmp_path):
    """The newest arrival wins, whatever the order of files."""
    path = flights_file(lake)
    flight_id, delay = lake.query(
        "select flight_id, departure_delay_minutes from lake.stg_nycflights13__flights"
        " where flight_date = '2013-01-01' and ingested_date = '2013-01-01' order by 1 limit 1"
    )[0]
    later = path.with_name("a_correction.parquet")
    duckdb.sql(
        "copy (select * replace"
        " (timestamptz '2013-01-02 12:00:00+00' as ingested_at, 999 as dep_delay)"
        f" from '{lake.lake}/nycflights13/flights/{REFERENCE}/flights.parquet')"
        f" to '{later}' (format parquet)"
    )
    run(lake, "flights").succeeded()
    [(corrected,)] = lake.query(
        f"select departure_delay_minutes from lake.stg_nycflights13__flights"
        f" where flight_id = '{flight_id}'"
    )
    assert (delay != 999, corrected) == (True, 999)
    later.unlink()
    run(lake, "flights").succeeded()


def rejected(project, table: str) -> list[str]:
    found = project.query(
        "select distinct reject_reason from lake.stg_nycflights13__rejects"
        f" where source_table = '{table}' order by 1"
    )
    return [reason for (reason,) in found]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("9999 as sched_dep_time", "sched_dep_time is not a clock time HHMM"),
        ("null as event_at", "column event_at is missing or NULL"),
        ("timestamptz '2031-02-01' as event_at", "event_at lies more than a day after"),
        ("timestamptz '2099-01-01' as ingested_at", "ingested_at is not of the day of its folder"),
    ],
)
def test_a_flight_that_cannot_be_is_rejected_and_harms_no_other(lake, tmp_path, change, reason):
    before = rows(lake, "flights")
    path = flights_file(lake)
    shutil.copy(path, tmp_path / "good.parquet")
    duckdb.sql(
        f"copy (select * from '{tmp_path}/good.parquet' union all by name"
        f" (select * replace ({change}) from '{tmp_path}/good.parquet' limit 1))"
        f" to '{path}' (format parquet)"
    )
    lake.dbt("run", "--select", "tag:lake").succeeded()
    assert rows(lake, "flights") == before
    [found] = rejected(lake, "flights")
    assert found.startswith(reason)
    shutil.copy(tmp_path / "good.parquet", path)
    run(lake, "rejects").succeeded()


def test_a_csv_line_that_is_not_csv_is_rejected(lake):
    path = lake.lake / "nycflights13" / "carriers" / REFERENCE / "carriers.csv"
    times = "2013-01-01T00:00:00Z,2013-01-01T00:00:00Z"
    path.write_text(path.read_text() + f'Q1,"Quick"x,{times}\nQ2,"open,{times}\n')
    lake.dbt("run", "--select", "tag:lake", "--full-refresh").succeeded()
    assert rejected(lake, "carriers") == ["is not well-formed CSV"]


def test_files_of_one_table_may_differ_in_width_of_numbers(lake):
    """The widest type is read, not that of whichever file comes first."""
    path = lake.lake / "nycflights13" / "flights" / REFERENCE / "flights.parquet"
    before = rows(lake, "flights")
    duckdb.sql(
        f"copy (select * replace (distance::smallint as distance) from '{path}')"
        f" to '{path}.new' (format parquet)"
    )
    (path.parent / "flights.parquet.new").rename(path)
    run(lake, "flights", "--full-refresh").succeeded()
    assert rows(lake, "flights") == before


def test_a_file_outside_a_partition_folder_is_named(lake):
    folder = lake.lake / "nycflights13" / "flights" / "day=2013-01-01"
    folder.mkdir()
    shutil.copy(flights_file(lake), folder)
    run(lake, "flights").failed_saying("day=2013-01-01", "ingested_date=YYYY-MM-DD")


def test_a_lake_may_lie_under_any_name(azekura):
    project = azekura()
    project.lake = project.lake.with_name("o'brien's lake")
    project.variables["AZEKURA_LAKE"] = str(project.lake)
    land(str(project.lake), date(2013, 1, 1), date(2013, 1, 1))
    project.dbt("run", "--select", "tag:lake").succeeded()
    assert len(rows(project, "carriers")) == 16


def test_a_wrong_target_names_the_right_ones(built):
    built.dbt("run", "--target", "production").failed_saying("'production'", "duckdb", "bigquery")


def test_a_database_that_cannot_be_written_is_named(azekura):
    project = azekura()
    project.variables["AZEKURA_DUCKDB"] = str(project.database.parent / "absent" / "a.duckdb")
    project.dbt("run").failed_saying("does not exist", "AZEKURA_DUCKDB")
