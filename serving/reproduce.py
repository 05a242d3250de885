"""The command that builds the very rows again that a model was trained on, and proves it.

Training writes a row into `<model>__runs`: a checksum of the rows, the hash of the definitions
they came of, and up to which moment each table of the lake was read. `reproduce` builds the same
out of the lake as it was then, in a warehouse of its own, and compares.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from command_line.duckdb_files import held
from serving.errors import DefinitionError, ServingError, UnknownNameError, unknown
from serving.manifest import manifest_path

_COLUMNS = (
    "run_id",
    "trained_at",
    "rows_count",
    "checksum",
    "definition_hash",
    "training_query",
    "lake_as_of",
)


class NotReproducedError(ServingError):
    """The rows that were built are not those the model was trained on."""


@dataclass(frozen=True)
class Run:
    """One training: what its rows were, and of what they were made."""

    run_id: str
    trained_at: datetime
    rows_count: int
    checksum: str
    definition_hash: str
    training_query: str
    lake_as_of: str


def add_commands(commands: Any) -> None:
    """Add `reproduce`."""
    command = commands.add_parser(
        "reproduce",
        help="build the very rows again that a model was trained on, and prove it",
        description="Build the very rows again that a model was trained on, out of the lake as it"
        " was then and in a warehouse of its own, and compare their checksum with the one written"
        " down.",
    )
    command.add_argument("model", help="name of a trained model, such as ml_late_arrival__model")
    command.add_argument(
        "--run", dest="run_id", metavar="RUN_ID", help="which training (default: the last)"
    )
    command.add_argument("--list", action="store_true", help="only list the trainings")
    command.add_argument(
        "--to", type=Path, metavar="FILE", help="write the rows to this Parquet file (DuckDB only)"
    )
    command.add_argument("--manifest", type=Path, help="dbt's manifest (default: of the last run)")
    command.set_defaults(run=_reproduce)


def _reproduce(options: argparse.Namespace) -> None:
    manifest = _read_manifest(options.manifest or manifest_path())
    node = _trained_model(manifest, options.model)
    warehouse = _WAREHOUSES[manifest["metadata"]["adapter_type"]]()
    if options.to and not isinstance(warehouse, _DuckDB):
        raise ServingError("--to writes rows from DuckDB; on BigQuery export the training query.")
    runs = warehouse.runs(node)
    if options.list:
        for run in runs:
            print(f"{run.trained_at:%Y-%m-%d %H:%M:%S}  {run.run_id}  {run.rows_count:,} rows")
        return
    run = _chosen(runs, options.run_id, options.model)
    print(
        f"{options.model}, trained {run.trained_at:%Y-%m-%d %H:%M:%S} UTC on {run.rows_count:,}"
        " rows: building them again",
        file=sys.stderr,
    )
    with TemporaryDirectory(prefix="azekura-reproduce-") as folder:
        again = warehouse.rebuilt(node, run, Path(folder), options.to)
    problem = _difference(run, again)
    if problem:
        raise NotReproducedError(f"{options.model}: {problem}")
    print(f"{options.model}: the same {again.rows_count:,} rows, checksum {again.checksum}")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DefinitionError(
            f"The manifest {path} cannot be read ({error}): run `dbt parse`."
        ) from None


def _trained_model(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    trained = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["config"].get("materialized") == "ml_model"
    }
    if name not in trained:
        raise unknown("trained model", name, sorted(trained))
    return trained[name]


def _chosen(runs: list[Run], run_id: str | None, model: str) -> Run:
    if not runs:
        raise UnknownNameError(
            f"No training of {model} is written down: train it with `dbt run --select {model}`."
        )
    if run_id is None:
        return runs[-1]
    for run in runs:
        if run.run_id == run_id:
            return run
    raise unknown("training", run_id, [run.run_id for run in reversed(runs)], f" of {model}")


def _difference(run: Run, again: Run) -> str | None:
    """What differs, as a sentence; None if the rows are the same."""
    if (run.rows_count, run.checksum) == (again.rows_count, again.checksum):
        return None
    if run.definition_hash != again.definition_hash:
        return (
            f"{again.rows_count:,} other rows, because the project's files have changed since:"
            f" check out the commit of {run.trained_at:%Y-%m-%d %H:%M} UTC and ask again."
        )
    if run.rows_count != again.rows_count:
        return (
            f"{again.rows_count:,} rows instead of {run.rows_count:,}, by the same definitions:"
            " files of the lake were added to an earlier moment, or taken away."
        )
    return (
        f"{again.rows_count:,} rows as then, but not the same ones, by the same definitions: files"
        " of the lake, macros or vars have changed."
    )


def _dbt_build(node: dict[str, Any], run: Run, variables: dict[str, str], folder: Path) -> None:
    """Everything above the model, and then only the record of its rows."""
    given = json.dumps({"lake_as_of": json.loads(run.lake_as_of), "ml_rows_only": True})
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "build", "--vars", given]
    command += ["--select", f"+{node['name']}", "--resource-type", "model", "snapshot", "seed"]
    outcome = subprocess.run(
        command,
        env=os.environ
        | {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
        | variables,
        capture_output=True,
        text=True,
    )
    if outcome.returncode:
        raise ServingError(f"dbt could not build the rows again:\n{outcome.stdout.strip()}")


class _DuckDB:
    """The DuckDB file of AZEKURA_DUCKDB."""

    def __init__(self) -> None:
        self._path = Path(os.environ.get("AZEKURA_DUCKDB") or "azekura.duckdb")

    def runs(self, node: dict[str, Any]) -> list[Run]:
        return self._runs(self._path, node)

    def rebuilt(self, node: dict[str, Any], run: Run, folder: Path, to: Path | None) -> Run:
        # dbt names the database by its file
        path = folder / self._path.name
        _dbt_build(node, run, {"AZEKURA_DUCKDB": str(path)}, folder)
        [again] = self._runs(path, node)
        if to:
            with self._opened(path) as connection:
                name = str(to).replace("'", "''")
                connection.execute(f"copy ({again.training_query}) to '{name}' (format parquet)")
        return again

    def _runs(self, path: Path, node: dict[str, Any]) -> list[Run]:
        import duckdb

        try:
            with self._opened(path) as connection:
                found = connection.execute(_runs_query(node, '"')).fetchall()
        except duckdb.CatalogException:
            return []
        except duckdb.Error as error:
            sentence = held(path, error, "try again when it has finished")
            raise ServingError(
                sentence or f"The DuckDB file {path} cannot be read: {error}"
            ) from None
        return [Run(*row) for row in found]

    def _opened(self, path: Path) -> Any:
        import duckdb

        return duckdb.connect(str(path), read_only=True)


class _BigQuery:
    """The datasets of AZEKURA_BIGQUERY_DATASET; the rows are built in `<it>_reproduced`."""

    def __init__(self) -> None:
        from google.cloud import bigquery

        self._client = bigquery.Client(
            os.environ.get("AZEKURA_BIGQUERY_EXECUTION_PROJECT")
            or os.environ.get("AZEKURA_BIGQUERY_PROJECT")
        )

    def runs(self, node: dict[str, Any]) -> list[Run]:
        from google.api_core.exceptions import GoogleAPIError, NotFound

        try:
            rows = self._client.query_and_wait(_runs_query(node, "`"))
        except NotFound:
            return []
        except GoogleAPIError as error:
            raise ServingError(f"BigQuery cannot be asked: {error}") from None
        return [Run(*row.values()) for row in rows]

    def rebuilt(self, node: dict[str, Any], run: Run, folder: Path, to: Path | None) -> Run:
        dataset = os.environ.get("AZEKURA_BIGQUERY_DATASET") or "azekura"
        own = f"{dataset}_reproduced"
        variables = {"AZEKURA_BIGQUERY_DATASET": own, "DBT_TARGET": "bigquery"}
        _dbt_build(node, run, variables, folder)
        return self.runs(node | {"schema": node["schema"].replace(dataset, own, 1)})[-1]


def _runs_query(node: dict[str, Any], quote: str) -> str:
    parts = (node["database"], node["schema"], f"{node['alias']}__runs")
    relation = ".".join(f"{quote}{part}{quote}" for part in parts)
    return f"select {', '.join(_COLUMNS)} from {relation} order by trained_at, run_id"


_WAREHOUSES = {"duckdb": _DuckDB, "bigquery": _BigQuery}
