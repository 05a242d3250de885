"""From the warehouse into the online store.

Incremental by known time: what became known since the moment that the last one reached, that moment
included, is read. So a late row, of an old event but known only now, is never left out; what was
there already is not changed by being written twice.

Old knowledge may arrive late, too: days are landed out of order, or built again. So the store keeps
a mark of the rows of each day that it was made from. If a day's rows up to that moment are others
now, the view is built anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from serving.definitions import FeatureView
from serving.errors import UnsupportedError
from serving.offline import Source
from serving.stores.base import Live, OnlineStore
from serving.stores.states import now_us
from serving.types import microseconds

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Materialized:
    """What one materialization did; `entities` were read, their newest states written."""

    view: FeatureView
    live: Live
    full: bool
    entities: int


def materialize(
    store: OnlineStore,
    source: Source,
    view: FeatureView,
    full: bool = False,
    until: datetime | None = None,
    progress: Progress | None = None,
) -> Materialized:
    """Bring a view version in the online store up to date with the warehouse.

    Args:
        full: build it anew beside, and switch when it is whole. So it is done in any case if the
            store has no table of it, or one with other columns, or of other rows of the past.
        until: rows known later are left out; None: known later than now. A row of the future
            would be served before its time.
        progress: called with the number of entities of each batch written.

    Raises:
        UnsupportedError: the view is not online, or has a type that no store can hold; nothing
            is written.
        LockedError: somebody else is at it.
        ServingError: the warehouse or the store fails. Reads see what they saw before, or, when
            it was incremental, some of the newer states; running it again completes it.
    """
    check_can_be_online(view)
    until_us = now_us(until)
    entities = 0
    live = next((one for one in store.live() if one.label == view.label), None)
    reached = live and live.max_known_time and microseconds(live.max_known_time)
    marks = None  # those of a moment before the one reached say nothing of it
    if reached is None or until_us >= reached:
        marks = source.day_marks(view, reached, until_us)
        full = full or (reached is not None and live.marks != marks.before)
    with store.materializing(view, full) as materialization:
        since_us = None
        if not materialization.full and materialization.live.max_known_time is not None:
            since_us = microseconds(materialization.live.max_known_time)
        reached_us = source.newest_known(view, since_us, until_us)
        if reached_us is not None:
            for batch in source.newest_states(view, since_us, reached_us):
                materialization.write(batch)
                entities += batch.length
                if progress is not None:
                    progress(batch.length)
        live = materialization.finish(reached_us, marks and marks.now)
    return Materialized(view, live, materialization.full, entities)


def check_can_be_online(view: FeatureView) -> None:
    """Raises UnsupportedError naming what stands in the way."""
    if not view.online:
        raise UnsupportedError(
            f"{view.label} is not online: set `online: true` in its meta.feature_store."
        )
    view.require_held()
