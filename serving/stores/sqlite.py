"""The embedded online store: one SQLite file beside the application.

Each view version is one table (`sqlite_tables`); `_live` says what is there. The file is in WAL
mode: readers never wait for a writer.
"""

import fcntl
import json
import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import quote

from serving.definitions import FeatureView
from serving.errors import (
    LockedError,
    NotMaterializedError,
    ServingError,
    StoreUnavailableError,
)
from serving.stores.base import Answer, Batch, Live, Materialization, OnlineStore, Request
from serving.stores.sqlite_tables import SelectPlan, create, quoted, rows_of, table_name, upsert
from serving.stores.states import (
    Asked,
    asked_at,
    check_live,
    kept_marks,
    now_us,
    stored_key,
    stored_keys,
)
from serving.types import moment

_BUSY_SECONDS = 10

_LIVE_TABLE = """
create table if not exists _live (
    view text not null, version integer not null, table_name text not null,
    schema_hash text not null, ttl_us integer, row_count integer not null, max_known_us integer,
    built_us integer not null, updated_us integer not null, marks text,
    primary key (view, version)
) strict"""


class SQLiteStore(OnlineStore):
    """An online store in the file at `path`, which the first materialization creates."""

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        self.url = f"sqlite:///{path}"
        self._uri = f"file:{quote(str(self.path))}"
        self._local = threading.local()
        self._plans: dict[tuple[FeatureView, tuple[str, ...] | None], SelectPlan] = {}
        self._readers: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._writing = threading.RLock()

    @classmethod
    def from_url(cls, url: str, project: str) -> Self | None:
        path = url.removeprefix("sqlite:///")
        # a file belongs to one project
        return cls(path) if path not in ("", url) else None

    def read_one(
        self,
        view: FeatureView,
        key: Sequence[Any],
        now: datetime | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> Answer:
        plan = self._plans.get((view, columns)) or self._plan(view, columns)
        asked = asked_at(now)
        if type(key) is tuple and tuple(map(type, key)) == plan.plain_key:
            stored = key
        else:
            stored = stored_key(view, key)
            if stored is None:
                return plan.absent
        try:
            row = self._local.cursor.execute(plan.one, stored).fetchone()
        except (sqlite3.Error, AttributeError, OverflowError, UnicodeEncodeError):
            stored = stored_key(view, key)
            row = self._retried(view, lambda cursor: cursor.execute(plan.one, stored).fetchone())
        return plan.answer_of(row, asked)

    def read(self, requests: Sequence[Request], now: datetime | None = None) -> list[list[Answer]]:
        asked = asked_at(now)
        return [self._read(request, asked) for request in requests]

    def _read(self, request: Request, asked: Asked) -> list[Answer]:
        view, keys, columns = request
        plan = self._plans.get((view, columns)) or self._plan(view, columns)
        stored = stored_keys(view, keys)
        wanted = list(dict.fromkeys([key for key in stored if key is not None]))
        if not wanted:
            return [plan.absent] * len(keys)
        found = self._retried(view, lambda cursor: plan.answers(cursor, wanted, asked))
        absent = plan.absent
        return [found.get(key, absent) for key in stored]

    def write(self, view: FeatureView, batch: Batch) -> None:
        table = table_name(view)
        with self._transaction() as connection:
            self._check_live(connection, view)
            connection.executemany(upsert(view, table), rows_of(view, batch))

    @contextmanager
    def materializing(self, view: FeatureView, full: bool = False) -> Iterator[Materialization]:
        view.require_held()
        with self._lock(view), _told(self):
            with self._transaction() as connection:
                _require_live_table(connection)
                live = self._live_of(connection, view.name, view.version)
                full = full or live is None or live.schema_hash != view.schema_hash
                if full:
                    table = f"{table_name(view)}__building"
                    connection.execute(f"drop table if exists {quoted(table)}")
                    connection.execute(create(view, table))
            yield _SQLiteMaterialization(self, view, live, full)

    def live(self) -> list[Live]:
        if not self.path.exists():
            return []
        try:
            rows = self._cursor().execute(f"{_SELECT_LIVE} order by view, version").fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise self._error(error) from None
        except sqlite3.Error as error:
            raise self._error(error) from None
        return [_live(row) for row in rows]

    def drop(self, view: str, version: int) -> bool:
        if not self.path.exists():
            return False
        with self._transaction() as connection:
            _require_live_table(connection)
            live = self._live_of(connection, view, version)
            if live is None:
                return False
            connection.execute(f"drop table if exists {quoted(live.table)}")
            connection.execute("delete from _live where (view, version) = (?, ?)", (view, version))
        return True

    def ping(self) -> None:
        with _told(self):
            self._cursor().execute("select 1 from sqlite_schema limit 1").fetchone()

    def close(self) -> None:
        with self._writing:
            for connection in (*self._readers, self._writer):
                if connection is not None:
                    connection.close()
            self._readers.clear()
            self._writer = None
            self._local = threading.local()

    # reading

    def _plan(self, view: FeatureView, columns: tuple[str, ...] | None) -> SelectPlan:
        if len(self._plans) > 1000:
            self._plans.clear()
        plan = self._plans[view, columns] = SelectPlan(view, columns)
        return plan

    def _cursor(self) -> sqlite3.Cursor:
        """This thread's cursor, on a connection of its own that cannot write."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            connection = sqlite3.connect(
                f"{self._uri}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=_BUSY_SECONDS,
                cached_statements=1000,
            )
            connection.execute("pragma mmap_size = 268435456")
            connection.execute("pragma cache_size = -65536")
            with self._writing:
                self._readers.append(connection)
            cursor = self._local.cursor = connection.cursor()
        return cursor

    def _retried(self, view: FeatureView, read: Callable[[sqlite3.Cursor], Any]) -> Any:
        """`read`, once more if the table came into being meanwhile; else the reason it is not."""
        try:
            try:
                return read(self._cursor())
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                self._check_live(self._cursor(), view)
                return read(self._cursor())
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _check_live(
        self, connection: sqlite3.Connection | sqlite3.Cursor, view: FeatureView
    ) -> None:
        """Raises the reason unless the view's table is the live one."""
        try:
            live = self._live_of(connection, view.name, view.version)
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            live = None
        check_live(live, view, self.url)

    def _live_of(
        self, connection: sqlite3.Connection | sqlite3.Cursor, view: str, version: int
    ) -> Live | None:
        row = connection.execute(
            f"{_SELECT_LIVE} where (view, version) = (?, ?)", (view, version)
        ).fetchone()
        return None if row is None else _live(row)

    # writing

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The one connection that writes, in a transaction: all of it or nothing."""
        with self._writing, _told(self):
            if self._writer is None:
                self._writer = self._open_writer()
            connection = self._writer
            connection.execute("begin immediate")
            try:
                yield connection
                connection.execute("commit")
            except BaseException:
                # after a failed commit, or when the disk is full, there may be nothing left to undo
                with suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise

    def _open_writer(self) -> sqlite3.Connection:
        if not self.path.parent.is_dir():
            raise StoreUnavailableError(
                f"The online store {self.url} cannot be written: there is no folder"
                f" {self.path.parent}."
            )
        connection = sqlite3.connect(
            self._uri,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_SECONDS,
        )
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute("pragma cache_size = -65536")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _lock(self, view: FeatureView) -> Iterator[None]:
        """Held by one materialization of the file; the system lets go of it when a process dies."""
        path = Path(f"{self.path}-lock")
        try:
            file = _open_lock(path)
        except OSError as error:
            raise StoreUnavailableError(
                f"The online store {self.url} cannot be written: {error.strerror}."
            ) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = file.read().decode(errors="replace").strip() or "another process"
                raise LockedError(
                    f"{view.label} cannot be materialized into {self.url} now: {owner} is at work"
                    " on the store; try again when it has finished."
                ) from None
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()} ({view.label})\n".encode())
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

    def _error(self, error: sqlite3.Error) -> ServingError:
        """What SQLite says, as a sentence about the store."""
        said = str(error)
        if "unable to open" in said and not self.path.exists():
            return NotMaterializedError(
                f"There is no online store at {self.url}: run `python -m serving materialize`."
            )
        reasons = {
            "readonly": "cannot be written: the file is read-only",
            "locked": f"is busy: another process has been writing for {_BUSY_SECONDS} seconds",
            "full": "cannot be written: the disk is full",
            "not a database": "cannot be read: the file is no SQLite database",
            "malformed": "cannot be read: the file is damaged; delete it and materialize again",
            "unable to open": "cannot be opened: look at the rights of the file and its folder",
            "closed": "is closed",
        }
        reason = next((reasons[word] for word in reasons if word in said), f"failed: {said}")
        return StoreUnavailableError(f"The online store {self.url} {reason}.")


class _SQLiteMaterialization(Materialization):
    def __init__(
        self, store: SQLiteStore, view: FeatureView, live: Live | None, full: bool
    ) -> None:
        self.live, self.full = live, full
        self._store, self._view = store, view
        self._table = table_name(view) + ("__building" if full else "")
        self._upsert = upsert(view, self._table)

    def write(self, batch: Batch) -> None:
        with self._store._transaction() as connection:
            connection.executemany(self._upsert, rows_of(self._view, batch))

    def finish(self, max_known_us: int | None, marks: Mapping[str, str] | None = None) -> Live:
        view, live = self._view, self.live
        reached = live and live.max_known_time and now_us(live.max_known_time)
        with self._store._transaction() as connection:
            table = table_name(view)
            if self.full:
                if live is not None:
                    if live.schema_hash == view.schema_hash:
                        # known later than all that the warehouse gave: it was pushed
                        connection.execute(
                            upsert(
                                view,
                                self._table,
                                f"select * from {quoted(table)} where _known_us > ?",
                            ),
                            [
                                max(
                                    (us for us in (reached, max_known_us) if us is not None),
                                    default=-(1 << 63),
                                )
                            ],
                        )
                    connection.execute(f"drop table {quoted(live.table)}")
                connection.execute(f"alter table {quoted(self._table)} rename to {quoted(table)}")
            elif reached is not None:
                max_known_us = max(reached, max_known_us or reached)
            [count] = connection.execute(f"select count(*) from {quoted(table)}").fetchone()
            moment_us = now_us(None)
            built_us = moment_us if self.full else now_us(live.built_at)
            connection.execute(
                "insert or replace into _live values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    view.name,
                    view.version,
                    table,
                    view.schema_hash,
                    view.ttl_us,
                    count,
                    max_known_us,
                    built_us,
                    moment_us,
                    kept_marks(marks, live, self.full),
                ],
            )
            return self._store._live_of(connection, view.name, view.version)


def _require_live_table(connection: sqlite3.Connection) -> None:
    """There is a table of live views, with all its columns: an earlier version had no marks."""
    connection.execute(_LIVE_TABLE)
    columns = [row[1] for row in connection.execute("pragma table_info(_live)")]
    if "marks" not in columns:
        connection.execute("alter table _live add column marks text")


_SELECT_LIVE = "select * from _live"  # of an earlier version without the last column, marks


def _live(row: tuple) -> Live:
    view, version, table, schema_hash, ttl_us, count, max_known_us, built_us, updated_us = row[:9]
    [marks] = row[9:] or [None]
    return Live(
        view=view,
        version=version,
        table=table,
        schema_hash=schema_hash,
        ttl=None if ttl_us is None else timedelta(microseconds=ttl_us),
        rows=count,
        max_known_time=None if max_known_us is None else moment(max_known_us),
        built_at=moment(built_us),
        updated_at=moment(updated_us),
        marks=json.loads(marks) if marks else None,
    )


def _open_lock(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0)


@contextmanager
def _told(store: SQLiteStore) -> Iterator[None]:
    """SQLite's errors as the store's."""
    try:
        yield
    except sqlite3.Error as error:
        raise store._error(error) from None
