"""Writes by view: rows of a stream, as they would stand in the view's model."""

from datetime import UTC, datetime, timedelta
from typing import Any

from serving.definitions import FeatureView
from serving.server.errors import RequestError, malformed, shown
from serving.stores.base import Batch
from serving.types import FeatureType, feature_type, parsed

CLOCKS_DIFFER = timedelta(minutes=1)  # by how much known_at may lie in the future
AHEAD = timedelta(days=1)  # by how many days event_at may, as in the lake


def read_rows(view: FeatureView, rows: Any, most: int, now: datetime) -> Batch:
    """The rows of a request, ready to be written all or none; raises what is wrong with them.

    A row has the view's keys, its event time and all its features; its known time, which is `now`
    if left out; and `is_deleted`, false if left out, where the view has one.
    """
    if not isinstance(rows, list) or not rows:
        raise malformed('"rows" is a list of objects, one for each row to write.')
    if len(rows) > most:
        raise RequestError(
            413,
            "too_many_rows",
            f"{len(rows)} rows are more than the {most} of one request; push in parts.",
        )
    types = _types(view)
    optional = {view.known_time, view.is_deleted}
    needed = [name for name in types if name not in optional]
    return Batch.of_rows(
        view, [_row(view, number, row, types, needed, now) for number, row in enumerate(rows, 1)]
    )


def _types(view: FeatureView) -> dict[str, FeatureType]:
    types = {part.name: part.type for part in (*view.keys, *view.features)}
    types[view.event_time] = types[view.known_time] = feature_type("TIMESTAMP")
    if view.is_deleted:
        types[view.is_deleted] = feature_type("BOOL")
    for name, type_ in types.items():
        type_.require_held(f"{view.label}.{name}")
    return types


def _row(
    view: FeatureView,
    number: int,
    row: Any,
    types: dict[str, FeatureType],
    needed: list[str],
    now: datetime,
) -> dict[str, Any]:
    if type(row) is not dict:
        raise malformed(f"Row {number} is {shown(row)}, not an object of columns.")
    for name in row:
        if name not in types:
            raise malformed(f"Row {number} has {shown(name)}, which {view.label} has not.")
    missing = [name for name in needed if name not in row]
    if missing:
        raise malformed(
            f"Row {number} lacks {', '.join(missing)}: a row replaces all of an entity, so each"
            f" feature of {view.label} is given, null where it is unknown."
        )
    read = {
        name: parsed(value, types[name], f"Row {number}: {name}") for name, value in row.items()
    }
    if read.get(view.known_time) is None:
        read[view.known_time] = now
    elif read[view.known_time] > now + CLOCKS_DIFFER:
        raise RequestError(
            400,
            "known_in_the_future",
            f"Row {number}: {view.known_time} is {shown(row[view.known_time])}, which is not yet"
            f" (it is {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}): push a row when it is known.",
        )
    event_time = read[view.event_time]
    if event_time is not None and event_time.astimezone(UTC).date() > now.date() + AHEAD:
        raise RequestError(
            400,
            "event_in_the_future",
            f"Row {number}: {view.event_time} is {shown(row[view.event_time])}, more than a day"
            f" after the day of its arrival ({now:%Y-%m-%d}, UTC): until then no other row of the"
            " entity would be taken.",
        )
    return read
