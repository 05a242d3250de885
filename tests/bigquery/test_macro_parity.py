"""Macros of pure SQL give the same rows on DuckDB and on GoogleSQL's reference evaluator."""

import re
from pathlib import Path

import pytest
from analyzer import googlesql
from analyzer.googlesql import Refused
from analyzer.values import Rows
from parity import duckdb_rows, gaps
from parity.comparison import differences
from parity.macros import CASES
from projects import Tiny

CASES_FOLDER = Path(__file__).parent / "cases"

# compared where they are used: test_model_parity.py
IN_MODELS = {"lake_rows"}


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


def test_every_macro_with_a_bigquery_side_is_compared_or_a_gap(rendered):
    sides = {
        macro.name.removeprefix("bigquery__")
        for macro in rendered.manifest.macros.values()
        if macro.package_name == "azekura" and macro.name.startswith("bigquery__")
    }
    compared = {name for case in CASES.values() for name in case.calls} | IN_MODELS
    assert sides - compared == gaps.MACROS.keys()


def test_a_macro_that_is_not_compared_cannot_be(built, rendered, service, record_property):
    """Its golden cases are refused, though all tables that they read are there."""
    with built.warehouse.copied() as given:
        given.run((CASES_FOLDER / "given.sql").read_text())
        for name, reason in gaps.MACROS.items():
            assert reason
            cases = [
                sql for path, sql in rendered.files.items() if path.parts[:2] == ("macros", name)
            ]
            assert cases, name
            for sql in cases:
                with pytest.raises(Refused, match=r"\bml\.\w+|does not correspond to a query"):
                    service.evaluate(sql, _read_by(sql, given))
    for reason in sorted(set(gaps.MACROS.values())):
        names = [name for name, why in gaps.MACROS.items() if why == reason]
        record_property("parity", f"gap: {', '.join(names)}: {reason}")


def _read_by(sql: str, warehouse) -> dict[str, Rows]:
    """The tables that a statement names, without rows."""
    paths = re.findall(r"`([^`]*)`\.`([^`]*)`\.`([^`]*)`", sql)
    found = {".".join(path): warehouse.table(path) for path in paths}
    return {path: Rows(table.columns) for path, table in found.items() if table}
