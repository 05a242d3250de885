"""What every online store does: the interface, and what a read and a write are made of.

A store holds one state per entity of a view version: the row with the greatest (event time, known
time); rows equal in both are ordered by their values (`FeatureView.tie_order`), NULL least and NaN
greatest.
"""

import abc
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from serving.errors import (
    NotMaterializedError,
    SchemaChangedError,
    UnsupportedError,
    ValueRefusedError,
)
from serving.registry import Feature, FeatureView
from serving.types import Stored, microseconds, moment, stored


class Status(StrEnum):
    """What is known of an entity at a moment; the words of the training set."""

    PRESENT = "PRESENT"
    NULL = "NULL"
    NOT_FOUND = "NOT_FOUND"
    OUTSIDE_TTL = "OUTSIDE_TTL"


class Answer(NamedTuple):
    """What one entity of one view was at the moment of the read.

    values    one for each feature asked for, in the order asked; all None unless PRESENT
    event_us  microseconds since 1970; None if NOT_FOUND
    known_us  microseconds since 1970; None if NOT_FOUND
    """

    status: Status
    values: tuple[Any, ...]
    event_us: int | None = None
    known_us: int | None = None

    @property
    def event_time(self) -> datetime | None:
        return None if self.event_us is None else moment(self.event_us)

    @property
    def known_time(self) -> datetime | None:
        return None if self.known_us is None else moment(self.known_us)


class Request(NamedTuple):
    """A read of some entities of one view version.

    keys     one tuple of Python values for each entity, in the order of the view's keys; an entity
             with a None in it is NOT_FOUND
    columns  the features asked for; None: all, in the order of the contract
    """

    view: FeatureView
    keys: Sequence[Sequence[Any]]
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Live:
    """The table of a view version that reads see.

    table           its name in the store, or the prefix of its keys
    rows            entities in it, those taken away included; None if the store does not count
    max_known_time  up to where the warehouse was materialized; None if it held no row
    built_at        when it was last built whole
    updated_at      when it was last materialized
    """

    view: str
    version: int
    table: str
    schema_hash: str
    ttl: timedelta | None
    rows: int | None
    max_known_time: datetime | None
    built_at: datetime
    updated_at: datetime

    @property
    def label(self) -> str:
        return f"{self.view}@{self.version}"


