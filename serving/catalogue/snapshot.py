"""What the pages show, as one JSON file: of the manifest, of lineage and of the catalogue's tables.

The server reads this file and never the warehouse: DuckDB has one writer, and dbt is to be it.
"""

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from serving.catalogue import lineage_file
from serving.catalogue.files import CatalogueError, read_json, replaced
from serving.catalogue.warehouse import Warehouse

#: a file of another format is refused
FORMAT = 2
FILE = "feature_catalogue.json"
# the tables that are read, and in which order their rows are shown
TABLES = {
    "feature_catalogue": "view_name, view_version, feature_name",
    "feature_freshness": "view_name, view_version",
    "feature_statistics": "view_name, view_version, feature_name",
    "feature_quantiles": "view_name, view_version, feature_name",
    "feature_distribution": "view_name, view_version, feature_name, bucket_number",
    "model_catalogue": "model_name",
    "model_metrics": "model_name, metric",
    "model_roc": "model_name, threshold desc",
    "model_confusion": "model_name, expected_label, predicted_label",
    "model_importance": "model_name, importance desc, feature_name",
    "model_residuals": "model_name, predicted_low, residual_low",
    "model_forecasts": "model_name, series, moment",
    "model_versions": "model_name, trained_at desc",
}
# drift by day is shown of this many days
DRIFT_DAYS = 400


def write(manifest_path: Path, warehouse: Warehouse) -> Path:
    """Write feature_catalogue.json beside the manifest, at once, and give its path.

    Lineage is brought up to date with the manifest. Raises CatalogueError where the manifest is
    missing or the tables are not built.
    """
    manifest = read_json(manifest_path, "run `dbt build` first")
    _, traced = lineage_file.write(manifest_path)
    tables = {
        name: warehouse.rows(f"select * from {_relation(manifest, name)} order by {order}")
        for name, order in TABLES.items()
    }
    drift = _drift(manifest, warehouse)
    content = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "adapter": manifest["metadata"].get("adapter_type"),
        "features": _features(tables, traced, drift),
        "models": _models(tables, manifest, drift),
        "nodes": traced["nodes"],
        "edges": traced["edges"],
    }
    path = manifest_path.with_name(FILE)
    replaced(path, json.dumps(content, default=_as_json, ensure_ascii=False))
    return path


def lineage_relation(manifest: dict) -> tuple[str, str, str]:
    """Where the table feature_lineage lies: beside feature_catalogue."""
    node = _node(manifest, "feature_catalogue")
    return node["database"], node["schema"], "feature_lineage"


def _node(manifest: dict, name: str) -> dict:
    for node in manifest["nodes"].values():
        if node["name"] == name and node["resource_type"] == "model":
            return node
    raise CatalogueError(f"The manifest has no model {name}: it is of another project.")


def _relation(manifest: dict, name: str) -> str:
    return _node(manifest, name)["relation_name"]


def _drift(manifest: dict, warehouse: Warehouse) -> list[dict]:
    """Rows of every model of drift by day that is built: model, feature, metric, day, value, …"""
    found = []
    for node in manifest["nodes"].values():
        types = {
            name: (column["data_type"] or "").lower() for name, column in node["columns"].items()
        }
        days = [name for name, type_ in types.items() if type_ == "date"]
        wanted = {"model_name", "feature", "metric", "value", "threshold", "is_anomaly"}
        if node["resource_type"] != "model" or not days or not wanted <= types.keys():
            continue
        columns = ", ".join(sorted(wanted))
        sql = f"select {days[0]} as day, {columns} from {node['relation_name']}"
        try:
            found += warehouse.rows(sql)
        except CatalogueError:
            continue  # no drift recorded yet
    return sorted(found, key=lambda row: (row["model_name"], row["metric"], row["day"]))


def _key(row: dict) -> tuple:
    return row["view_name"], row["view_version"], row.get("feature_name")


def _features(tables: dict, traced: dict, drift: list[dict]) -> list[dict]:
    freshness = {_key(row): row for row in tables["feature_freshness"]}
    quantiles = {_key(row): row for row in tables["feature_quantiles"]}
    unknown = dict.fromkeys(f"quantile_{percent}" for percent in ("05", "25", "50", "75", "95"))
    statistics = {
        _key(row): row | quantiles.get(_key(row), unknown) for row in tables["feature_statistics"]
    }
    buckets = defaultdict(list)
    for row in tables["feature_distribution"]:
        buckets[_key(row)].append(_without_key(row))
    by_input = defaultdict(list)
    for row in drift:
        by_input[row["model_name"], row["feature"]].append(row)
    readers = _readers(traced)
    found = []
    for row in tables["feature_catalogue"]:
        used = readers.get((_node_name(row), row["feature_name"]), {})
        models = sorted({*used, *_list(row["models"])})
        found.append(
            {
                **{name: value for name, value in row.items() if name != "models"},
                "keys": _list(row["keys"]),
                "tags": _list(row["tags"]),
                "services": _list(row["services"]),
                "models": models,
                "freshness": _without_key(freshness.get((*_key(row)[:2], None), {})),
                "statistics": _without_key(statistics.get(_key(row), {})),
                "distribution": buckets[_key(row)],
                "drift": [
                    point
                    for model in models
                    for column in sorted(used.get(model, {row["feature_name"]}))
                    for point in by_input[model, column][-DRIFT_DAYS * 8 :]
                ],
            }
        )
    return found


