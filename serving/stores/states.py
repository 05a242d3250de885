"""What all stores do alike: keys in stored form, and answers made of stored states."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from serving.definitions import Feature, FeatureView
from serving.errors import NotMaterializedError, SchemaChangedError, ValueRefusedError
from serving.stores.base import Answer, Live, Status
from serving.types import Stored, stored, stored_moment

Asked = tuple[int, int]
"""Microseconds since 1970: the moment where the TTL is measured, and the last one to tell of.

A read of the present tells of all that the store holds: clocks differ between writer and reader.
"""

_END_OF_TIME = (1 << 63) - 1


class AnswerPlan:
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
        self, event_us: int, known_us: int, deleted: int, values: tuple, asked: Asked
    ) -> Answer:
        """What a state, its values in stored form, says at a moment."""
        moment_us, latest_us = asked
        if known_us > latest_us or event_us > latest_us:
            return Answer(_NOT_AVAILABLE_AT, self.none)
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
_NOT_AVAILABLE_AT = Status.NOT_AVAILABLE_AT


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


def kept_marks(marks: Mapping[str, str] | None, live: Live | None, full: bool) -> str | None:
    """The marks of a table as text: new ones, or those of the live table that stays."""
    if marks is None and live is not None and not full:
        marks = live.marks
    return None if marks is None else json.dumps(marks, sort_keys=True)


def asked_at(at: datetime | None) -> Asked:
    """What a read at a moment, or at the present, may see."""
    if at is None:
        return now_us(None), _END_OF_TIME
    moment_us = now_us(at)
    return moment_us, moment_us


def now_us(now: datetime | None) -> int:
    """Microseconds since 1970 of a moment, or of the present."""
    return time.time_ns() // 1000 if now is None else stored_moment(now, "now")


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
