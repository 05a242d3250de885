"""Reads as applications ask for them: a view or a service, by names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from serving.definitions import FeatureService, FeatureView
from serving.errors import UnsupportedError, ValueRefusedError, unknown
from serving.stores.base import Answer, OnlineStore, Request, Status

Entity = Mapping[str, Any]


class ServiceAnswer(NamedTuple):
    """The features of a service for one entity.

    values    by their names in the training set, in its order
    statuses  one for each view of the service, in its order
    answers   what each view said
    """

    values: dict[str, Any]
    statuses: tuple[Status, ...]
    answers: tuple[Answer, ...]


def read_view(
    store: OnlineStore,
    view: FeatureView,
    entities: Sequence[Entity],
    now: datetime | None = None,
    columns: Sequence[str] | None = None,
) -> list[Answer]:
    """Read features of one view for entities given as mappings of its keys to Python values.

    now: the moment of which nothing later is told; None is the present. The store keeps the newest
    state only: where that came later, the answer is NOT_AVAILABLE_AT.

    Raises:
        ValueRefusedError: a key is missing, or of a wrong type.
        UnknownNameError: a name that is no key, or no feature, of the view.
        UnsupportedError: the view is not online.
    """
    names = view.key_names
    keys = _keys(names, names, entities, view.label)
    [answers] = store.read([_request(view, keys, columns)], now)
    return answers


def read_service(
    store: OnlineStore,
    service: FeatureService,
    entities: Sequence[Entity],
    now: datetime | None = None,
) -> list[ServiceAnswer]:
    """Read all features of a service, its views in one call of the store.

    An entity maps the names in `service.keys` to Python values; `now` is as in `read_view`.

    Raises: as `read_view`.
    """
    if service.fill:
        raise UnsupportedError(
            f"Feature service {service.name!r} fills with {service.fill}, which looks further back"
            " than the one state that the online store keeps: take `fill` out of its training set."
        )
    requests = [
        _request(
            part.view,
            _keys([name for name, _ in part.keys], service.keys, entities, service.name),
            tuple(column for column, _ in part.columns),
        )
        for part in service.views
    ]
    names = service.feature_names
    answers = store.read(requests, now)
    return [
        ServiceAnswer(
            values=dict(zip(names, [v for answer in row for v in answer.values], strict=True)),
            statuses=tuple(answer.status for answer in row),
            answers=row,
        )
        for row in zip(*answers, strict=True)
    ]


def _request(view: FeatureView, keys: list[tuple], columns: Sequence[str] | None) -> Request:
    if not view.online:
        raise UnsupportedError(
            f"{view.label} is not online: set `online: true` in its meta.feature_store and"
            " materialize it."
        )
    return Request(view, keys, None if columns is None else tuple(columns))


def _keys(
    names: Sequence[str], allowed: Sequence[str], entities: Sequence[Entity], where: str
) -> list[tuple]:
    """One key for each entity; every name is one of `allowed`, and all of `names` are there."""
    try:
        keys = [tuple([entity[name] for name in names]) for entity in entities]
    except KeyError as error:
        raise ValueRefusedError(
            f"{where} is read by {', '.join(allowed)}: {error.args[0]!r} is missing."
        ) from None
    count = len(allowed)
    for entity in entities:
        if len(entity) != count:
            extra = next((name for name in entity if name not in allowed), None)
            if extra is not None:
                raise unknown("key", extra, allowed, f" of {where}")
    return keys
