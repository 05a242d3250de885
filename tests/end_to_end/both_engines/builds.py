"""`dbt build` of the project on either engine, and the tables that it left."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from google.cloud import bigquery

from both_engines.emulator import PROJECT

ROOT = Path(__file__).parents[3]
LAKE_DATASET = "azekura_lake_files"
BUILDS = ["first", "second"]

# what is left out of the builds, as dbt selects it, and why
GAPS = {
    "safe_cast_text__is_null_where_text_does_not_fit": (
        "local-bigquery casts text by DuckDB's rules: 39.02 is an INT64, 1 a BOOL. That BigQuery's"
        " own rules hold is evaluated by GoogleSQL (tests/bigquery)."
    ),
    "local_to_utc__follows_the_clocks_of_the_zone": (
        "of an hour that clocks show twice, local-bigquery takes the second, as DuckDB does. That"
        " BigQuery takes the first is evaluated by GoogleSQL (tests/bigquery)."
    ),
    "test_name:metric_within": (
        "models of a few thousand flights are not as good as those of a year, on either engine;"
        " that both are as good as one another is compared."
    ),
    "test_name:drift_below": (
        "a day drifts further from a slice of days than from a year, on either engine; that both"
        " drift as far is compared."
    ),
    "path:tests/dbt/macros/ml_*": (
        "each of some 300 calls of a preprocessing function is two jobs of the emulator: minutes,"
        " for calls on constants that tests/unit/bqml_proxy makes at a DuckDB connection."
    ),
}


@dataclass
class Build:
    """One `dbt build` on one engine: the status and the message of each node, and its tables."""

    status: dict[str, str]
    messages: dict[str, str]
    seconds: float
    tables: dict[str, pa.Table]

    def counts(self) -> str:
        found = Counter(self.status.values())
        return ", ".join(f"{count} {status}" for status, count in sorted(found.items()))


@dataclass
class Builds:
    """The builds by engine and turn."""

    found: dict[tuple[str, str], Build] = field(default_factory=dict)
    compared: dict[tuple[str, str], int] = field(default_factory=dict)  # rows by turn and table

    def __getitem__(self, key: tuple[str, str]) -> Build:
        return self.found[key]


def on_bigquery(folder: Path, address: str, client: bigquery.Client) -> Build:
    variables = {
        "DBT_PROFILES_DIR": str(Path(__file__).parents[1]),
        "AZEKURA_BIGQUERY_ENDPOINT": address,
        "AZEKURA_BIGQUERY_PROJECT": PROJECT,
        "AZEKURA_BIGQUERY_LAKE_DATASET": LAKE_DATASET,
    }
    build, relations = _dbt(folder / "bigquery", variables, "--target", "bigquery")
    for name, (schema, table) in relations.items():
        rows = client.query_and_wait(f"select * from `{schema}`.`{table}`")
        build.tables[name] = rows.to_arrow(create_bqstorage_client=False)
    return build


def on_duckdb(folder: Path, lake: Path) -> Build:
    database = folder / "azekura.duckdb"
    variables = {
        "DBT_PROFILES_DIR": str(ROOT),
        "AZEKURA_LAKE": str(lake),
        "AZEKURA_DUCKDB": str(database),
    }
    build, relations = _dbt(folder / "duckdb", variables, "--target", "duckdb")
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, (schema, table) in relations.items():
            build.tables[name] = connection.table(f"{schema}.{table}").to_arrow_table()
    return build


def _dbt(
    folder: Path, variables: dict[str, str], *arguments: str
) -> tuple[Build, dict[str, tuple[str, str]]]:
    """Build everything but the gaps; also schema and table of each seed, model and snapshot."""
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", *arguments]
    settings = {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    started = time.monotonic()
    said = subprocess.run(
        [*command, "--exclude", *GAPS],
        cwd=ROOT,
        env=os.environ | settings | variables,
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - started
    if said.returncode > 1:
        raise RuntimeError(f"dbt does not run:\n{said.stdout[-4000:]}{said.stderr[-4000:]}")
    results = _json(folder / "target" / "run_results.json")["results"]
    nodes = _json(folder / "target" / "manifest.json")["nodes"]
    build = Build(
        {result["unique_id"]: result["status"] for result in results},
        {result["unique_id"]: result["message"] or "" for result in results},
        seconds,
        {},
    )
    relations = {
        # a versioned model by its file, too
        Path(node["original_file_path"]).stem: (node["schema"], node["alias"])
        for key, status in build.status.items()
        if status == "success"
        and (node := nodes[key])["resource_type"] in ("seed", "model", "snapshot")
        and node["config"]["materialized"] != "ml_model"
    }
    return build, relations


def _json(path: Path) -> Any:
    return json.loads(path.read_text())
