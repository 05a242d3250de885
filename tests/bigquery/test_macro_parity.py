"""Macros of pure SQL give the same rows on DuckDB and on GoogleSQL's reference evaluator."""

from pathlib import Path

import pytest
from analyzer import googlesql
from analyzer.googlesql import Refused
from analyzer.values import Rows
from parity import duckdb_rows, gaps
from parity.comparison import differences
from parity.macros import CASES
from projects import Tiny


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory, rendered) -> dict[str, str]:
    """Each case as dbt compiles it for DuckDB."""
    project = Tiny(tmp_path_factory.mktemp("macros"))
    for name, case in CASES.items():
        project.model(name, case.template)
    compiled = project.dbt("compile")
    compiled.succeeded()
    return {name: node.compiled_code for name, node in compiled.nodes.items()}


@pytest.fixture(scope="module")
def tables(service):
    """The tables of a case, typed."""

    def typed(case) -> dict[str, Rows]:
        return {
            name: Rows({c: service.type_named(t) for c, t in table.columns.items()}, table.rows)
            for name, table in case.tables.items()
        }

    return typed


@pytest.mark.parametrize("name", CASES)
def test_a_macro_gives_the_same_rows(name, on_duckdb, rendered, service, tables, record_property):
    given = tables(CASES[name])
    theirs = service.evaluate(rendered.text(CASES[name].template), given)
    with duckdb_rows.session() as connection:
        duckdb_rows.load(connection, given)
        columns, ours = duckdb_rows.query(connection, on_duckdb[name])
    assert ours
    types = {column: googlesql.text(type_) for column, type_ in theirs.columns.items()}
    only_ours, only_theirs = differences(ours, theirs.rows)
    assert only_ours == only_theirs == []
    assert list(columns.items()) == list(types.items())
    record_property("parity", f"parity of macros: {', '.join(CASES[name].calls)}: {len(ours)} rows compared")
