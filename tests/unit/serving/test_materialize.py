"""From a warehouse into the online store: newest states, step by step, and kills in between."""

import dataclasses
import multiprocessing
import re
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from feature_views import Model, at, every_type, make_view, row, rows_of_every_type, same
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from serving.definitions import FeatureView
from serving.errors import (
    LockedError,
    ServingError,
    StoreUnavailableError,
    UnsupportedError,
)
from serving.materialize import materialize
from serving.offline import BigQuerySource, DuckDBSource, batch_of_arrow, open_source
from serving.stores.base import Batch, Request, Status
from serving.stores.opening import open_store
from serving.stores.redis import RedisStore
from serving.stores.sqlite import SQLiteStore

TYPES = {
    "INT64": "bigint",
    "FLOAT64": "double",
    "STRING": "varchar",
    "NUMERIC": "decimal(38, 9)",
    "ARRAY<FLOAT64>": "double[]",
}
ARROW = {
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "STRING": pa.string(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "NUMERIC": pa.decimal128(38, 9),
    "ARRAY<FLOAT64>": pa.list_(pa.float64()),
}
VIEW = make_view(
    {"user_id": "INT64"},
    {"visits": "INT64", "rate": "FLOAT64", "name": "STRING", "cost": "NUMERIC"}
    | {"vector": "ARRAY<FLOAT64>"},
    ttl=timedelta(minutes=3),
    is_deleted="is_gone",
    relation='"warehouse"."main"."history"',
)


class Warehouse:
    """A DuckDB file with the history of one view."""

    def __init__(self, path: Path) -> None:
        self.path = path
        columns = [f"{f.name} {TYPES[f.type.name]}" for f in (*VIEW.keys, *VIEW.features)]
        times = "event_at timestamp, known_at timestamp, is_gone boolean"
        self.do(f"create or replace table history ({', '.join(columns)}, {times})")

    def do(self, sql: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(sql)

    def add(self, rows: list[dict]) -> None:
        if not rows:
            return
        arrow = {"is_gone": pa.bool_()}
        arrow |= {name: pa.timestamp("us", tz="UTC") for name in ("event_at", "known_at")}
        for column in (*VIEW.keys, *VIEW.features):
            arrow[column.name] = ARROW[column.type.name]
        # parameters would turn NaN into NULL
        added = pa.table(
            {name: pa.array([made[name] for made in rows], arrow[name]) for name in rows[0]}
        )
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.register("added", added)
            connection.execute("insert into history by name select * from added")

    def materialize(self, store, view: FeatureView = VIEW, **options):
        source = DuckDBSource(self.path)
        try:
            return materialize(store, source, view, **options)
        finally:
            source.close()


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


def visits(store, *users: int, view: FeatureView = VIEW) -> list[int | None]:
    """What the store holds, however old it is."""
    view = dataclasses.replace(view, ttl=None)
    [answers] = store.read([Request(view, [(user,) for user in users])])
    return [answer.values[0] for answer in answers]


def history(*rows: tuple) -> list[dict]:
    """Rows of user, event, known, visits."""
    return [row(VIEW, user, e, k, n, None, None, None, None) for user, e, k, n in rows]


def test_the_newest_state_of_each_entity_is_materialized(warehouse, store):
    rows = history((1, 0, 0, 1), (1, 2, 2, 2), (1, 1, 9, 3), (2, 0, 1, 4), (2, 0, 2, 5))
    warehouse.add(rows)
    done = warehouse.materialize(store)
    assert (done.full, done.entities, done.live.rows) == (True, 2, 2)
    assert done.live.max_known_time == at(9)
    assert visits(store, 1, 2, 3) == [2, 5, None]


def test_what_became_known_later_is_added_and_late_rows_are_not_skipped(warehouse, store):
    warehouse.add(history((1, 5, 5, 1), (2, 1, 1, 1)))
    warehouse.materialize(store)
    # of an old event, but newer than what is there; and one that is older than what is there
    warehouse.add(history((2, 2, 6, 2), (1, 3, 7, 9), (3, 0, 6, 3)))
    done = warehouse.materialize(store)
    assert (done.full, done.entities) == (False, 3)
    assert visits(store, 1, 2, 3) == [1, 2, 3]


def test_rows_known_at_the_very_moment_that_was_reached_are_not_lost(warehouse, store):
    warehouse.add(history((1, 5, 5, 1)))
    warehouse.materialize(store)
    warehouse.add(history((2, 5, 5, 2), (1, 5, 5, 3)))
    warehouse.materialize(store)
    assert visits(store, 1, 2) == [3, 2]
    assert warehouse.materialize(store).live.rows == 2


def test_what_is_gone_from_the_warehouse_goes(warehouse, store):
    warehouse.add(history((1, 5, 5, 1), (2, 5, 5, 2)))
    warehouse.materialize(store)
    warehouse.do("delete from history where user_id = 1")
    assert warehouse.materialize(store).full
    assert visits(store, 1, 2) == [None, 2]
    assert not warehouse.materialize(store).full


DAY = 24 * 60


def test_old_knowledge_that_arrives_late_is_read(warehouse, store):
    warehouse.add(history((1, 0, 0, 1), (1, 3 * DAY, 3 * DAY, 4), (2, 0, 0, 1)))
    warehouse.materialize(store)
    warehouse.add(history((2, DAY, DAY, 2)))  # landed after the third day was built
    assert warehouse.materialize(store).full
    assert visits(store, 1, 2) == [4, 2]
    warehouse.do("update history set visits = 0 where user_id = 2 and visits = 2")
    assert warehouse.materialize(store).full
    assert visits(store, 1, 2) == [4, 0]
    warehouse.add(history((2, 4 * DAY, 4 * DAY, 5)))
    assert not warehouse.materialize(store).full
    assert visits(store, 1, 2) == [4, 5]


@settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_days_in_any_order_give_what_a_full_build_gives(tmp_path, warehouse, store, data):
    warehouse.do("delete from history")
    warehouse.materialize(store, full=True)
    days = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=8))
    for number, day in enumerate(days):  # a day may be built again, with other rows
        warehouse.do(f"delete from history where event_at::date = date '{at(day * DAY):%Y-%m-%d}'")
        users = data.draw(st.lists(st.integers(1, 4), unique=True))
        known = st.integers(0, DAY)
        warehouse.add(
            history(
                *(
                    (user, day * DAY, day * DAY + data.draw(known), data.draw(st.integers(0, 3)))
                    for user in users
                )
            )
        )
        if data.draw(st.booleans()) or number == len(days) - 1:
            warehouse.materialize(store)
    found = visits(store, 1, 2, 3, 4)
    warehouse.materialize(store, full=True)
    assert found == visits(store, 1, 2, 3, 4)


