"""The registry: feature views and feature services, read out of dbt's manifest.

>>> registry = Registry.from_manifest("target/manifest.json")
>>> registry.view("feat_airport__traffic").features[0].type.name
>>> registry.service("late_arrival").keys
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from serving.errors import DefinitionError, ServingError, unknown
from serving.types import FeatureType, feature_type


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, or one key: a column of a view's contract."""

    name: str
    type: FeatureType
    description: str = ""


@dataclass(frozen=True, eq=False)
class FeatureView:
    """One version of a feature view.

    name, version     of the dbt model; 1 for a model without versions
    is_latest         whether it is the version that a reader without a version gets
    deprecation_date  until when it is kept, UTC; None: no end is set
    keys              one or several columns, in the order that a key has everywhere
    event_time        name of the column that says when it happened
    known_time        name of the column that says from when it could be known
    ttl               older than this it counts as absent; None: for ever
    online            whether it is materialized
    is_deleted        name of the BOOL column that takes an entity away, or None
    features          in the order of the contract
    relation          the table or view in the warehouse, quoted as its SQL needs it
    unique_id         of the node in the manifest
    """

    name: str
    version: int
    entity: str
    keys: tuple[Feature, ...]
    features: tuple[Feature, ...]
    event_time: str = "event_at"
    known_time: str = "known_at"
    ttl: timedelta | None = None
    online: bool = False
    owner: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    is_deleted: str | None = None
    is_latest: bool = True
    deprecation_date: datetime | None = None
    relation: str = ""
    unique_id: str = ""

    def __repr__(self) -> str:
        return f"<FeatureView {self.label}>"

    @cached_property
    def label(self) -> str:
        """`feat_airport__traffic@1`."""
        return f"{self.name}@{self.version}"

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @cached_property
    def ttl_us(self) -> int | None:
        """The time to live in microseconds."""
        return None if self.ttl is None else self.ttl // timedelta(microseconds=1)

    @cached_property
    def schema_hash(self) -> str:
        """16 hexadecimal digits over what a store's table is made of: names and types, in order."""
        columns = [[(c.name, c.type.name) for c in group] for group in (self.keys, self.features)]
        return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]

    @cached_property
    def tie_order(self) -> tuple[Feature, ...]:
        """The features by which rows equal in both times are ordered, the first that differs.

        In the order of the contract, ARRAYs behind the others, as the training set cannot order by
        them; of rows equal in all of them, one that takes the entity away is the greater.
        """
        return tuple(sorted(self.features, key=lambda feature: feature.type.element is not None))

    def require_held(self) -> None:
        """Raises UnsupportedError if a column is of a type that no online store can hold."""
        for column in (*self.keys, *self.features):
            column.type.require_held(f"{self.label}.{column.name}")

    def feature(self, name: str) -> Feature:
        """The feature of that name; raises UnknownNameError."""
        found = self._by_name.get(name)
        if found is None:
            raise unknown("feature", name, self.feature_names, f" in {self.label}")
        return found

    @cached_property
    def _by_name(self) -> dict[str, Feature]:
        return {feature.name: feature for feature in self.features}


