"""Promotion on BigQuery: its statements are taken, and a model is copied by a job."""

from copy import deepcopy

import pytest

from analyzer import client
from analyzer.warehouse import Table, Warehouse

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
        "r2_score": 0.99,
        "input": "distance_miles",
        "candidate_value": 0.99,
        "live_value": 0.98,
    }
    rows_of = client._rows

    def answered(outcome):
        rows = rows_of(outcome)
        if not rows and set(outcome.columns) <= set(answers):
            rows.append({name: answers[name] for name in outcome.columns})
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_rows", answered)
        return build(
            warehouse,
            ["run", "--select", "ml_air_time__model", "ml_air_time__evaluation", *CANDIDATE],
            ["run-operation", "promote_models", *CANDIDATE],
            ["run-operation", "promote_models", *CANDIDATE],
            manifest=candidates,
        )


def test_every_statement_is_accepted(retrained):
    assert retrained.problems == {}
    assert [statement.refused for statement in retrained.sent if statement.refused] == []


def test_the_model_is_copied_as_one(retrained):
    assert retrained.copies == [(TRAINED, LIVE)] * 2
    assert retrained.warehouse.model(LIVE.split(".")) is not None


def test_both_are_measured_on_the_candidate_s_evaluation_rows(retrained):
    [compared] = [x.sql for x in retrained.sent if "as live_value" in x.sql]
    for model in (TRAINED, LIVE):
        assert f"model `{model.replace('.', '`.`')}`" in compared
    assert compared.count("where `is_evaluation`") == 2


def test_trainings_and_decisions_are_written_down(retrained):
    inserted = [x.sql for x in retrained.sent if "InsertStmt" in x.kinds]
    assert (
        sum("`ml_air_time__model__runs`" in sql and "azekura_ml`" in sql for sql in inserted) == 2
    )
    decisions = [sql for sql in inserted if "`model_promotions`" in sql]
    assert len(decisions) == 2
    assert "there was no live model" in decisions[0]
    assert "r2_score 0.99 is not worse than 0.98 of the live model" in decisions[1]