def test_a_store_of_an_earlier_version_is_built_anew_once(warehouse, tmp_path):
    store = SQLiteStore(str(tmp_path / "old.sqlite"))
    warehouse.add(history((1, 0, 0, 1)))
    warehouse.materialize(store)
    with sqlite3.connect(tmp_path / "old.sqlite") as connection:
        connection.execute("alter table _live drop column marks")
    assert store.live()[0].marks is None
    assert warehouse.materialize(store).full
    assert not warehouse.materialize(store).full


def test_rows_without_a_key_or_a_time_and_rows_of_the_future_stay_out(warehouse, store):
    rows = history((1, 0, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3), (4, 0, 0, 4))
    rows[0]["user_id"] = None
    rows[1]["event_at"] = None
    rows[2]["known_at"] = None
    rows += history((4, 9, 9, 9))
    rows[-1]["known_at"] = datetime.now(UTC) + timedelta(days=1)
    warehouse.add(rows)
    done = warehouse.materialize(store)
    assert (done.live.rows, done.live.max_known_time) == (1, at(0))
    assert visits(store, 2, 3, 4) == [None, None, 4]


def test_a_moment_can_be_said_after_which_nothing_is_known(warehouse, store):
    warehouse.add(history((1, 0, 0, 1), (1, 1, 1, 2), (1, 2, 2, 3)))
    assert warehouse.materialize(store, until=at(1)).live.max_known_time == at(1)
    assert visits(store, 1) == [2]
    warehouse.materialize(store)
    assert visits(store, 1) == [3]


