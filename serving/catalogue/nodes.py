"""What dbt's manifest says of the sources, snapshots and models that lineage goes through."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp


@dataclass(frozen=True)
class Node:
    """A source, snapshot or model of the project."""

    unique_id: str
    name: str
    kind: str
    relation: str
    description: str
    columns: dict[str, str]  # descriptions of the declared columns
    depends_on: tuple[str, ...]
    sql: str | None
    label: str | None  # of a trained model
    is_trained: bool
    service: dict | None  # the feature service that a training set declares


def kind_of(node: dict) -> str:
    """What a node is in the chain from source to prediction."""
    path = node["original_file_path"].replace("\\", "/")
    if node["resource_type"] in ("source", "snapshot", "seed"):
        return node["resource_type"]
    if node["config"].get("materialized") == "ml_model":
        return "model"
    if path.startswith("models/features/"):
        return "feature view"
    if path.startswith("ml/"):
        return node["name"].rsplit("__", 1)[-1].replace("_", " ")
    return path.split("/")[1]


def nodes_of(manifest: dict, target: Path) -> dict[str, Node]:
    """The nodes that lineage goes through, in the order of their dependencies.

    `target` is the folder of the manifest: SQL that a partial run did not compile is read there.
    """
    found = {}
    for unique_id, node in (manifest["sources"] | manifest["nodes"]).items():
        if node["resource_type"] not in ("source", "snapshot", "seed", "model"):
            continue
        if (kind := kind_of(node)) == "catalogue":
            continue
        options = {
            key.lower(): value for key, value in (node["config"].get("meta") or {}).items()
        }.get("ml") or {}
        labels = {key.lower(): value for key, value in options.items()}.get("input_label_cols")
        found[unique_id] = Node(
            unique_id,
            node["name"] + (f".v{node['version']}" if node.get("version") else ""),
            kind,
            node.get("relation_name") or "",
            " ".join((node.get("description") or "").split()),
            {name: column["description"] for name, column in node["columns"].items()},
            tuple(node.get("depends_on", {}).get("nodes", ())),
            node.get("compiled_code") or _compiled_file(node, target),
            labels[0] if labels else None,
            kind == "model",
            (node["config"].get("meta") or {}).get("feature_service"),
        )
    return dict(_in_order(found))


def _compiled_file(node: dict, target: Path) -> str | None:
    parts = (target, "compiled", node["package_name"], node["original_file_path"])
    path = Path(*parts).with_suffix(".sql")
    return path.read_text() if path.is_file() else None


def _in_order(nodes: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    done: set[str] = set()
    waiting = list(reversed(nodes))
    while waiting:
        unique_id = waiting[-1]
        above = [it for it in nodes[unique_id].depends_on if it in nodes and it not in done]
        if unique_id in done or not above:
            waiting.pop()
            if unique_id not in done:
                done.add(unique_id)
                yield unique_id, nodes[unique_id]
        else:
            waiting += above


def relation_path(relation: str, dialect: str) -> tuple[str, ...]:
    """A relation's name as parts, as sqlglot reads them."""
    return table_path(exp.to_table(relation, dialect=dialect)) if relation else ()


def table_path(table: exp.Table) -> tuple[str, ...]:
    """The same, of a table in a query."""
    return tuple(part.name for part in table.parts)
