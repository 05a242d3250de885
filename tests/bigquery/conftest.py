"""The BigQuery SQL of this project, rendered by dbt itself without a connection.

cases/<macro>/<case>.sql    a query that calls one macro
golden/macros/...           what each of them renders to
golden/models/...           what each model and snapshot compiles to; a trained model is its whole
                            statement, and an incremental model has a second file: one window
cases/given.sql             the tables and models that cases name and the project does not make

`make golden` writes golden/ anew. Of these, and of all that a build sends, GoogleSQL says
whether BigQuery would take it: the package `analyzer`. Of those without BigQuery ML it also says
which rows they give, and DuckDB gives the same: parity/.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bqml_front.googlesql import GoogleSQL
from dbt.adapters.bigquery import BigQueryAdapter
from dbt.adapters.bigquery.connections import BigQueryConnectionManager
from dbt.adapters.factory import get_adapter_by_type, register_adapter, reset_adapters
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import get_rendered
from dbt.context.providers import generate_runtime_model_context
from dbt.contracts.graph.manifest import Manifest
from dbt.mp_context import get_mp_context
from dbt_common.events.base_types import EventLevel, EventMsg
from google.cloud.bigquery import Table
from parity import sample

from analyzer.client import Client, Statement
from analyzer.warehouse import Warehouse

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
    queries: dict[str, str]  # the select of each model and snapshot, by its name
    text: Callable[..., str]  # what a template renders to, at any time


@dataclass
class Built:
    """The project as dbt built it where every statement is analyzed and none is run."""

    warehouse: Warehouse
    sent: list[Statement]
    updates: list[tuple[Table, tuple[str, ...]]]  # of descriptions, and of which fields
    copies: list[tuple[str, str]]  # of tables and models, from where to where
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
        patch.setenv("DBT_WRITE_JSON", "false")  # nobody reads manifest.json
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
def parsed(on_bigquery: None) -> Callable[..., Manifest]:
    """Have dbt read the project again, in an environment with further variables."""

    def parse(**variables: str) -> Manifest:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return _dbt("parse", "--no-partial-parse")

    return parse


@pytest.fixture(scope="session")
def window_queries(rendered: Rendered) -> dict[str, str]:
    """The select of each incremental model for the window of the sampled lake."""
    return _windowed(rendered.manifest, sample.window_variables())


@pytest.fixture(scope="session")
def service(pytestconfig: pytest.Config) -> GoogleSQL:
    """GoogleSQL's analyzer; what it is compiled to is kept in the clone's .pytest_cache."""
    return GoogleSQL(Path(pytestconfig.cache.mkdir("googlesql")))


@pytest.fixture(scope="session")
def build(rendered: Rendered) -> Callable[..., Built]:
    """Have dbt build, or run, into a warehouse: the project, or another reading of it."""

    def run(warehouse: Warehouse, *commands: list[str], manifest: Manifest | None = None) -> Built:
        client = Client(warehouse)
        problems: dict[str, str] = {}
        with client.in_place():
            for command in commands:
                outcome = _invoked(
                    *command, "--threads", "1", manifest=manifest or rendered.manifest
                )
                if outcome.exception:
                    problems["dbt"] = str(outcome.exception)
                for result in outcome.result.results if outcome.result else []:
                    if result.status in ("error", "fail", "warn", "runtime error"):
                        node = getattr(result, "node", result)  # an operation has none
                        problems.setdefault(node.unique_id, str(result.message))
        return Built(warehouse, client.sent, client.updates, client.copies, problems)

    return run


@pytest.fixture(scope="session")
def built(rendered: Rendered, service: GoogleSQL, build: Callable[..., Built]) -> Built:
    """The project built twice: into nothing, then a window into what is there, with every test.

    What is there before dbt are the external tables over the lake, which its operation makes.
    """
    warehouse = Warehouse(service, "demo")
    lake = ["run-operation", "create_external_tables", "--args", "{lake_uri: gs://bucket/lake}"]
    made = ["--select", "resource_type:seed", "resource_type:model", "resource_type:snapshot"]
    made += ["--indirect-selection", "empty"]
    return build(warehouse, lake, ["build", *made], ["build", "--vars", WINDOW])


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

    def text(template: str, node=nodes[0]) -> str:
        register_adapter(config, get_mp_context())  # dbt may have run on DuckDB since
        get_adapter_by_type("bigquery").set_macro_resolver(manifest)
        return get_rendered(template, generate_runtime_model_context(node, config, manifest))

    for node in nodes:
        trains = node.config.materialized == "ml_model"
        files[Path("models", f"{node.alias}.sql")] = (
            text(TRAINING, node) if trains else node.compiled_code
        )
    for case in CASES.glob("*/*.sql"):
        files["macros" / case.relative_to(CASES)] = text(case.read_text())

    queries = {node.alias: node.compiled_code for node in nodes}
    for name, sql in _windowed(manifest, WINDOW).items():
        files[Path("models", f"{name}.incremental.sql")] = sql

    files = {path: sql.strip() + "\n" for path, sql in files.items()}
    return Rendered(manifest, warnings, files, queries, text)


def _windowed(manifest: Manifest, window: str) -> dict[str, str]:
    """The select of each incremental model for one window, by the model's name."""
    selected = ["--select", "resource_type:model,config.materialized:incremental"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BigQueryAdapter, "get_relation", _a_table)
        nodes = _compiled(manifest, *selected, "--vars", window)
    return {node.alias: node.compiled_code for node in nodes}


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
    connection.handle = NoConnection()
    connection.state = "open"
    return connection


def _a_table(adapter: BigQueryAdapter, database: str, schema: str, identifier: str):
    return adapter.Relation.create(database, schema, identifier, type="table")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the parity tests counted, and what they could not compare."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "parity":
                terminalreporter.write_line(value)