def _node_name(row: dict) -> str:
    """The name that lineage knows a view version by."""
    return f"{row['view_name']}.v{row['view_version']}"


def _readers(traced: dict) -> dict[tuple[str, str], dict[str, set[str]]]:
    """For each column of a feature view: the trained models, and by which names they read it."""
    nodes = {node["unique_id"]: node for node in traced["nodes"]}
    into = defaultdict(list)
    for above, column, below, name, _ in traced["edges"]:
        into[above, column].append((below, name))
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for above, column in list(into):
        node = nodes[above]
        if node["kind"] != "feature view" or column is None:
            continue
        models = defaultdict(set)
        waiting, seen = [(above, column)], set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            for below, name in into[place]:
                if nodes[below]["kind"] == "model":
                    models[nodes[below]["name"]].add(place[1])
                elif name is not None:
                    waiting.append((below, name))
        found[_version_name(node["name"]), column] = models
    return found


def _version_name(name: str) -> str:
    return name if name.rpartition(".v")[1] else f"{name}.v1"


def _without_key(row: dict) -> dict:
    return {
        name: value
        for name, value in row.items()
        if name not in ("view_name", "view_version", "feature_name")
    }


def _list(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def _models(tables: dict, manifest: dict, drift: list[dict]) -> list[dict]:
    parts = {}
    for name in (
        "model_metrics",
        "model_roc",
        "model_confusion",
        "model_importance",
        "model_residuals",
        "model_forecasts",
        "model_versions",
    ):
        by_model = defaultdict(list)
        for row in tables[name]:
            by_model[row.pop("model_name")].append(row)
        parts[name.removeprefix("model_")] = by_model
    drifted = defaultdict(lambda: [None, 0, 0])
    for row in drift:
        newest = drifted[row["model_name"]]
        if newest[0] is None or row["day"] > newest[0]:
            newest[:] = [row["day"], 0, 0]
        if row["day"] == newest[0]:
            newest[1] += bool(row["is_anomaly"])
            newest[2] += 1
    found = []
    for row in tables["model_catalogue"]:
        name = row["model_name"]
        day, anomalies, of = drifted[name]
        found.append(
            {
                **row,
                "tags": _list(row["tags"]),
                "drift": {"day": day, "anomalies": anomalies, "of": of} if day else None,
                "options": _options(manifest, name),
                **{part: by_model[name] for part, by_model in parts.items()},
            }
        )
    return found


def _options(manifest: dict, name: str) -> dict:
    meta = _node(manifest, name)["config"].get("meta") or {}
    return {key: value for key, value in (meta.get("ml") or {}).items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return float(value)


class Catalogue:
    """A snapshot in memory, for reading. `features` and `models` are as `write` puts them."""

    def __init__(self, content: dict) -> None:
        self.made_at: str = content["made_at"]
        self.features: list[dict] = content["features"]
        self.models: list[dict] = content["models"]
        self.nodes = {node["unique_id"]: node for node in content["nodes"]}
        self.above = defaultdict(list)
        self.below = defaultdict(list)
        for upstream, column, downstream, name, gap in content["edges"]:
            self.above[downstream, name].append((upstream, column, gap))
            self.below[upstream, column].append((downstream, name, gap))
        self.columns_of = defaultdict(set)
        for downstream, name in self.above:
            self.columns_of[downstream].add(name)

    def feature(self, view: str, version: int, name: str) -> dict | None:
        for feature in self.features:
            if _key(feature) == (view, version, name):
                return feature
        return None

    def model(self, name: str) -> dict | None:
        return next((model for model in self.models if model["model_name"] == name), None)

    def node_of_view(self, view: str, version: int) -> str | None:
        names = (f"{view}.v{version}", view if version == 1 else None)
        return next((id_ for id_, node in self.nodes.items() if node["name"] in names), None)

    def node_of_model(self, name: str) -> str | None:
        return next((id_ for id_, node in self.nodes.items() if node["name"] == name), None)


def read(path: Path) -> Catalogue:
    """Raises CatalogueError where the snapshot is missing, or of another format."""
    content = read_json(path, "run `python -m serving catalogue`")
    if content.get("format") != FORMAT:
        raise CatalogueError(f"{path} is of another format: run `python -m serving catalogue`.")
    return Catalogue(content)