def test_an_entity_that_was_taken_away_is_not_found(warehouse, store):
    rows = history((1, 0, 0, 1), (1, 1, 1, 2), (2, 0, 0, 1))
    rows[1]["is_gone"] = True
    rows[2]["is_gone"] = None
    warehouse.add(rows)
    warehouse.materialize(store)
    assert store.read_one(VIEW, (1,), at(1)).status == Status.NOT_FOUND
    assert visits(store, 2) == [1]


def test_an_empty_table_is_materialized_empty(warehouse, store):
    done = warehouse.materialize(store)
    assert (done.entities, done.live.max_known_time) == (0, None)
    assert visits(store, 1) == [None]
    warehouse.add(history((1, 0, 0, 1)))
    assert not warehouse.materialize(store).full
    assert visits(store, 1) == [1]


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_materialized_step_by_step_it_is_what_the_contract_says(tmp_path, store_url, data):
    minute = st.integers(0, 2)
    values = st.tuples(
        st.none() | st.integers(0, 1),
        st.none() | st.sampled_from([float("-inf"), 0.5, float("nan")]),
        st.none() | st.sampled_from(["", "a", "ä"]),
        st.none() | st.integers(-1, 1),
        st.none() | st.sampled_from([[], [float("nan")], [1.0], [1.0, -2.0]]),
    )
    a_row = st.builds(
        lambda user, event, known, values, deleted: row(
            VIEW, user, event, known, *values, deleted=deleted
        ),
        *(st.integers(0, 1), minute, minute, values, st.booleans()),
    )
    steps = data.draw(st.lists(st.lists(a_row, max_size=5), max_size=4))
    # what comes later was known later, or at the same moment
    steps = [
        [{**made, "known_at": made["known_at"] + timedelta(minutes=2 * n)} for made in step]
        for n, step in enumerate(steps)
    ]
    warehouse, model = Warehouse(tmp_path / "warehouse.duckdb"), Model(VIEW)
    with open_store(store_url) as store:
        warehouse.materialize(store, full=True)
        for step in steps:
            warehouse.add(step)
            warehouse.materialize(store)
            model.write(step)
            for user in (0, 1):
                answer, expected = store.read_one(VIEW, (user,), at(3)), model.read((user,), at(3))
                assert answer.status == expected.status
                assert repr(answer.values[:3]) == repr(expected.values[:3])
                assert answer.values[3] == expected.values[3]
                assert repr(answer.values[4]) == repr(expected.values[4])
                assert answer[2:] == expected[2:]
        store.drop(VIEW.name, VIEW.version)


