"""The registry: feature views and feature services, found by their names.

>>> registry = Registry.from_manifest("target/manifest.json")
>>> registry.view("feat_airport__traffic").features[0].type.name
>>> registry.service("late_arrival").keys
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from serving.definitions import FeatureService, FeatureView
from serving.errors import DefinitionError, unknown
from serving.manifest import meta, read_manifest, service_of, view_of


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
            manifest = read_manifest(Path(manifest))
        nodes = [
            node
            for node in manifest.get("nodes", {}).values()
            if node.get("resource_type") == "model"
        ]
        views = {}
        for node in nodes:
            if setting := meta(node).get("feature_store"):
                view = view_of(node, setting)
                views[view.name, view.version] = view
        registry = cls(
            views=dict(sorted(views.items())),
            project=manifest.get("metadata", {}).get("project_name") or "azekura",
            adapter=manifest.get("metadata", {}).get("adapter_type") or "duckdb",
        )
        services = {}
        for node in nodes:
            if setting := meta(node).get("feature_service"):
                service = service_of(node, setting, registry.view)
                other = services.setdefault(service.name, service)
                if other is not service:
                    raise DefinitionError(
                        f"Feature service {service.name!r} is declared by {other.training_set}"
                        f" and by {service.training_set}: give one of them another name."
                    )
        return replace(registry, services=dict(sorted(services.items())))

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


def _numbers(views: Iterable[FeatureView]) -> list[str]:
    return [str(view.version) for view in views]
