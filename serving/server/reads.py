"""Reads by service and by view: a request's JSON in, an answer's JSON out.

How a read is done is planned once, when the manifest is loaded; what is left for a request is to
check it, to read the store once, and to write columns. A loop over entities in Python is what a
read is made of, so each of them is one comprehension.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from typing import Any

from serving.definitions import Feature, FeatureService, FeatureView
from serving.errors import UnsupportedError, unknown
from serving.registry import Registry
from serving.server.errors import RequestError, malformed, shown
from serving.server.values import column_writer, timestamp_text, timestamp_texts
from serving.stores.base import Answer, Request
from serving.types import FeatureType, microseconds, parsed

SUBSETS_KEPT = 256  # of the features of one service or view, ready to be read again


@dataclass(frozen=True, eq=False)
class PlannedView:
    """What is read of one view.

    labels   the names that a request gives the keys, in the order of the view's keys
    columns  the features read, None for all, and the names they have in the answer
    """

    view: FeatureView
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def writers(self) -> tuple:
        """What makes each column of values ready for JSON."""
        return tuple(column_writer(self.view.feature(name).type) for name in self.columns)

    def request(self, columns_by_label: Mapping[str, Sequence[Any]]) -> Request:
        """The read of the store, for keys given by column."""
        keys = [
            _read_key(columns_by_label[label], label, key)
            for label, key in zip(self.labels, self.view.keys, strict=True)
        ]
        return Request(self.view, list(zip(*keys, strict=True)), self.columns)


@dataclass(frozen=True, eq=False)
class ReadPlan:
    """How a service, or one version of a view, is read.

    head    what the answer begins with
    where   what errors call it
    labels  names of the keys that a request has to give, each once
    """

    head: dict[str, Any]
    service: str | None
    where: str
    views: tuple[PlannedView, ...]
    headers: tuple[tuple[bytes, bytes], ...] = ()
    whole: "ReadPlan | None" = None
    _subsets: dict[tuple[str, ...], "ReadPlan"] = field(default_factory=dict)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(label for planned in self.views for label in planned.labels))

    @cached_property
    def needed(self) -> frozenset[str]:
        """The same, to compare."""
        return frozenset(self.labels)

    @property
    def allowed(self) -> frozenset[str]:
        """Names that a request may give: of some features, the keys of all."""
        return (self.whole or self).needed

    def subset(self, names: Any) -> "ReadPlan":
        """The plan of some of the features, by their names in the answer."""
        if not isinstance(names, list) or not names or any(type(name) is not str for name in names):
            raise malformed('"features" is a list of names, or left out for all of them.')
        if len(set(names)) < len(names):
            raise malformed('"features" names one of them twice.')
        found = self._subsets.get(tuple(names))
        if found is None:
            found = self._without_others(names)
            if len(self._subsets) < SUBSETS_KEPT:
                self._subsets[tuple(names)] = found
        return found

    def _without_others(self, names: list[str]) -> "ReadPlan":
        known = [name for planned in self.views for name in planned.names]
        for name in names:
            if name not in known:
                error = unknown("feature", name, known, f" in {self.where}")
                raise RequestError(400, "unknown_feature", str(error))
        views = []
        for planned in self.views:
            kept = [
                (column, name)
                for column, name in zip(planned.columns, planned.names, strict=True)
                if name in names
            ]
            if kept:
                columns, renamed = zip(*kept, strict=True)
                views.append(PlannedView(planned.view, planned.labels, columns, renamed))
        return replace(self, views=tuple(views), whole=self, _subsets={})


class Served:
    """The answer to one request: columns of values, and one status for each entity and view."""

    def __init__(
        self,
        plan: ReadPlan,
        requests: list[Request],
        answers: list[list[Answer]],
        now: datetime,
        request_id: str,
    ) -> None:
        self._plan = plan
        self._requests = requests
        self._asked_at = datetime.now(UTC)
        self._now = now
        self._request_id = request_id
        self._blocks = [
            _Block(planned, found) for planned, found in zip(plan.views, answers, strict=True)
        ]

    @property
    def entities(self) -> int:
        return len(self._requests[0].keys)

    @property
    def views(self) -> int:
        return len(self._requests)

    def statuses(self) -> Iterator[tuple[FeatureView, Sequence[str]]]:
        """What was found of each view, for the metrics."""
        return ((block.planned.view, block.statuses) for block in self._blocks)

    def answer(self) -> dict[str, Any]:
        """The answer's JSON."""
        features: dict[str, Sequence[Any]] = {}
        views = []
        for block in self._blocks:
            features.update(zip(block.planned.names, block.columns, strict=True))
            views.append(
                {
                    "view": block.planned.view.name,
                    "version": block.planned.view.version,
                    "features": block.planned.names,
                    "status": block.statuses,
                    "event_at": timestamp_texts(block.event_us),
                    "known_at": timestamp_texts(block.known_us),
                }
            )
        return {**self._plan.head, "features": features, "views": views}

    def log_records(self) -> Iterator[dict[str, Any]]:
        """One record per entity and view, as `serving.server.request_log` says."""
        asked_at = timestamp_text(microseconds(self._asked_at))
        requested_at = timestamp_text(microseconds(self._now))
        for view_number, (block, request) in enumerate(
            zip(self._blocks, self._requests, strict=True)
        ):
            view = block.planned.view
            keys = [
                _json_column(part.type, column)
                for part, column in zip(view.keys, zip(*request.keys, strict=True), strict=True)
            ]
            for entity_number, (key, status, values, event_at, known_at) in enumerate(
                zip(
                    zip(*keys, strict=True),
                    block.statuses,
                    zip(*block.columns, strict=True),
                    timestamp_texts(block.event_us),
                    timestamp_texts(block.known_us),
                    strict=True,
                )
            ):
                yield {
                    "request_id": self._request_id,
                    "entity_number": entity_number,
                    "view_number": view_number,
                    "event_at": asked_at,
                    "requested_at": requested_at,
                    "service": self._plan.service,
                    "view": view.name,
                    "version": view.version,
                    "keys": dict(zip(view.key_names, key, strict=True)),
                    "values": dict(zip(block.planned.columns, values, strict=True)),
                    "status": status,
                    "feature_event_at": event_at,
                    "feature_known_at": known_at,
                }


