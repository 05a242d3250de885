"""Feature views, states and what a store is to say of them, for tests."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

from serving.definitions import Feature, FeatureView
from serving.stores.base import Answer, Batch, Status
from serving.types import feature_type, microseconds, order_of

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """A moment, minutes after the first."""
    return T0 + timedelta(minutes=minutes)


def make_view(
    keys: dict[str, str] | None = None,
    features: dict[str, str] | None = None,
    *,
    ttl: timedelta | None = None,
    name: str = "feat_user__stats",
    **settings,
) -> FeatureView:
    """A feature view of columns and their types, without a manifest."""

    def columns(types: dict[str, str]) -> tuple[Feature, ...]:
        return tuple(Feature(column, feature_type(type_)) for column, type_ in types.items())

    return FeatureView(
        **{
            "name": name,
            "version": 1,
            "entity": "user",
            "keys": columns(keys or {"user_id": "INT64"}),
            "features": columns(features or {"visits": "INT64", "rate": "FLOAT64"}),
            "ttl": ttl,
            "online": True,
            "relation": '"warehouse"."main"."feat_user__stats"',
            **settings,
        }
    )


def next_version(view: FeatureView) -> FeatureView:
    return dataclasses.replace(view, version=view.version + 1)


def row(view: FeatureView, key: Any, event: float, known: float, *values: Any, deleted=False):
    """A row of a view: its times in minutes, the values of its features in order."""
    keys = key if isinstance(key, tuple) else (key,)
    made = dict(zip(view.key_names, keys, strict=True))
    made |= {view.event_time: at(event), view.known_time: at(known)}
    made |= dict(zip(view.feature_names, values, strict=bool(values)))
    if view.is_deleted:
        made[view.is_deleted] = deleted
    return made


class Model:
    """The contract, in the plainest words: what a store that was written these rows is to say."""

    def __init__(self, view: FeatureView) -> None:
        self._view = view
        self._states: dict[tuple, tuple] = {}

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        view = self._view
        for made in rows:
            batch = Batch.of_rows(view, [made])
            features = dict(zip(view.feature_names, batch.features, strict=True))
            ordered = [features[feature.name] for feature in view.tie_order]
            values = [column[0] for column in (*ordered, batch.deleted)]
            order = (batch.event_us[0], batch.known_us[0], [order_of(value) for value in values])
            key = tuple(made[name] for name in view.key_names)
            self._states[key] = max(
                self._states.get(key, ((-math.inf,), {})), (order, made), key=lambda state: state[0]
            )

    def read(self, key: tuple, now: datetime) -> Answer:
        view = self._view
        nothing = (None,) * len(view.features)
        _, made = self._states.get(key, (None, None))
        if made and max(made[view.event_time], made[view.known_time]) > now:
            return Answer(Status.NOT_AVAILABLE_AT, nothing)
        if made is None or (view.is_deleted and made.get(view.is_deleted)):
            return Answer(Status.NOT_FOUND, nothing)
        times = microseconds(made[view.event_time]), microseconds(made[view.known_time])
        if view.ttl is not None and now - made[view.event_time] > view.ttl:
            return Answer(Status.OUTSIDE_TTL, nothing, *times)
        values = tuple(made.get(name) for name in view.feature_names)
        return Answer(Status.NULL if values == nothing else Status.PRESENT, values, *times)


def same(one: Any, other: Any) -> bool:
    """Equal to the last bit: of the same type, NaN like NaN, -0.0 unlike 0.0."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda d: d.replace(fold=0))
_times = st.times().map(lambda t: t.replace(fold=0))
_integers = st.integers(-(1 << 63), (1 << 63) - 1)
_numerics = st.integers(-(10**38) + 1, 10**38 - 1).map(
    lambda units: Decimal(units).scaleb(-9, Context(prec=38))
)

#: values of each type of BigQuery's that a store holds
VALUES: dict[str, st.SearchStrategy] = {
    "INT64": _integers,
    "FLOAT64": st.floats(),
    "BOOL": st.booleans(),
    "STRING": _texts,
    "BYTES": st.binary(max_size=8),
    "DATE": st.dates(date(1, 1, 1), date(9999, 12, 31)),
    "DATETIME": _moments,
    "TIME": _times,
    "TIMESTAMP": _moments.map(lambda moment: moment.replace(tzinfo=UTC)),
    "NUMERIC": _numerics,
    "ARRAY<INT64>": st.lists(_integers, max_size=3),
    "ARRAY<FLOAT64>": st.lists(st.floats(), max_size=3),
    "ARRAY<STRING>": st.lists(_texts, max_size=3),
    "ARRAY<BYTES>": st.lists(st.binary(max_size=3), max_size=3),
    "ARRAY<NUMERIC>": st.lists(_numerics, max_size=2),
    "ARRAY<DATE>": st.lists(st.dates(), max_size=2),
}


def every_type(**settings) -> FeatureView:
    """A view with a feature of each type, `f_0`, `f_1`, …"""
    return make_view(features={f"f_{n}": name for n, name in enumerate(VALUES)}, **settings)


def rows_of_every_type(view: FeatureView) -> st.SearchStrategy[dict[str, Any]]:
    """Rows of `every_type()` for one entity."""
    return st.tuples(*[st.none() | values for values in VALUES.values()]).map(
        lambda values: row(view, 1, 0, 0, *values)
    )
