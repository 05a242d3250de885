"""The same tables, however the days come in.

Twelve days around the snowstorm of 2013-02-08 are built twice: at once, and day by day as their
records arrived, the late ones late.
"""

from datetime import date, timedelta

import duckdb
import pytest

from ingest.nycflights13 import land

FIRST, LAST = date(2013, 2, 3), date(2013, 2, 14)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]

INCREMENTAL = [
    "lake.stg_nycflights13__flights",
    "lake.stg_nycflights13__weather",
    "lake.stg_nycflights13__rejects",
    "warehouse.fct_flight",
    "warehouse.fct_weather_hour",
    "marts.mart_operations__daily_punctuality",
    "marts.mart_planning__route_performance",
    "features.feat_airport__traffic",
    "features.feat_airport__weather_v1",
    "features.feat_airport__weather_v2",
    "features.feat_carrier__punctuality",
    "features.feat_route__history",
]
# rebuilt on every run, from what the snapshot has come to believe
DIMENSIONS = ["warehouse.dim_aircraft", "warehouse.dim_airport", "warehouse.dim_carrier"]
FEATURES = [table for table in INCREMENTAL if table.startswith("features.")]
LAYERS = ["--selector", "data"]


def window(day: date) -> list[str]:
    return ["--event-time-start", str(day), "--event-time-end", str(day + timedelta(days=1))]


@pytest.fixture(scope="module")
def at_once(azekura):
    project = azekura()
    land(str(project.lake), FIRST, LAST)
    project.build(*LAYERS)
    return project


