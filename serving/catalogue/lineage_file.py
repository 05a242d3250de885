"""Lineage as the file lineage.json, and as the table feature_lineage."""

import json
from pathlib import Path

from serving.catalogue.files import read_json, replaced
from serving.catalogue.lineage import FORMAT, edge_row, trace


def write(manifest_path: Path, dialect: str | None = None) -> tuple[Path, dict]:
    """Write lineage.json beside the manifest, and give its path and content.

    {format, dialect, nodes: [{unique_id, name, kind, description}], edges: [[upstream,
    upstream_column, downstream, downstream_column, gap]], results}. Only what changed since the
    last time is computed. Raises CatalogueError where there is no manifest.
    """
    manifest = read_json(manifest_path, "run `dbt build` first")
    dialect = dialect or manifest["metadata"].get("adapter_type") or "duckdb"
    path = manifest_path.with_name("lineage.json")
    known = {}
    if path.is_file():
        try:
            before = json.loads(path.read_text())
            known = before["results"] if before.get("format") == FORMAT else {}
        except (ValueError, KeyError, AttributeError):
            known = {}  # half of a file, or another's: computed anew
    nodes, edges, results = trace(manifest, manifest_path.parent, dialect, known)
    content = {
        "format": FORMAT,
        "dialect": dialect,
        "nodes": [
            {key: getattr(node, key) for key in ("unique_id", "name", "kind", "description")}
            for node in nodes.values()
        ],
        "edges": [edge_row(edge) for edge in sorted(edges, key=lambda it: str(edge_row(it)))],
        "results": results,
    }
    replaced(path, json.dumps(content, ensure_ascii=False))
    return path, content


TABLE_COLUMNS = {
    "upstream_name": "STRING",
    "upstream_kind": "STRING",
    "upstream_column": "STRING",
    "downstream_name": "STRING",
    "downstream_kind": "STRING",
    "downstream_column": "STRING",
    "gap": "STRING",
}


def table_rows(content: dict) -> list[tuple]:
    """The rows of the table feature_lineage, in TABLE_COLUMNS: one per edge."""
    nodes = {node["unique_id"]: node for node in content["nodes"]}
    return [
        (
            nodes[above]["name"],
            nodes[above]["kind"],
            column,
            nodes[below]["name"],
            nodes[below]["kind"],
            into,
            gap,
        )
        for above, column, below, into, gap in content["edges"]
    ]
