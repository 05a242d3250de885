"""What is the SQLite store's own: its file."""

import sqlite3
import threading

import pytest
from feature_views import at, make_view, row

from serving.errors import NotMaterializedError, StoreUnavailableError
from serving.stores.base import Batch
from serving.stores.opening import open_store
from serving.stores.sqlite import SQLiteStore
from serving.types import microseconds

VIEW = make_view(
    {"user_id": "INT64"}, {"visits": "INT64", "rate": "FLOAT64", "name": "STRING", "data": "BYTES"}
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "online ü?.sqlite"


@pytest.fixture
def store(path):
    with SQLiteStore(path) as opened:
        yield opened


def build(store, view=VIEW, *rows) -> None:
    with store.materializing(view) as materialization:
        materialization.write(Batch.of_rows(view, rows))
        materialization.finish(microseconds(at(0)))


def test_a_view_is_one_typed_table_that_anyone_can_read(store, path):
    build(store, VIEW, row(VIEW, 7, 0, 1, 3, 0.5, "x", b"y"))
    with sqlite3.connect(path) as connection:
        [(mode,)] = connection.execute("pragma journal_mode").fetchall()
        [live] = store.live()
        columns = connection.execute(f'pragma table_xinfo("{live.table}")').fetchall()
        rows = connection.execute(f'select * from "{live.table}"').fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
            connection.execute(f'update "{live.table}" set visits = ?', ["many"])
    assert mode == "wal"
    assert [(name, type_) for _, name, type_, *_ in columns] == [
        ("user_id", "INTEGER"),
        ("_event_us", "INTEGER"),
        ("_known_us", "INTEGER"),
        ("_is_deleted", "INTEGER"),
        ("visits", "INTEGER"),
        ("rate", "ANY"),
        ("name", "TEXT"),
        ("data", "BLOB"),
    ]
    times = (microseconds(at(0)), microseconds(at(1)))
    assert rows == [(7, *times, 0, 3, 0.5, "x", b"y")]


@pytest.mark.parametrize(
    ("keys", "rowid"),
    [
        ({"user_id": "INT64"}, True),
        ({"day": "DATE"}, True),
        ({"city": "STRING"}, False),
        ({"user_id": "INT64", "city": "STRING"}, False),
    ],
)
def test_a_table_is_kept_in_the_order_of_its_keys(store, path, keys, rowid):
    view = make_view(keys)
    build(store, view)
    with sqlite3.connect(path) as connection:
        [(sql,)] = connection.execute(
            "select sql from sqlite_schema where name = ?", [store.live()[0].table]
        ).fetchall()
    assert sql.endswith("strict" if rowid else "strict, without rowid")
    assert f"primary key ({', '.join(f'{chr(34)}{key}{chr(34)}' for key in keys)})" in sql


def test_a_read_uses_the_key_and_never_the_whole_table(store, path):
    for keys in ({"user_id": "INT64"}, {"user_id": "INT64", "city": "STRING"}):
        view = make_view(keys, name=f"feat_{len(keys)}")
        build(store, view)
        plan = store._plan(view, None)
        with sqlite3.connect(path) as connection:
            for sql in (plan.one, *plan._many.values()):
                values = [1] * sql.count("?")
                steps = connection.execute(f"explain query plan {sql}", values).fetchall()
                scans = [text for *_, text in steps if text.startswith("SCAN")]
                # the list of keys that are asked for is all that is read whole
                assert set(scans) <= {f"SCAN {sql.count('(?, ?)')} CONSTANT ROWS", "SCAN wanted"}
                assert [text for *_, text in steps if text.startswith("SEARCH")]


def test_a_store_that_is_not_there_is_told_and_not_made(path):
    with SQLiteStore(path) as store:
        with pytest.raises(NotMaterializedError, match=r"no online store at sqlite:///.*: run"):
            store.read_one(VIEW, (1,))
        with pytest.raises(NotMaterializedError):
            store.ping()
        assert store.live() == []
        assert not store.drop(VIEW.name, 1)
    assert not path.exists()


def test_a_read_only_file_is_read_and_refuses_to_be_written(path, monkeypatch):
    with SQLiteStore(path) as store:
        build(store, VIEW, row(VIEW, 1, 0, 0, 3, 0.5, "x", b"y"))
    connect = sqlite3.connect
    # root may write what is read-only, so SQLite is told
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda file, **options: connect(file.partition("?")[0] + "?mode=ro", **options),
    )
    with SQLiteStore(path) as store:
        with pytest.raises(StoreUnavailableError, match="cannot be written: the file is read-only"):
            store.write_rows(VIEW, [row(VIEW, 1, 1, 1, 4, 0.5, "x", b"y")])
        with pytest.raises(StoreUnavailableError, match="read-only"):
            build(store)
        assert store.read_one(VIEW, (1,)).values[0] == 3


def test_a_file_that_another_writes_for_too_long_is_told(path, monkeypatch):
    monkeypatch.setattr("serving.stores.sqlite._BUSY_SECONDS", 0.1)
    with SQLiteStore(path) as store:
        build(store, VIEW, row(VIEW, 1, 0, 0, 3, 0.5, "x", b"y"))
        store.close()
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("begin immediate")
            with pytest.raises(StoreUnavailableError, match="is busy: another process has been wr"):
                store.write_rows(VIEW, [row(VIEW, 1, 1, 1, 4, 0.5, "x", b"y")])
            # readers do not wait
            assert store.read_one(VIEW, (1,)).values[0] == 3
            other.execute("rollback")
        store.write_rows(VIEW, [row(VIEW, 1, 1, 1, 4, 0.5, "x", b"y")])


def test_what_a_dead_build_left_is_cleared_by_the_next(store, path):
    build(store)
    with pytest.raises(RuntimeError), store.materializing(VIEW, full=True):
        raise RuntimeError
    with store.materializing(VIEW, full=True) as materialization:
        materialization.finish(None)
    with sqlite3.connect(path) as connection:
        tables = connection.execute("select name from sqlite_schema where type = 'table'")
        assert sorted(name for (name,) in tables) == ["_live", store.live()[0].table]


def test_threads_that_ended_leave_no_connection_open(store):
    build(store)
    for _ in range(3):
        thread = threading.Thread(target=store.read_one, args=[VIEW, (1,)])
        thread.start()
        thread.join()
    store.close()
    assert store._readers == []


def test_the_url_says_where_the_file_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///here.sqlite", f"sqlite:///{tmp_path}/there.sqlite"):
        with open_store(url) as store:
            build(store)
    assert {"here.sqlite", "there.sqlite"} <= {file.name for file in tmp_path.iterdir()}