@pytest.fixture(scope="module")
def day_by_day(azekura, tmp_path_factory):
    """The project after twelve daily runs; `seen` holds what each day's features were then."""
    project = azekura()
    seen = tmp_path_factory.mktemp("seen") / "seen.duckdb"
    for number, day in enumerate(DAYS):
        land(str(project.lake), day, day)
        # the first half as a schedule does it, with the day's bounds; the rest as an analyst does
        project.build(*LAYERS, *(window(day) if number < len(DAYS) // 2 else []))
        with duckdb.connect(str(seen)) as connection:
            connection.execute(f"attach '{project.database}' as warehouse (read_only)")
            for table in FEATURES:
                name = table.partition(".")[2]
                connection.execute(
                    f"create table if not exists {name} as"
                    f" select date '{day}' as seen_on, * from warehouse.{table} limit 0"
                )
                connection.execute(
                    f"insert into {name} select date '{day}', * from warehouse.{table}"
                )
    project.seen = seen
    return project


def differences(one, other, table: str) -> int:
    """Rows, counted with their repetitions, that are in one of the two tables only."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one.database}' as one (read_only)")
        connection.execute(f"attach '{other.database}' as other (read_only)")
        return connection.execute(
            f"select count(*) from ((from one.{table} except all from other.{table})"
            f" union all (from other.{table} except all from one.{table}))"
        ).fetchone()[0]


@pytest.mark.parametrize("table", INCREMENTAL + DIMENSIONS)
def test_a_table_is_the_same_built_at_once_and_day_by_day(at_once, day_by_day, table):
    assert differences(at_once, day_by_day, table) == 0


def test_the_days_held_late_records(day_by_day):
    [(late, flights)] = day_by_day.query(
        "select count(*) filter (where ingested_date > cast(scheduled_at as date)), count(*)"
        " from lake.stg_nycflights13__flights"
    )
    assert late > 100
    assert flights > 9_000


@pytest.mark.parametrize("table", FEATURES)
def test_a_feature_row_was_there_when_it_says_it_was_known(day_by_day, table):
    """No row uses anything later than known_at: else it would not have been there yet, or other."""
    name = table.partition(".")[2]
    with duckdb.connect(str(day_by_day.seen), read_only=True) as connection:
        connection.execute(f"attach '{day_by_day.database}' as warehouse (read_only)")
        checked = 0
        for day in DAYS:
            # what arrives on the stroke of midnight lands with the next day
            known = f"from warehouse.{table} where known_at < timestamp '{day + timedelta(days=1)}'"
            seen = f"select * exclude (seen_on) from {name} where seen_on = date '{day}'"
            absent, rows = connection.execute(
                f"select (select count(*) from (select * {known} except all {seen})),"
                f" (select count(*) {known})"
            ).fetchone()
            assert absent == 0, f"{absent} rows of {table} known on {day} were not there"
            checked += rows
        assert checked > 0


def test_running_a_day_again_changes_nothing(day_by_day, at_once):
    day_by_day.build(*LAYERS, *window(DAYS[6]))
    assert {
        table: differences(at_once, day_by_day, table) for table in INCREMENTAL
    } == dict.fromkeys(INCREMENTAL, 0)


def test_a_day_reads_only_its_own_files(day_by_day):
    """Cost does not grow with history: a day's lake files are listed, not globbed."""
    day_by_day.dbt("run", "--select", "stg_nycflights13__flights", *window(LAST)).succeeded()
    target = day_by_day.variables["DBT_TARGET_PATH"]
    model = "azekura/models/lake/nycflights13/stg_nycflights13__flights.sql"
    with open(f"{target}/compiled/{model}") as text:
        sql = text.read()
    assert "*" not in sql.split("read_parquet(")[1].split("hive_partitioning")[0]
    assert f"ingested_date={LAST}" in sql
    assert f"ingested_date={FIRST}" not in sql


def test_an_old_day_that_is_asked_for_is_the_day_that_is_built(day_by_day):
    day_by_day.dbt("run", "--select", "fct_flight", *window(DAYS[3])).succeeded()
    target = day_by_day.variables["DBT_TARGET_PATH"]
    with open(f"{target}/compiled/azekura/models/warehouse/core/fct_flight.sql") as text:
        sql = text.read()
    # two days of lookback before it
    assert f"flight_date >= date '{DAYS[1]}' and flight_date < date '{DAYS[4]}'" in sql


@pytest.fixture(scope="module")
def out_of_order(azekura):
    """Five days, the last first; then a correction of the second, which arrived on the third."""
    project = azekura()
    for day in reversed(DAYS[:5]):
        land(str(project.lake), day, day)
        project.build(*LAYERS, *window(day))
    flights = project.lake / "nycflights13" / "flights"
    duckdb.sql(
        "copy (select * replace (dep_delay + 100 as dep_delay, arr_delay + 100 as arr_delay,"
        f" timestamptz '{DAYS[2]} 12:00:00+00' as ingested_at)"
        f" from '{flights}/ingested_date={DAYS[1]}/flights.parquet' where carrier = 'B6')"
        f" to '{flights}/ingested_date={DAYS[2]}/correction.parquet' (format parquet)"
    )
    project.build(*LAYERS, *window(DAYS[1]))
    return project


@pytest.fixture(scope="module")
def in_order(azekura, out_of_order):
    """The same files, built at once."""
    project = azekura()
    project.variables["AZEKURA_LAKE"] = str(out_of_order.lake)
    project.build(*LAYERS)
    return project


@pytest.mark.parametrize("table", INCREMENTAL + DIMENSIONS)
def test_days_may_come_in_any_order_and_be_corrected(out_of_order, in_order, table):
    assert differences(out_of_order, in_order, table) == 0


def test_a_table_that_is_missing_is_built_in_whole_months(out_of_order, in_order):
    mart = "marts.mart_planning__route_performance"
    with duckdb.connect(str(out_of_order.database)) as connection:
        connection.execute(f"drop table {mart}")
    name = mart.partition(".")[2]
    out_of_order.dbt("run", "--select", name, *window(DAYS[3])).succeeded()
    february = f"select * from {mart} where flight_month = '2013-02-01' order by all"
    assert out_of_order.query(february) == in_order.query(february)


def test_a_full_refresh_of_a_window_is_refused(out_of_order, in_order):
    arguments = ["run", "--select", "fct_flight", "--full-refresh", *window(DAYS[3])]
    out_of_order.dbt(*arguments).failed_saying("fct_flight", "--full-refresh with a window")
    assert differences(out_of_order, in_order, "warehouse.fct_flight") == 0


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2013-02-03", "2013-02-03", "is empty"),
        ("2013-02-04", "2013-02-03", "is empty"),
        ("2013-02-03", None, "needs both ends"),
        ("yesterday", "2013-02-03", "YYYY-MM-DD"),
        ("2013-99-01", "2013-99-03", "YYYY-MM-DD"),
        ("2013-02-03T12:00:00", "2013-02-04", "YYYY-MM-DD"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(day_by_day, at_once, start, end, words):
    bounds = ", ".join(
        f"{name}: '{value}'"
        for name, value in [("window_start", start), ("window_end", end)]
        if value
    )
    day_by_day.dbt("run", "--select", "fct_flight", "--vars", f"{{{bounds}}}").failed_saying(words)
    assert differences(at_once, day_by_day, "warehouse.fct_flight") == 0
