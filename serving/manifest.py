"""What dbt's manifest says of feature views and feature services."""

import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from serving.definitions import Feature, FeatureService, FeatureView, ServiceView
from serving.errors import DefinitionError, ServingError
from serving.types import feature_type


def manifest_path() -> Path:
    """Where dbt writes the manifest: under DBT_TARGET_PATH, else target/."""
    return Path(os.environ.get("DBT_TARGET_PATH") or "target") / "manifest.json"


_UNITS = ("second", "minute", "hour", "day", "week")


def duration(text: str) -> timedelta:
    """`3 hours`; raises ValueError."""
    match = re.fullmatch(rf"([0-9]+)\s+({'|'.join(_UNITS)})s?", str(text).strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError(f"{text!r} is no duration such as '3 hours'")
    return timedelta(**{f"{match[2]}s": int(match[1])})


def read_manifest(path: Path) -> Mapping[str, Any]:
    """What the file says; raises DefinitionError if it is no manifest."""
    try:
        manifest = json.loads(path.read_text())
    except FileNotFoundError:
        raise DefinitionError(
            f"There is no manifest at {path}: run `dbt parse`, or set DBT_TARGET_PATH."
        ) from None
    except (OSError, ValueError) as error:
        raise DefinitionError(f"The manifest {path} cannot be read: {error}.") from None
    if not isinstance(manifest, Mapping) or "nodes" not in manifest:
        raise DefinitionError(f"{path} is no manifest of dbt's: it has no nodes.")
    return manifest


def meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a node says under `meta`."""
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def _version(node: Mapping[str, Any], value: object) -> int:
    if value is None:
        return 1
    try:
        return int(str(value))
    except ValueError:
        raise DefinitionError(
            f"{node['name']}: the version of a feature view is a whole number, not {value!r}."
        ) from None


def view_of(node: Mapping[str, Any], setting: Mapping[str, Any]) -> FeatureView:
    """The view that a model's `meta.feature_store` makes of it; raises DefinitionError."""
    name = node["name"]

    def wrong(message: str) -> DefinitionError:
        return DefinitionError(f"{name}: meta.feature_store: {message}")

    if not isinstance(setting, Mapping):
        raise wrong("is a mapping of settings.")
    keys = setting.get("keys")
    keys = [keys] if isinstance(keys, str) else keys
    if not keys or not isinstance(keys, list):
        raise wrong("`keys` lists one column or several.")
    columns = {column["name"]: column for column in (node.get("columns") or {}).values()}
    event_time = setting.get("event_time") or "event_at"
    known_time = setting.get("known_time") or "known_at"
    is_deleted = setting.get("is_deleted")

    def column(column_name: str, setting_name: str) -> Feature:
        if column_name not in columns:
            raise wrong(
                f"`{setting_name}` names {column_name!r}, which is no column of the contract."
            )
        found = columns[column_name]
        if not found.get("data_type"):
            raise wrong(f"column {column_name} has no data_type: its contract is to be enforced.")
        description = (found.get("description") or "").strip()
        return Feature(column_name, feature_type(found["data_type"]), description)

    for time, setting_name in ((event_time, "event_time"), (known_time, "known_time")):
        if column(time, setting_name).type.name != "TIMESTAMP":
            raise wrong(f"`{setting_name}` names {time!r}, which is no TIMESTAMP.")
    if is_deleted and column(is_deleted, "is_deleted").type.name != "BOOL":
        raise wrong(f"`is_deleted` names {is_deleted!r}, which is no BOOL.")
    key_columns = tuple(column(key, "keys") for key in keys)
    for key in key_columns:
        if setting.get("online") and not key.type.is_key:
            raise wrong(f"key {key.name} is {key.type}, by which no entity can be told.")
    partition = (node.get("config") or {}).get("partition_by") or {}
    partition = partition.get("field") if isinstance(partition, Mapping) else None
    apart = {*keys, event_time, known_time, is_deleted, partition}
    features = tuple(column(other, "columns") for other in columns if other not in apart)
    if not features:
        raise wrong("the contract has no column that is a feature.")
    ttl = setting.get("ttl")
    try:
        ttl = None if ttl in (None, "none") else duration(ttl)
    except ValueError as error:
        raise wrong(f"`ttl`: {error}.") from None
    version = _version(node, node.get("version"))
    latest = node.get("latest_version")
    return FeatureView(
        name=name,
        version=version,
        entity=setting.get("entity") or "",
        keys=key_columns,
        features=features,
        event_time=event_time,
        known_time=known_time,
        ttl=ttl,
        online=bool(setting.get("online")),
        owner=setting.get("owner"),
        tags=tuple(setting.get("tags") or ()),
        description=(node.get("description") or "").strip(),
        is_deleted=is_deleted,
        is_latest=latest is None or _version(node, latest) == version,
        deprecation_date=_deprecation(node),
        relation=node.get("relation_name") or "",
        unique_id=node.get("unique_id") or "",
    )


def _deprecation(node: Mapping[str, Any]) -> datetime | None:
    text = node.get("deprecation_date")
    if not text:
        return None
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        raise DefinitionError(f"{node['name']}: deprecation_date {text!r} is no date.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def service_of(
    node: Mapping[str, Any],
    setting: Mapping[str, Any],
    find: Callable[[str, int | None], FeatureView],
) -> FeatureService:
    """The service that a training set's `meta.feature_service` declares; raises DefinitionError.

    `find` gives a view by name and version, and raises UnknownNameError.
    """
    name = setting.get("name")
    where = f"Feature service {name!r} of {node['name']}"
    views = []
    for part in setting.get("views") or ():
        try:
            view = find(part["view"], part.get("version") and int(part["version"]))
            columns = part["columns"]
            if not isinstance(columns, Mapping):
                columns = {column: column for column in columns}
            for column in columns:
                view.feature(column)
        except ServingError as error:
            raise DefinitionError(f"{where}: {error}") from None
        keys = part.get("keys") or view.key_names
        if not isinstance(keys, Mapping):
            keys = {key: key for key in keys}
        by_key = {key: label for label, key in keys.items()}
        if set(by_key) != set(view.key_names):
            raise DefinitionError(
                f"{where}: `keys` of {view.label} are to map to {', '.join(view.key_names)},"
                f" not to {', '.join(map(str, by_key))}."
            )
        views.append(
            ServiceView(
                view=view,
                keys=tuple((by_key[key], key) for key in view.key_names),
                columns=tuple(columns.items()),
                name=part.get("as") or view.name,
            )
        )
    if not name or not views:
        raise DefinitionError(f"{where}: meta.feature_service has no name or no views.")
    return FeatureService(
        name=name,
        views=tuple(views),
        training_set=node["name"],
        unique_id=node.get("unique_id") or "",
        at=setting.get("at") or "",
        as_of=setting.get("as_of") or "known",
        strict=bool(setting.get("strict")),
        fill=setting.get("fill"),
        description=(node.get("description") or "").strip(),
    )
