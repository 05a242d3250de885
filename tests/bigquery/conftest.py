"""The BigQuery SQL of this project, rendered by dbt itself without a connection.

cases/<macro>/<case>.sql    a query that calls one macro
golden/macros/...           what each of them renders to
golden/models/...           what each model and snapshot compiles to; a trained model is its whole
                            statement, and an incremental model has a second file: one window
cases/given.sql             the tables and models that cases name and the project does not make

`make golden` writes golden/ anew. Of these, and of all that a build sends, GoogleSQL says
whether BigQuery would take it: analyzer/.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from analyzer.client import Client, Statement
from analyzer.sources import add_sources
from analyzer.warehouse import Warehouse
from bqml_front.googlesql import GoogleSQL
from dbt.adapters.bigquery import BigQueryAdapter
from dbt.adapters.bigquery.connections import BigQueryConnectionManager
from dbt.adapters.factory import get_adapter_by_type, reset_adapters
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import get_rendered
from dbt.context.providers import generate_runtime_model_context
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventLevel, EventMsg

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
GOLDEN = Path(__file__).parent / "golden"

WINDOW = "{window_start: '2013-06-14', window_end: '2013-06-16'}"

# the statement that the materialization ml_model runs
TRAINING = "{{ bigquery__ml_model_sql(this, ml_options(), sql) }}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="write tests/bigquery/golden anew, and pass"
    )


class NoConnection:
    """What dbt holds for an open connection; it can only be closed."""

    def close(self) -> None:
        pass


@dataclass
class Rendered:
    """The project as dbt sees it for BigQuery."""

    manifest: Manifest
    warnings: list[str]
    files: dict[Path, str]  # the text of each golden file, by its path below golden/


@dataclass
class Built:
    """The project as dbt built it where every statement is analyzed and none is run."""

    warehouse: Warehouse
    sent: list[Statement]
    problems: dict[str, str]  # what dbt said of the nodes that failed, by their unique id


@pytest.fixture(scope="session")
def on_bigquery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The project's BigQuery target in the environment of this process, without a connection."""
    scratch = tmp_path_factory.mktemp("bigquery")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("DBT_TARGET_PATH", str(scratch / "target"))
        patch.setenv("DBT_LOG_PATH", str(scratch / "logs"))
        patch.setenv("DBT_PROJECT_DIR", str(ROOT))
        patch.setenv("DBT_PROFILES_DIR", str(ROOT))
        patch.setenv("AZEKURA_BIGQUERY_PROJECT", "demo")
        patch.setenv("AZEKURA_BIGQUERY_DATASET", "azekura")
        patch.setenv("AZEKURA_BIGQUERY_LOCATION", "US")
        patch.setenv("AZEKURA_BIGQUERY_LAKE_DATASET", "azekura_lake_files")
        patch.setattr(BigQueryConnectionManager, "open", classmethod(_open_nothing))
        try:
            yield
        finally:
            reset_adapters()


@pytest.fixture(scope="session")
def rendered(on_bigquery: None) -> Rendered:
    """Every golden file's text, from one parse of the project."""
    with pytest.MonkeyPatch.context() as patch:
        return _render(patch)


@pytest.fixture(scope="session")
def service(pytestconfig: pytest.Config) -> GoogleSQL:
    """GoogleSQL's analyzer; what it is compiled to is kept in the clone's .pytest_cache."""
    return GoogleSQL(Path(pytestconfig.cache.mkdir("googlesql")))


@pytest.fixture(scope="session")
def build(rendered: Rendered) -> Callable[..., Built]:
    """Have dbt build, or run, into a warehouse."""

    def run(warehouse: Warehouse, *commands: list[str]) -> Built:
        client = Client(warehouse)
        problems: dict[str, str] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                BigQueryConnectionManager, "open", classmethod(lambda _, it: _open(it, client))
            )
            patch.setattr(BigQueryConnectionManager, "_query_and_results", client.query_in_place())
            for command in commands:
                outcome = _invoked(*command, "--threads", "1", manifest=rendered.manifest)
                if outcome.exception:
                    problems["dbt"] = str(outcome.exception)
                for result in outcome.result.results if outcome.result else []:
                    if result.status in ("error", "fail", "warn", "runtime error"):
                        problems.setdefault(result.node.unique_id, str(result.message))
        return Built(warehouse, client.sent, problems)

    return run


@pytest.fixture(scope="session")
def built(rendered: Rendered, service: GoogleSQL, build: Callable[..., Built]) -> Built:
    """The project built twice: into nothing, then a window into what is there, with every test."""
    warehouse = Warehouse(service, "demo")
    add_sources(warehouse, rendered.manifest)
    made = ["--select", "resource_type:model", "resource_type:snapshot"]
    made += ["--indirect-selection", "empty"]
    return build(warehouse, ["build", *made], ["build", "--vars", WINDOW])


def _render(patch: pytest.MonkeyPatch) -> Rendered:
    warnings: list[str] = []

    def listen(event: EventMsg) -> None:
        if event.info.level in (EventLevel.WARN, EventLevel.ERROR):
            warnings.append(event.info.msg)

    manifest = _dbt("parse", "--no-partial-parse", listen=listen)
    files = {}

    patch.setattr(BigQueryAdapter, "get_relation", lambda *_: None)
    nodes = _compiled(manifest, "--select", "resource_type:model", "resource_type:snapshot")
    config = get_adapter_by_type("bigquery").config

    def text(template: str, node) -> str:
        return get_rendered(template, generate_runtime_model_context(node, config, manifest))

    for node in nodes:
        trains = node.config.materialized == "ml_model"
        files[Path("models", f"{node.name}.sql")] = (
            text(TRAINING, node) if trains else node.compiled_code
        )
    for case in CASES.glob("*/*.sql"):
        files["macros" / case.relative_to(CASES)] = text(case.read_text(), nodes[0])

    patch.setattr(BigQueryAdapter, "get_relation", _a_table)
    windowed = ["--select", "resource_type:model,config.materialized:incremental"]
    for node in _compiled(manifest, *windowed, "--vars", WINDOW):
        files[Path("models", f"{node.name}.incremental.sql")] = node.compiled_code

    return Rendered(manifest, warnings, {path: sql.strip() + "\n" for path, sql in files.items()})


def _dbt(*arguments: str, manifest: Manifest | None = None, listen=None):
    """The result of one dbt command on BigQuery, run in this process."""
    outcome = _invoked(*arguments, manifest=manifest, listen=listen)
    assert outcome.success, outcome.exception
    return outcome.result


def _invoked(*arguments: str, manifest: Manifest | None = None, listen=None) -> dbtRunnerResult:
    runner = dbtRunner(manifest=manifest, callbacks=[listen] if listen else [])
    return runner.invoke(["--quiet", *arguments, "--target", "bigquery"])


def _compiled(manifest: Manifest, *arguments: str) -> list:
    """The nodes selected, compiled. No cache: filling it would ask BigQuery."""
    untested = ["--indirect-selection", "empty"]
    outcome = _dbt("compile", "--no-populate-cache", *untested, *arguments, manifest=manifest)
    return [result.node for result in outcome.results]


def _open_nothing(_, connection):
    return _open(connection, NoConnection())


def _open(connection, handle):
    connection.handle = handle
    connection.state = "open"
    return connection


def _a_table(adapter: BigQueryAdapter, database: str, schema: str, identifier: str):
    return adapter.Relation.create(database, schema, identifier, type="table")