class _Block:
    """The answers of one view, by column, ready for JSON."""

    __slots__ = ("columns", "event_us", "known_us", "planned", "statuses")

    def __init__(self, planned: PlannedView, answers: list[Answer]) -> None:
        statuses, values, event_us, known_us = zip(*answers, strict=True)
        self.planned = planned
        self.statuses = statuses
        self.event_us = event_us
        self.known_us = known_us
        self.columns = [
            column if write is None else write(column)
            for write, column in zip(planned.writers, zip(*values, strict=True), strict=True)
        ]


class ReadPlans:
    """The plans of all that a registry offers. Never changed: another manifest is another one."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._services = {
            name: _service_plan(service) for name, service in registry.services.items()
        }
        self._views = {
            (view.name, view.version): _view_plan(view) for view in registry.views.values()
        }

    def service(self, name: str) -> ReadPlan:
        """How to read a service; raises UnknownNameError, or why it cannot be read."""
        plan = self._services.get(name)
        if plan is None:
            plan = self._services[self.registry.service(name).name]
        if isinstance(plan, str):
            raise UnsupportedError(plan)
        return plan

    def view(self, name: str, version: Any) -> ReadPlan:
        """How to read a view, the latest version if none is given."""
        view = online_view(self.registry, name, version)
        return self._views[view.name, view.version]


def online_view(registry: Registry, name: str, version: Any) -> FeatureView:
    """A view that reads and writes one by one are offered of."""
    if version is not None and type(version) is not int:
        raise malformed(f'"version" is a number, or left out for the latest, not {shown(version)}.')
    view = registry.view(name, version)
    if not view.online:
        raise UnsupportedError(
            f"{view.label} is not online: set `online: true` in its meta.feature_store and"
            " materialize it."
        )
    return view


def read_entities(plan: ReadPlan, entities: Any, most: int) -> list[Request]:
    """The reads of the store for the entities of a request; raises what is wrong with them."""
    if not isinstance(entities, list) or not entities:
        raise malformed(
            f'"entities" is a list of objects with {_listed(plan.labels)}, one for each entity.'
        )
    if len(entities) > most:
        raise RequestError(
            413,
            "too_many_entities",
            f"{len(entities)} entities are more than the {most} of one request; ask in parts.",
        )
    needed, allowed = plan.needed, plan.allowed
    for number, entity in enumerate(entities, 1):
        if type(entity) is not dict or not needed <= entity.keys() <= allowed:
            raise _wrong_entity(plan, number, entity)
    columns = {label: [entity[label] for entity in entities] for label in plan.labels}
    return [planned.request(columns) for planned in plan.views]


def _wrong_entity(plan: ReadPlan, number: int, entity: Any) -> RequestError:
    wanted = _listed(plan.labels)
    if type(entity) is not dict:
        return malformed(f"Entity {number} is {shown(entity)}, not an object with {wanted}.")
    missing = [label for label in plan.labels if label not in entity]
    if missing:
        has = _listed(sorted(entity)) if entity else "nothing"
        return malformed(
            f"Entity {number} lacks {_listed(missing)}: {plan.where} is read by {wanted},"
            f" and it has {has}."
        )
    other = next(name for name in entity if name not in plan.allowed)
    return malformed(f"Entity {number} has {shown(other)}, but {plan.where} is read by {wanted}.")


def _listed(names: Sequence[str]) -> str:
    some = [shown(name) for name in names[:10]]
    if len(names) > 10:
        some.append(f"{len(names) - 10} more")
    return " and ".join([", ".join(some[:-1]), some[-1]] if len(some) > 1 else some)


def _read_key(values: Sequence[Any], label: str, key: Feature) -> Sequence[Any]:
    """A column of keys as Python values."""
    type_ = key.type
    # what needs no reading, told without a step of Python for each
    types = set(map(type, values))
    if type_.name == "STRING" and types == {str} and all(map(str.isascii, values)):
        return values
    if type_.name == "INT64" and types == {int}:
        return values
    return [
        parsed(value, type_, f"Entity {number}: {label}") for number, value in enumerate(values, 1)
    ]


def _json_column(type_: FeatureType, column: Sequence[Any]) -> Sequence[Any]:
    write = column_writer(type_)
    return column if write is None else write(column)


def _service_plan(service: FeatureService) -> ReadPlan | str:
    """The plan, or why the service cannot be read."""
    offline = [part.view.label for part in service.views if not part.view.online]
    if offline:
        return (
            f"Service {service.name} needs {', '.join(offline)}, not online: set `online: true` in"
            " the meta.feature_store of each and materialize it."
        )
    if service.fill:
        return (
            f"Service {service.name} is trained with fill: {service.fill}, which looks past the"
            " newest state; the online store holds no other."
        )
    views = []
    for part in service.views:
        columns, names = zip(*part.columns, strict=True)
        labels = tuple(label for label, _ in part.keys)
        views.append(PlannedView(part.view, labels, columns, names))
    return ReadPlan(
        {"service": service.name}, service.name, f"service {service.name}", tuple(views)
    )


def _view_plan(view: FeatureView) -> ReadPlan:
    planned = PlannedView(view, view.key_names, view.feature_names, view.feature_names)
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if view.deprecation_date:  # RFC 8594: until when it is there
        headers = ((b"sunset", format_datetime(view.deprecation_date, usegmt=True).encode()),)
    return ReadPlan({}, None, view.label, (planned,), headers)
