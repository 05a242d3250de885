"""The commands `lineage` and `catalogue` of `python -m serving`."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from serving.catalogue import lineage_file, snapshot
from serving.catalogue.files import read_json
from serving.catalogue.warehouse import open_warehouse
from serving.manifest import manifest_path


def add_commands(commands: Any) -> None:
    """Add `lineage` and `catalogue`."""
    command = commands.add_parser(
        "lineage",
        help="which column comes from which, as a file and as a table",
        description="Trace every column from source to prediction in the SQL that dbt compiled:"
        " lineage.json beside the manifest, and the table feature_lineage.",
    )
    _add_manifest(command)
    command.add_argument(
        "--no-table", action="store_true", help="write the file only, and leave the warehouse alone"
    )
    command.set_defaults(run=_lineage)

    command = commands.add_parser(
        "catalogue",
        help="take the snapshot that the catalogue's pages show",
        description="Take the snapshot that the catalogue's pages show: feature_catalogue.json"
        " beside the manifest. A server that is running shows it from then on.",
    )
    _add_manifest(command)
    command.set_defaults(run=_catalogue)


def _add_manifest(command: Any) -> None:
    command.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="dbt's manifest (default: manifest.json in DBT_TARGET_PATH, or in target)",
    )


def _lineage(options: Namespace) -> None:
    path = Path(options.manifest or manifest_path())
    written, content = lineage_file.write(path)
    edges = content["edges"]
    gaps = [edge for edge in edges if edge[4]]
    print(f"{written}: {len(edges)} edges of {len(content['nodes'])} nodes, {len(gaps)} unsure")
    names = {node["unique_id"]: node["name"] for node in content["nodes"]}
    for name in sorted({names[edge[2]] for edge in gaps}):
        print(f"    {name}: see `gap`")
    if options.no_table:
        return
    manifest = read_json(path, "run `dbt build` first")
    relation = snapshot.lineage_relation(manifest)
    warehouse = open_warehouse(manifest, writing=True)
    try:
        warehouse.replace(relation, lineage_file.TABLE_COLUMNS, lineage_file.table_rows(content))
    finally:
        warehouse.close()
    print(f"{'.'.join(relation)}: {len(edges)} rows")


def _catalogue(options: Namespace) -> None:
    path = Path(options.manifest or manifest_path())
    manifest = read_json(path, "run `dbt build` first")
    warehouse = open_warehouse(manifest)
    try:
        written = snapshot.write(path, warehouse)
    finally:
        warehouse.close()
    found = snapshot.read(written)
    print(f"{written}: {len(found.features)} features, {len(found.models)} models")
