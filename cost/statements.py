"""The statements of a build on BigQuery, from dbt itself, without BigQuery."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from analyzer.client import Client, Statement
from analyzer.reads import Reads, reads_of
from analyzer.warehouse import Warehouse
from cost import CostError
from googlesql.service import GoogleSQL
from googlesql.tokens import split_paths
from googlesql.tokens import statements as split

FULL, WINDOW = "full", "window"
# where the lake lies does not matter: its tables are priced by the files of the local one
_LAKE = ["run-operation", "create_external_tables", "--args", "{lake_uri: gs://bucket/lake}"]
_NO_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]


@dataclass(frozen=True)
class Sent:
    """One statement of a node; those of a script are one each."""

    node: str
    form: str  # FULL: of a first build; WINDOW: of a run that rebuilds some days
    kind: str  # GoogleSQL's name of it: QueryStmt, MergeStmt, ...
    sql: str
    reads: Reads


@dataclass(frozen=True)
class Recorded:
    """What two builds sent, and the tables that stood in the warehouse in the end."""

    manifest: Manifest
    warehouse: Warehouse
    statements: tuple[Sent, ...]


def googlesql_cache(target: Path) -> Path:
    """Where compiled GoogleSQL is kept: in dbt's folder for what a run makes."""
    return target / "googlesql"


def record(window: tuple[str, str], target: Path, arguments: list[str]) -> Recorded:
    """Have dbt build everything, then the days [start, end) of what is incremental.

    `target` is dbt's folder for what a run makes, `arguments` are given to dbt. CostError if
    GoogleSQL or dbt refuses a statement.
    """
    own = target / "cost" / "dbt"
    manifest = _invoked(own, "parse", *arguments).result
    warehouse = Warehouse(GoogleSQL(googlesql_cache(target)), "")
    client = Client(warehouse)
    start, end = window
    days = ["--event-time-start", start, "--event-time-end", end]
    repeated = ["--select", "config.materialized:incremental", "resource_type:snapshot"]
    untested = [*_NO_UNIT_TESTS, "--exclude-resource-type", "test"]
    try:
        with client.in_place():
            for command in (_LAKE, ["build", *_NO_UNIT_TESTS]):
                _invoked(own, *command, *arguments, manifest=manifest)
            first = len(client.sent)
            again = ["build", *untested, *repeated, *days]
            _invoked(own, *again, *arguments, manifest=manifest)
    finally:
        reset_adapters()
    found = [
        sent
        for number, statement in enumerate(client.sent)
        for sent in of_script(statement, FULL if number < first else WINDOW, warehouse)
    ]
    return Recorded(manifest, warehouse, tuple(found))


def _invoked(target: Path, *arguments: str, manifest: Manifest | None = None):
    places = ["--target", "bigquery", "--target-path", str(target)]
    places += ["--threads", "1"] if arguments[0] == "build" else []
    outcome = dbtRunner(manifest=manifest).invoke(["--quiet", *arguments, *places])
    if outcome.success:
        return outcome
    results = outcome.result.results if outcome.result else []
    failed = [row for row in results if row.status in ("error", "fail", "runtime error")]
    why = f"{failed[0].node.unique_id}: {failed[0].message}" if failed else str(outcome.exception)
    why = " ".join(why.split())
    raise CostError(f"dbt {arguments[0]} for BigQuery failed, nothing is priced: {why}")


def of_script(statement: Statement, form: str, warehouse: Warehouse) -> Iterator[Sent]:
    """The statements of a script that belong to a node and ask GoogleSQL something."""
    texts = [text for text, _ in split(split_paths(statement.sql))]
    for text, outcome in zip(texts, statement.outcomes, strict=True):
        if statement.node and outcome.resolved is not None:
            reads = reads_of(outcome.resolved, warehouse.table)
            yield Sent(statement.node, form, outcome.kind, text, reads)
