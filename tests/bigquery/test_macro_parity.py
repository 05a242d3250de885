"""Macros of pure SQL give the same rows on DuckDB and on GoogleSQL's reference evaluator."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import json_lines
import point_in_time
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import duckdb_rows, gaps
from parity.comparison import differences
from parity.macros import CASES, TYPED
from projects import Tiny

from googlesql.service import Refused
from googlesql.types import text
from googlesql.values import Rows

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


@pytest.fixture(scope="module")
def histories():
    """One database for all examples."""
    with duckdb_rows.session() as connection:
        yield connection


@pytest.mark.parametrize("name", CASES)
def test_a_macro_gives_the_same_rows(name, on_duckdb, rendered, service, tables, record_property):
    given = tables(CASES[name])
    theirs = service.evaluate(rendered.text(CASES[name].template), given)
    with duckdb_rows.session() as connection:
        duckdb_rows.load(connection, given)
        columns, ours = duckdb_rows.query(connection, on_duckdb[name])
    assert ours
    types = {column: text(type_) for column, type_ in theirs.columns.items()}
    only_ours, only_theirs = differences(ours, theirs.rows)
    assert only_ours == only_theirs == []
    assert list(columns.items()) == list(types.items())
    record_property(
        "parity", f"parity of macros: {', '.join(CASES[name].calls)}: {len(ours)} rows compared"
    )


def test_a_line_is_json_if_python_reads_it(on_duckdb):
    lines = [*json_lines.written(seed=3, count=4000), *json_lines.damaged(seed=4, count=8000)]
    with duckdb_rows.session() as connection:
        connection.execute("create table cases as select 0 as id, '' as given limit 0")
        connection.executemany("insert into cases values (?, ?)", list(enumerate(lines)))
        _, found = duckdb_rows.query(connection, on_duckdb["ndjson_line"])
    refused = {row[0] for row in found if row[1] == "is not valid JSON"}
    assert [lines[i] for i in refused if json_lines.is_json(lines[i])] == []
    assert [
        line for i, line in enumerate(lines) if i not in refused and not json_lines.is_json(line)
    ] == []


@pytest.mark.parametrize("format", TYPED)
def test_a_rejected_record_of_typed_columns_is_kept_as_text(rendered, service, tables, format):
    """For avro and orc it was NULL, and of two records of one moment any was kept."""
    case = CASES[f"lake_records_{format}"]
    found = service.evaluate(rendered.text(case.template), tables(case))
    records = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    kept = {r["order_id"]: r["customer"] for r in records if r["reject_reason"] is None}
    assert kept == {1: "ann", 2: "bob", 3: "zoe"}
    rejected = [r for r in records if r["reject_reason"] is not None]
    assert len(rejected) == 8
    for record in rejected:
        assert json.loads(record["raw_record"])["order_id"] == record["order_id"]
    assert [r for r in records if r["reject_reason"] is None and r["raw_record"]] == []


# few hours, so that moments meet: at one hour, at the end of a time to live, in any order
_hours = st.integers(0, 9).map(lambda hour: datetime(2013, 11, 3) + timedelta(hours=hour))
_entities = st.sampled_from([1, 2, None])
_places = st.sampled_from(["x", "X", "", None])
_label = st.tuples(_entities, _places, st.none() | _hours)
_state = st.tuples(_entities, _places, st.none() | _hours, st.none() | _hours, st.integers(0, 9))


@settings(max_examples=12)
@given(
    labels=st.lists(_label, min_size=1, max_size=10),
    states=st.lists(_state, max_size=20),
)
def test_feature_join_gives_the_same_rows_on_any_history(
    on_duckdb, histories, rendered, service, tables, labels, states
):
    given_tables = tables(CASES["feature_join"])
    columns = {name: table.columns for name, table in given_tables.items()}
    given_tables |= {
        "labels": Rows(columns["labels"], [(n, *label) for n, label in enumerate(labels)]),
        "states": Rows(columns["states"], [(*state, str(state[-1])) for state in states]),
    }
    theirs = service.evaluate(rendered.text(CASES["feature_join"].template), given_tables)
    duckdb_rows.load(histories, given_tables)
    _, ours = duckdb_rows.query(histories, on_duckdb["feature_join"])
    assert len(ours) == len(labels)
    assert differences(ours, theirs.rows) == ([], [])


@pytest.mark.parametrize("mode", point_in_time.MODES)
def test_feature_join_keeps_its_contract_on_bigquery(rendered, service, mode):
    """The cases that tests/functional/test_feature_join.py asks DuckDB."""
    columns = {
        "labels": {"id": "INT64", "entity": "INT64", "moment": "TIMESTAMP"},
        "states": {
            "entity": "INT64",
            "event_at": "TIMESTAMP",
            "known_at": "TIMESTAMP",
            "level": "INT64",
            "is_gone": "BOOL",
        },
    }
    rows = {"labels": point_in_time.labels(mode), "states": point_in_time.states(mode)}
    given_tables = {
        name: Rows({c: service.type_named(t) for c, t in columns[name].items()}, rows[name])
        for name in columns
    }
    found = service.evaluate(rendered.text(point_in_time.join(mode)), given_tables)
    assert differences(point_in_time.answers(mode), found.rows) == ([], [])


def test_every_macro_with_a_bigquery_side_is_compared_or_a_gap(rendered):
    compared = {name for case in CASES.values() for name in case.calls} | IN_MODELS
    assert rendered.sides - compared == gaps.MACROS.keys() | gaps.NO_SQL.keys()


# BigQuery ML, an approximation, a statement that makes something, or what only such a statement
# names; a past state
_NO_ROWS = (
    r"\bml\.\w+|hparam_\w+|approx_quantiles|does not correspond to a query|Connection not found"
    r"|SetReadTime"
)


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
                with pytest.raises(Refused, match=_NO_ROWS):
                    service.evaluate(sql, _read_by(sql, given))
    for reason in sorted(set(gaps.MACROS.values())):
        names = [name for name, why in gaps.MACROS.items() if why == reason]
        record_property("parity", f"gap: {', '.join(names)}: {reason}")


def _read_by(sql: str, warehouse) -> dict[str, Rows]:
    """The tables that a statement names, without rows."""
    paths = re.findall(r"`([^`]*)`\.`([^`]*)`\.`([^`]*)`", sql)
    found = {".".join(path): warehouse.table(path) for path in paths}
    return {path: Rows(table.columns) for path, table in found.items() if table}