def test_a_full_build_and_the_steps_give_the_same(warehouse, store):
    rows = history(*[(n % 7, (n * 5) % 11, n // 3, n) for n in range(60)])
    for start in range(0, 60, 20):
        warehouse.add(rows[start : start + 20])
        warehouse.materialize(store)
    by_steps = visits(store, *range(7))
    warehouse.materialize(store, full=True)
    assert visits(store, *range(7)) == by_steps


def test_progress_is_told_by_batches(warehouse, store, monkeypatch):
    monkeypatch.setattr("serving.offline.BATCH_ROWS", 2048)
    warehouse.do(
        "insert into history (user_id, event_at, known_at)"
        " select range, timestamp '2026-01-01', timestamp '2026-01-01' from range(5000)"
    )
    told = []
    warehouse.materialize(store, progress=told.append)
    assert sum(told) == 5000
    assert len(told) > 1


# types between Arrow and the store

EVERY = every_type()


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(rows=st.lists(rows_of_every_type(EVERY), max_size=4))
def test_arrow_columns_have_the_same_stored_form_as_python_values(rows):
    columns = [pa.array([made["user_id"] for made in rows], pa.int64())]
    for name in ("event_at", "known_at"):
        columns.append(pa.array([made[name] for made in rows], ARROW["TIMESTAMP"]))
    columns.append(pa.array([False] * len(rows), pa.bool_()))
    for feature in EVERY.features:
        element = feature.type.element
        type_ = pa.list_(ARROW[element.name]) if element else ARROW[feature.type.name]
        columns.append(pa.array([made[feature.name] for made in rows], type_))
    table = pa.RecordBatch.from_arrays(columns, [str(n) for n in range(len(columns))])
    expected = Batch.of_rows(EVERY, rows)
    assert same([*batch_of_arrow(EVERY, table).columns], [*expected.columns])
    # a part of larger buffers, as a reader may give it
    part = batch_of_arrow(EVERY, table.slice(1))
    assert same([*part.columns], [column[1:] for column in expected.columns])


def test_a_column_of_another_type_than_its_contract_is_refused(warehouse, store):
    warehouse.add(history((1, 0, 0, 1)))
    warehouse.materialize(store)
    warehouse.do("alter table history alter visits type varchar")
    with pytest.raises(ServingError) as error:
        warehouse.materialize(store)
    assert "feat_user__stats@1.visits is string in" in str(error.value)
    assert "INT64 in its contract" in str(error.value)
    assert visits(store, 1) == [1]


# what can go wrong


def test_a_view_that_is_not_online_or_not_held_is_refused(warehouse, store):
    offline = dataclasses.replace(VIEW, online=False)
    with pytest.raises(UnsupportedError, match="is not online: set `online: true`"):
        warehouse.materialize(store, offline)
    odd = make_view(features={"what": "GEOGRAPHY"})
    with pytest.raises(UnsupportedError, match=r"what is GEOGRAPHY, which the online store can"):
        warehouse.materialize(store, odd)
    assert store.live() == []


def test_a_warehouse_that_is_not_there_is_told(tmp_path, store):
    source = DuckDBSource(tmp_path / "none.duckdb")
    with pytest.raises(StoreUnavailableError, match=r"no DuckDB file .*none.duckdb: run `dbt bui"):
        materialize(store, source, VIEW)
    assert not (tmp_path / "none.duckdb").exists()


def test_a_model_that_was_not_built_is_told(warehouse, store):
    view = dataclasses.replace(VIEW, relation='"warehouse"."main"."nothing"')
    with pytest.raises(
        ServingError, match=r"cannot be read from .*run `dbt build --select feat_us"
    ):
        warehouse.materialize(store, view)
    assert store.live() == []


def test_a_warehouse_of_another_name_is_refused():
    with pytest.raises(UnsupportedError, match="no warehouse 'oracle': it is duckdb or bigquery"):
        open_source("oracle")


def _write_and_wait(url: str, full: bool, written) -> None:
    """A process of its own, to be killed before it finishes."""
    store = RedisStore(url, lock_seconds=1) if url.startswith("redis") else open_store(url)
    with store.materializing(VIEW, full) as materialization:
        materialization.write(Batch.of_rows(VIEW, history((1, 9, 9, 9), (4, 9, 9, 9))))
        written.set()
        time.sleep(600)


@pytest.mark.parametrize("how", ["full", "incremental"])
def test_killed_in_the_middle_the_live_table_stays_and_the_next_run_completes(
    warehouse, store, store_url, how
):
    warehouse.add(history((1, 0, 0, 1), (2, 0, 0, 2)))
    warehouse.materialize(store)
    [before] = store.live()
    context = multiprocessing.get_context("fork")
    written = context.Event()
    child = context.Process(target=_write_and_wait, args=(store_url, how == "full", written))
    child.start()
    assert written.wait(60)
    with pytest.raises(LockedError, match=f"process {child.pid} on "):
        warehouse.materialize(store)
    child.kill()
    child.join()
    # what was there is there; of an incremental one the rows that were written, too
    assert visits(store, 1, 2, 4) == ([1, 2, None] if how == "full" else [9, 2, 9])
    assert store.live() == [before] or how == "incremental"
    assert store.live()[0].max_known_time == at(0)
    warehouse.add(history((3, 9, 9, 3)))
    for _ in range(100):
        try:
            done = warehouse.materialize(store, full=how == "full")
            break
        except LockedError:
            # a shared store forgets the dead one after a second
            time.sleep(0.1)
    assert done.live.max_known_time == at(9)
    assert visits(store, 2, 3) == [2, 3]


# BigQuery


class FakeClient:
    """Gives Arrow for the queries of a source, as google-cloud-bigquery does."""

    def __init__(self, newest: int | None, rows: pa.RecordBatch) -> None:
        self.newest, self.rows, self.asked = newest, rows, []

    def query(self, sql: str, job_config):
        self.asked.append((sql, job_config.maximum_bytes_billed))
        return self

    def result(self):
        return self

    def __iter__(self):
        is_of_days = self.asked[-1][0].endswith("group by 1")
        return iter([("2013-01-01", 2, 7, 2, 7)] if is_of_days else [(self.newest,)])

    def to_arrow_iterable(self):
        yield self.rows.slice(0, 1)
        yield self.rows.slice(1)


def test_states_are_read_from_bigquery(store):
    view = make_view(
        features={"visits": "INT64", "rate": "FLOAT64"},
        relation="`project`.`features`.`feat_user__stats`",
    )
    us = int(at(5).timestamp() * 10**6)
    utc = pa.timestamp("us", tz="UTC")
    rows = pa.RecordBatch.from_arrays(
        [
            pa.array([1, 2]),
            pa.array([us, us], utc),
            pa.array([us, us], utc),
            pa.array([False, True]),
            pa.array([7, 8]),
            pa.array([float("nan"), None]),
        ],
        list("abcdef"),
    )
    client = FakeClient(us, rows)
    done = materialize(store, BigQuerySource(client), view)
    assert (done.entities, done.live.max_known_time) == (2, at(5))
    assert store.read_one(view, (1,)).values[0] == 7
    assert store.read_one(view, (2,)).status == Status.NOT_FOUND
    materialize(store, BigQuerySource(client), view)
    assert f"`known_at` >= timestamp_micros({us})" in client.asked[-1][0]
    assert {limit for _, limit in client.asked} == {100 * 2**30}


def test_the_queries_of_bigquery_have_its_own_words():
    view = make_view(
        {"user_id": "INT64", "city": "STRING"},
        {"vector": "ARRAY<FLOAT64>", "rate": "FLOAT64"},
        is_deleted="is_gone",
        relation="`p`.`d`.`t`",
    )
    client = FakeClient(None, pa.RecordBatch.from_arrays([], []))
    with pytest.raises(IndexError):
        list(BigQuerySource(client).newest_states(view, None, 5))
    sql = re.sub(r"\s+", " ", client.asked[0][0])
    assert sql == (
        "select `user_id`, `city`, `event_at`, `known_at`, ifnull(`is_gone`, false) as is_deleted_,"
        " `vector`, `rate` from `p`.`d`.`t` where `user_id` is not null and `city` is not null"
        " and `event_at` is not null and `known_at` <= timestamp_micros(5)"
        " qualify row_number() over (partition by `user_id`, `city`"
        " order by `event_at` desc, `known_at` desc,"
        " ifnull(is_nan(`rate`), false) desc, `rate` desc nulls last,"
        " to_json_string(`vector`) desc nulls last, ifnull(`is_gone`, false) desc) = 1"
    )
