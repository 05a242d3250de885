"""Promotion on BigQuery: its statements are taken, a model is copied by a job, and the same is
decided as on DuckDB."""

from copy import deepcopy

import pytest
from parity.comparison import differences

from analyzer import client
from analyzer.warehouse import Table, Warehouse
from googlesql.values import Rows

CANDIDATE = ["--vars", "{ml_candidate: true}"]
TRAINED = "demo.azekura_ml_candidate.ml_air_time__model"
LIVE = "demo.azekura_ml.ml_air_time__model"


@pytest.fixture(scope="module")
def candidates(rendered):
    """The project as dbt reads it with the var ml_candidate, which decides on schemas alone."""
    manifest = deepcopy(rendered.manifest)
    for node in manifest.nodes.values():
        if node.resource_type == "model" and node.original_file_path.startswith("ml/models/"):
            node.relation_name = node.relation_name.replace(
                f"`{node.schema}`", f"`{node.schema}_candidate`"
            )
            node.schema += "_candidate"
    manifest.build_flat_graph()  # what macros see
    return manifest


@pytest.fixture(scope="module")
def retrained(rendered, candidates, build, service):
    """Trained, promoted as the first, trained again, and promoted as the better one."""
    warehouse = Warehouse(service, "demo")
    training_set = rendered.manifest.nodes["model.azekura.ml_air_time__training_set"]
    columns = {name: column.data_type for name, column in training_set.columns.items()}
    for dataset in ("azekura_ml", "azekura_ml_candidate"):
        table = Table(warehouse.types(**columns))
        warehouse.put(("demo", dataset, "ml_air_time__training_set"), table)

    answers = {
        "run_id": "run",
        "training_query": f"select * from `{TRAINED.replace('__model', '__training_set')}`",
        "n": 1,
        "input": "distance_miles",
    }
    trained = [
        node.name
        for node in candidates.nodes.values()
        if getattr(node.config, "materialized", None) == "ml_model"
    ]
    kept = {"is_promoted": False, "reason": "it has not been trained"}
    promoted = {
        "model_name": "ml_air_time__model",
        "is_promoted": True,
        "reason": "it is better",
        "candidate_value": 0.99,
        "trained_run_id": "run",
    }
    # the warehouse holds no rows: the second time there is a live model
    decisions = [promoted, {**promoted, "live_run_id": "run"}]
    rows_of = client._rows

    def answered(outcome):
        rows = rows_of(outcome)
        if {"reason", "live_run_id"} <= set(outcome.columns) and "verdict" not in outcome.columns:
            decision = decisions.pop(0)
            for name in trained:
                said = decision if name == decision["model_name"] else {"model_name": name, **kept}
                rows.append({column: said.get(column) for column in outcome.columns})
        elif not rows and set(outcome.columns) <= set(answers):
            rows.append({name: answers[name] for name in outcome.columns})
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_rows", answered)
        return build(
            warehouse,
            ["run", "--select", "ml_air_time__model", "ml_air_time__evaluation", *CANDIDATE],
            *[
                ["run", "--selector", "ml_decide", *CANDIDATE],
                ["run-operation", "promote_models", *CANDIDATE],
            ]
            * 2,
            manifest=candidates,
        )


def test_every_statement_is_accepted(retrained):
    assert retrained.problems == {}
    assert [statement.refused for statement in retrained.sent if statement.refused] == []


def test_the_model_is_copied_as_one(retrained):
    assert retrained.copies == [(TRAINED, LIVE)] * 2
    assert retrained.warehouse.model(LIVE.split(".")) is not None


def test_both_are_measured_on_the_candidate_s_evaluation_rows(retrained):
    measured = [
        x.sql
        for x in retrained.sent
        if "CreateTableAsSelectStmt" in x.kinds and x.node.endswith(".model_promotion_candidates")
    ]
    first, compared = measured
    assert "ml.evaluate(" not in first
    for model in (TRAINED, LIVE):
        assert f"model `{model.replace('.', '`.`')}`" in compared
    assert compared.count("where `is_evaluation`") == 2


def test_what_the_evaluation_promises_is_read_of_the_candidate(retrained):
    *_, promised = [
        x.sql
        for x in retrained.sent
        if "CreateTableAsSelectStmt" in x.kinds and x.node.endswith(".model_promotion_promises")
    ]
    assert "from `demo`.`azekura_ml_candidate`.`ml_air_time__evaluation`" in promised
    assert "'r2_score' as metric" in promised


def test_trainings_and_decisions_are_written_down(retrained):
    inserted = [x.sql for x in retrained.sent if "InsertStmt" in x.kinds]
    assert (
        sum("`ml_air_time__model__runs`" in sql and "azekura_ml`" in sql for sql in inserted) == 2
    )
    decisions = [sql for sql in inserted if "`model_promotions`" in sql]
    assert len(decisions) == 2
    for sql in decisions:
        assert "'ml_air_time__model', true, 'it is better'" in sql
        assert sql.count("it has not been trained") == 6


def test_googlesql_decides_what_the_unit_tests_expect(rendered, service, record_property):
    """dbt runs them on DuckDB: so both engines decide the same, in the same words."""
    nodes = {node.name: node for node in rendered.manifest.nodes.values()}
    decisions = nodes["model_promotion_decisions"]

    def table(node, rows: list[dict]) -> Rows:
        types = {
            name: service.type_named(column.data_type.upper())
            for name, column in node.columns.items()
        }
        floats = {name for name, column in node.columns.items() if column.data_type == "float64"}

        def value(row, name):
            given = row.get(name)
            return float(given) if name in floats and given is not None else given

        return Rows(types, [tuple(value(row, name) for name in types) for row in rows])

    compared = 0
    for test in rendered.manifest.unit_tests.values():
        if test.model != decisions.name:
            continue
        given = {}
        for fixture in test.given:
            node = nodes[fixture.input.removeprefix("ref('").removesuffix("')")]
            given[f"{node.database}.{node.schema}.{node.alias}"] = table(node, fixture.rows)
        found = service.evaluate(rendered.queries[decisions.name], given)
        asked = list(test.expect.rows[0])
        expected = table(decisions, test.expect.rows)
        theirs = [
            tuple(row[list(found.columns).index(name)] for name in asked) for row in found.rows
        ]
        ours = [
            tuple(row[list(expected.columns).index(name)] for name in asked)
            for row in expected.rows
        ]
        assert differences(ours, theirs) == ([], []), test.name
        compared += len(ours)
    assert compared > 30
    record_property("parity", f"parity of promotion: {compared} decisions compared")