class Batch(NamedTuple):
    """Rows to write, by column, in stored form.

    keys      one list for each key of the view
    event_us  microseconds since 1970
    known_us  microseconds since 1970
    deleted   0 or 1
    features  one list for each feature of the view
    """

    keys: Sequence[list[Stored]]
    event_us: list[int]
    known_us: list[int]
    deleted: list[int]
    features: Sequence[list[Stored | None]]

    @property
    def columns(self) -> list[list]:
        """All columns, keys first."""
        return [*self.keys, self.event_us, self.known_us, self.deleted, *self.features]

    @property
    def length(self) -> int:
        return len(self.event_us)

    def parts(self, size: int) -> Iterator[Self]:
        """The rows in order, at most `size` at a time."""
        for start in range(0, self.length, size):
            rows = slice(start, start + size)
            yield Batch(
                [column[rows] for column in self.keys],
                self.event_us[rows],
                self.known_us[rows],
                self.deleted[rows],
                [column[rows] for column in self.features],
            )

    @classmethod
    def of_rows(cls, view: FeatureView, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Rows as mappings of the view's columns to Python values; a feature left out is NULL.

        Raises:
            ValueRefusedError: for a value of a wrong type, a NULL key or time, an unknown column.
        """
        rows = list(rows)
        times = (view.event_time, view.known_time)
        known = {*view.key_names, *times, view.is_deleted, *view.feature_names}
        for number, row in enumerate(rows, 1):
            for name in row:
                if name not in known:
                    raise ValueRefusedError(f"Row {number} for {view.label}: it has no {name!r}.")
            for name in (*view.key_names, *times):
                if row.get(name) is None:
                    raise ValueRefusedError(f"Row {number} for {view.label}: {name} is NULL.")

        def column(name: str, type_) -> list:
            return [stored(row.get(name), type_, f"{view.label}.{name}") for row in rows]

        def moments(name: str) -> list[int]:
            return [_moment(row[name], f"{view.label}.{name}") for row in rows]

        deleted = [False] * len(rows)
        if view.is_deleted:
            deleted = [row.get(view.is_deleted) or False for row in rows]
            for value in deleted:
                if not isinstance(value, bool):
                    raise ValueRefusedError(
                        f"{view.label}.{view.is_deleted} is BOOL; {value!r} is not."
                    )
        return cls(
            keys=[column(key.name, key.type) for key in view.keys],
            event_us=moments(view.event_time),
            known_us=moments(view.known_time),
            deleted=[int(value) for value in deleted],
            features=[column(feature.name, feature.type) for feature in view.features],
        )


class Materialization(abc.ABC):
    """The one materialization of a view version that is under way; it holds the lock.

    live   what was there when it began, or None
    full   whether a new table is built beside; else the live one is written to

    Nothing that `write` gets is seen by readers before `finish` when `full`; when not, row by row.
    """

    live: Live | None
    full: bool

    @abc.abstractmethod
    def write(self, batch: Batch) -> None:
        """Write rows, guarded."""

    @abc.abstractmethod
    def finish(self, max_known_us: int | None) -> Live:
        """Switch to the new table, or note how far the live one reaches.

        When a table is replaced, states known later than `max_known_us` are carried over: they were
        pushed, and the warehouse cannot know them yet.
        """


class OnlineStore(abc.ABC):
    """Where features are read one by one. Safe to use from several threads."""

    #: as it was opened, without a password
    url: str

    @abc.abstractmethod
    def read(self, requests: Sequence[Request], now: datetime | None = None) -> list[list[Answer]]:
        """Read entities of several views at one moment, in one round trip where the store has them.

        Args:
            now: the moment, with a time zone; None: the present.

        Returns:
            one list for each request, with one answer for each of its keys, in order.

        Raises:
            ValueRefusedError: a key of a wrong type or length.
            UnknownNameError: a column that is no feature of its view.
            NotMaterializedError, SchemaChangedError, StoreUnavailableError
        """

    @abc.abstractmethod
    def read_one(
        self,
        view: FeatureView,
        key: Sequence[Any],
        now: datetime | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> Answer:
        """Read one entity of one view; `read` with the least around it."""

    @abc.abstractmethod
    def write(self, view: FeatureView, batch: Batch) -> None:
        """Write rows to the live table, guarded: a stored state that is greater stays.

        Raises:
            NotMaterializedError, SchemaChangedError, StoreUnavailableError
        """

    @abc.abstractmethod
    def materializing(
        self, view: FeatureView, full: bool = False
    ) -> AbstractContextManager[Materialization]:
        """`with store.materializing(view) as materialization:` write batches, then `finish`.

        It is `full` if that is asked for, if there is no live table, or if the live one has other
        columns than the view. What was begun and not finished leaves no trace, or is cleared by
        the next.

        Raises:
            LockedError: if another is under way.
            UnsupportedError: if a column is of a type that no store can hold.
            StoreUnavailableError
        """

    @abc.abstractmethod
    def live(self) -> list[Live]:
        """What is there, by view and version; empty for a store that nothing was written to."""

    @abc.abstractmethod
    def drop(self, view: str, version: int) -> bool:
        """Take a view version out of the store; whether it was there."""

    @abc.abstractmethod
    def ping(self) -> None:
        """Raises StoreUnavailableError unless the store can be read."""

    @abc.abstractmethod
    def close(self) -> None:
        """Close all connections. A closed store cannot be used again."""

    def write_rows(self, view: FeatureView, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows given as mappings of columns to Python values; how many there were."""
        batch = Batch.of_rows(view, rows)
        if batch.length:
            self.write(view, batch)
        return batch.length

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Plan:
    """What makes answers of stored states: which columns, and how their values are loaded."""

    def __init__(self, view: FeatureView, columns: tuple[str, ...] | None) -> None:
        self.features = (
            view.features if columns is None else tuple([view.feature(name) for name in columns])
        )
        view.require_held()
        self.none = (None,) * len(self.features)
        self.absent = Answer(Status.NOT_FOUND, self.none)
        self._ttl_us = view.ttl_us
        self._loaders = [
            (index, feature.type.load)
            for index, feature in enumerate(self.features)
            if feature.type.load is not None
        ]

    def answer(
        self, event_us: int, known_us: int, deleted: int, values: tuple, moment_us: int
    ) -> Answer:
        """What a state, its values in stored form, says at a moment."""
        if deleted:
            return self.absent
        if self._ttl_us is not None and moment_us - event_us > self._ttl_us:
            return Answer(_OUTSIDE_TTL, self.none, event_us, known_us)
        if values == self.none:
            return Answer(_NULL, values, event_us, known_us)
        if self._loaders:
            loaded = list(values)
            for index, load in self._loaders:
                if loaded[index] is not None:
                    loaded[index] = load(loaded[index])
            values = tuple(loaded)
        return Answer(_PRESENT, values, event_us, known_us)


# an enum's member looked up by name costs as much as a dict
_PRESENT, _NULL, _OUTSIDE_TTL = Status.PRESENT, Status.NULL, Status.OUTSIDE_TTL


def check_live(live: Live | None, view: FeatureView, url: str) -> None:
    """Raises the reason unless `live` is the view version, with its columns."""
    command = f"`python -m serving materialize --view {view.label}`"
    if live is None:
        raise NotMaterializedError(f"{view.label} is not in the online store {url}: run {command}.")
    if live.schema_hash != view.schema_hash:
        raise SchemaChangedError(
            f"{view.label} is in the online store {url} with other columns than the manifest says:"
            f" run {command} if the manifest is newer, load the manifest again if it is older."
        )


def open_store(url: str, project: str = "azekura") -> OnlineStore:
    """Open an online store by its URL.

    Args:
        url: `sqlite:///relative/path`, `sqlite:////absolute/path`, or `redis://…`, `rediss://…`,
            `unix://…` as redis-py has them.
        project: what keys in a shared store begin with.

    Raises:
        UnsupportedError: for another URL.
        StoreUnavailableError: if it cannot be opened.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from serving.stores.sqlite import SQLiteStore

        return SQLiteStore(rest[1:])
    if separator and scheme in ("redis", "rediss", "unix", "valkey", "valkeys"):
        from serving.stores.redis import RedisStore

        return RedisStore(url.replace("valkey", "redis", 1), project)
    shown = f"{scheme}://…" if separator else url
    raise UnsupportedError(
        f"{shown} is no online store: it is sqlite:///path, redis://host:port/db or rediss://…"
    )


def now_us(now: datetime | None) -> int:
    """Microseconds since 1970 of a moment, or of the present."""
    return time.time_ns() // 1000 if now is None else _moment(now, "now")


def stored_key(view: FeatureView, key: Sequence[Any]) -> tuple[Stored, ...] | None:
    """The stored form of an entity's key; None if a part of it is NULL.

    Raises:
        ValueRefusedError: if it has a wrong length or a value of a wrong type.
    """
    if isinstance(key, str | bytes) or len(key) != len(view.keys):
        raise ValueRefusedError(
            f"A key of {view.label} has {len(view.keys)} values"
            f" ({', '.join(view.key_names)}): {key!r} has not."
        )
    values = tuple(
        [
            stored(value, part.type, f"{view.label}.{part.name}")
            for value, part in zip(key, view.keys, strict=True)
        ]
    )
    return None if None in values else values


def stored_keys(
    view: FeatureView, keys: Sequence[Sequence[Any]]
) -> list[tuple[Stored, ...] | None]:
    """The stored form of many keys; None where a part is NULL. Raises as `stored_key`."""
    try:
        columns = list(zip(*keys, strict=True))
        plain = len(columns) == len(view.keys) and all(map(_is_plain, columns, view.keys))
    except (TypeError, ValueError):
        plain = False
    # types are told by column, which costs a tenth of telling them by value
    if plain:
        return list(zip(*columns, strict=True))
    return [stored_key(view, key) for key in keys]


def _is_plain(values: tuple, key: Feature) -> bool:
    """Whether values are stored as they are."""
    types = set(map(type, values))
    if key.type.name == "INT64":
        return types == {int} and min(values) >= -(1 << 63) and max(values) < 1 << 63
    return types == {str} and key.type.name == "STRING" and "".join(values).isascii()


def _moment(value: Any, column: str) -> int:
    try:
        return microseconds(value)
    except (AttributeError, TypeError, ValueError):
        raise ValueRefusedError(
            f"{column} is a moment with a time zone; {value!r} is not."
        ) from None
