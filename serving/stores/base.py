"""The contract of every online store: what it does, and what a read and a write are made of.

A store holds one state per entity of a view version: the row with the greatest (event time, known
time); rows equal in both are ordered by their values (`FeatureView.tie_order`), NULL least and NaN
greatest.
"""

import abc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from serving.definitions import FeatureView
from serving.errors import ValueRefusedError
from serving.types import Stored, moment, stored, stored_moment


class Status(StrEnum):
    """What is known of an entity at a moment; the words of the training set."""

    PRESENT = "PRESENT"
    NULL = "NULL"
    NOT_FOUND = "NOT_FOUND"
    OUTSIDE_TTL = "OUTSIDE_TTL"
    NOT_AVAILABLE_AT = "NOT_AVAILABLE_AT"
    """The newest state, the only one that a store keeps, became known or happened later."""


class Answer(NamedTuple):
    """What one entity of one view was at the moment of the read.

    values    one for each feature asked for, in the order asked; all None unless PRESENT
    event_us  microseconds since 1970; None if NOT_FOUND or NOT_AVAILABLE_AT
    known_us  microseconds since 1970; None if NOT_FOUND or NOT_AVAILABLE_AT
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
    marks           of the rows it was made from, by day (serving.offline.DayMarks); None if unknown
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
    marks: Mapping[str, str] | None = None

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
            return [stored_moment(row[name], f"{view.label}.{name}") for row in rows]

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
    def finish(self, max_known_us: int | None, marks: Mapping[str, str] | None = None) -> Live:
        """Switch to the new table, or note how far the live one reaches, and of which rows it is
        made; None leaves the marks that are there, unless the table is new.

        When a table is replaced, states known later than `max_known_us` are carried over: they were
        pushed, and the warehouse cannot know them yet.
        """


class OnlineStore(abc.ABC):
    """Where features are read one by one. Safe to use from several threads."""

    #: as it was opened, without a password
    url: str

    @classmethod
    @abc.abstractmethod
    def from_url(cls, url: str, project: str) -> Self | None:
        """The store at `url`, which has one of its schemes; None if it cannot be meant.

        Args:
            project: what keys in a shared store begin with.

        Raises:
            UnsupportedError: for a URL that is wrong otherwise.
        """

    @abc.abstractmethod
    def read(self, requests: Sequence[Request], now: datetime | None = None) -> list[list[Answer]]:
        """Read entities of several views at one moment, in one round trip where the store has them.

        Args:
            now: the moment, with a time zone, of which no later knowledge is told; None: the
                present.

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
