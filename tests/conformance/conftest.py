"""Fixtures of the conformance suite and the table it prints at the end."""

import json
from pathlib import Path

import duckdb
import pytest
from duckdb_bqml import register

PENGUINS = Path(__file__).parent / "data" / "penguins.jsonl"

_REPORT = "conformance"


@pytest.fixture
def compare(request):
    """compare(case, metric, bigquery, azekura, rel=..., decimals=6): report both and assert.

    BigQuery's value is a print with that many decimals, so ours is rounded to as many first;
    rel=0 asks for the same print.
    """

    def check(case, metric, bigquery, azekura, *, rel, decimals=6):
        # a property of the test reaches the summary even from another process
        request.node.user_properties.append(
            (_REPORT, (case, metric, float(bigquery), float(azekura)))
        )
        assert round(azekura, decimals) == pytest.approx(bigquery, rel=rel), f"{case} {metric}"

    return check


@pytest.fixture
def db():
    """A DuckDB database with the functions and the table `penguins`."""
    with duckdb.connect() as connection:
        register(connection)
        connection.execute("create table penguins as from read_json(?)", [str(PENGUINS)])
        yield connection


@pytest.fixture
def train(db):
    """train(model, query, **options): the model as a table of one row."""

    def run(model, query, **options):
        db.execute(
            f"create table {model} as "
            f"select unnest(bqml_train('{model}', ?, list(r))) from ({query}) r",
            [json.dumps(options)],
        )

    return run


@pytest.fixture
def predict(db):
    """predict(model, query): the rows of bqml_predict, in the order of the query."""

    def run(model, query):
        version = f"(select model_version from {model})"
        rows = db.sql(f"select bqml_predict('{model}', {version}, r) from ({query}) r").fetchall()
        return [outputs for (outputs,) in rows]

    return run


@pytest.fixture
def evaluate(db):
    """evaluate(model, query): the metrics by name."""

    def run(model, query):
        version = f"(select model_version from {model})"
        [metrics] = json.loads(
            db.sql(
                f"select bqml_evaluate('{model}', {version}, '{{}}', list(r)) from ({query}) r"
            ).fetchone()[0]
        )
        return metrics

    return run


@pytest.fixture
def describe(db):
    """describe(model, function, **settings): the rows of bqml_describe."""

    def run(model, function, **settings):
        found = db.execute(
            f"select bqml_describe('{model}', model_version, '{function}', ?) from {model}",
            [json.dumps(settings)],
        )
        return json.loads(found.fetchone()[0])

    return run


def pytest_terminal_summary(terminalreporter):
    rows = [
        row
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, row in report.user_properties
        if name == _REPORT
    ]
    if not rows:
        return
    terminalreporter.section("conformance with BigQuery ML")
    line = "{:<6} | {:<40} | {:>14} | {:>14} | {:>19}"
    terminalreporter.write_line(
        line.format("case", "metric", "BigQuery", "Azekura", "relative difference")
    )
    for case, metric, bigquery, azekura in rows:
        difference = f"{(azekura - bigquery) / (bigquery or 1):+.1e}"
        terminalreporter.write_line(
            line.format(case, metric, f"{bigquery:.10g}", f"{azekura:.10g}", difference)
        )