@dataclass(frozen=True, eq=False)
class ServiceView:
    """What a service takes from one view.

    keys     (name in the request, key of the view), in the order of the view's keys
    columns  (feature of the view, name in the answer)
    name     what the training set calls the view; it adds `<name>__status` where it is asked to
    """

    view: FeatureView
    keys: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class FeatureService:
    """The features of one model: what its training set joins is what is served.

    training_set  name of the dbt model; `unique_id` is its node in the manifest
    at            the column of the labels that holds the moment of prediction
    as_of         `known` or `event`
    fill          None or `last_non_null`
    """

    name: str
    views: tuple[ServiceView, ...]
    training_set: str
    unique_id: str
    at: str
    as_of: str = "known"
    strict: bool = False
    fill: str | None = None
    description: str = ""

    def __repr__(self) -> str:
        return f"<FeatureService {self.name}>"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Names that a request gives, each once, in order of their first use."""
        return tuple(dict.fromkeys(name for view in self.views for name, _ in view.keys))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """Names in the answer, in the order of the training set."""
        return tuple(name for view in self.views for _, name in view.columns)


@dataclass(frozen=True, eq=False)
class Registry:
    """All feature views and services of one dbt project.

    views     by (name, version)
    services  by name
    project   dbt's name of the project
    adapter   `duckdb` or `bigquery`: whose relation names the views have
    """

    views: Mapping[tuple[str, int], FeatureView]
    services: Mapping[str, FeatureService] = field(default_factory=dict)
    project: str = "azekura"
    adapter: str = "duckdb"

    @classmethod
    def from_manifest(cls, manifest: str | os.PathLike | Mapping[str, Any]) -> "Registry":
        """Read dbt's manifest.json, from its path or as it was parsed.

        Raises:
            DefinitionError: if there is no such file, or what it says breaks the contract.
        """
        if not isinstance(manifest, Mapping):
            manifest = _read(Path(manifest))
        nodes = [
            node
            for node in manifest.get("nodes", {}).values()
            if node.get("resource_type") == "model"
        ]
        views = {}
        for node in nodes:
            if setting := _meta(node).get("feature_store"):
                view = _view(node, setting)
                views[view.name, view.version] = view
        registry = cls(
            views=dict(sorted(views.items())),
            project=manifest.get("metadata", {}).get("project_name") or "azekura",
            adapter=manifest.get("metadata", {}).get("adapter_type") or "duckdb",
        )
        services = {}
        for node in nodes:
            if setting := _meta(node).get("feature_service"):
                service = _service(node, setting, registry)
                other = services.setdefault(service.name, service)
                if other is not service:
                    raise DefinitionError(
                        f"Feature service {service.name!r} is declared by {other.training_set}"
                        f" and by {service.training_set}: give one of them another name."
                    )
        object.__setattr__(registry, "services", dict(sorted(services.items())))
        return registry

    def __repr__(self) -> str:
        return f"<Registry of {len(self.views)} views, {len(self.services)} services>"

    @cached_property
    def view_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.views))

    @cached_property
    def latest(self) -> dict[str, FeatureView]:
        """The latest version of each view, by name."""
        return {view.name: view for view in self.views.values() if view.is_latest}

    def versions(self, name: str) -> tuple[FeatureView, ...]:
        """All versions of a view, in order; raises UnknownNameError."""
        found = tuple(view for (other, _), view in self.views.items() if other == name)
        if not found:
            raise unknown("feature view", name, self.view_names)
        return found

    def view(self, name: str, version: int | None = None) -> FeatureView:
        """A view by `name`, `name@version` or name and version; the latest if none is said.

        Raises:
            UnknownNameError: naming what is unknown and what there is.
        """
        name, at, text = name.partition("@")
        if at:
            if not re.fullmatch(r"[0-9]{1,9}", text):
                raise unknown("version", text, _numbers(self.versions(name)), f" of {name}")
            version = int(text)
        found = self.latest.get(name) if version is None else self.views.get((name, version))
        if found is None:
            versions = self.versions(name)
            raise unknown("version", version, _numbers(versions), f" of {name}")
        return found

    def service(self, name: str) -> FeatureService:
        """The feature service of that name; raises UnknownNameError."""
        found = self.services.get(name)
        if found is None:
            raise unknown("feature service", name, self.services)
        return found

    def find(self, name: str) -> FeatureView | FeatureService:
        """The service of that name, else the view; raises UnknownNameError."""
        if name in self.services:
            return self.services[name]
        if name.partition("@")[0] in self.view_names:
            return self.view(name)
        raise unknown("feature view or service", name, [*self.view_names, *self.services])

    def online_views(self) -> tuple[FeatureView, ...]:
        """The view versions that are materialized."""
        return tuple(view for view in self.views.values() if view.online)


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


def _read(path: Path) -> Mapping[str, Any]:
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


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def _numbers(views: Iterable[FeatureView]) -> list[str]:
    return [str(view.version) for view in views]


def _version(node: Mapping[str, Any], value: object) -> int:
    if value is None:
        return 1
    try:
        return int(str(value))
    except ValueError:
        raise DefinitionError(
            f"{node['name']}: the version of a feature view is a whole number, not {value!r}."
        ) from None


def _view(node: Mapping[str, Any], setting: Mapping[str, Any]) -> FeatureView:
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


def _service(
    node: Mapping[str, Any], setting: Mapping[str, Any], registry: Registry
) -> FeatureService:
    name = setting.get("name")
    where = f"Feature service {name!r} of {node['name']}"
    views = []
    for part in setting.get("views") or ():
        try:
            view = registry.view(part["view"], part.get("version") and int(part["version"]))
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
