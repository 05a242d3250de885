"""What dbt says of a build, for ops/summary.py to say to people."""

import json
from datetime import date

import duckdb

from ingest.nycflights13 import land

HEADLINE = ("roc_auc", "log_loss")  # of ml_late_arrival__model


def test_tables_are_counted_in_their_layers(azekura, capsys):
    project = azekura()
    assert _said(project, capsys) == {"tables": [], "headlines": []}
    land(str(project.lake), date(2013, 1, 1), date(2013, 1, 1))
    project.build("--select", "stg_nycflights13__carriers", "stg_nycflights13__rejects")
    made = _said(project, capsys)
    assert made["headlines"] == []
    tables = {table["name"]: table for table in made["tables"]}
    assert tables["stg_nycflights13__carriers"] == {
        "layer": "lake",
        "schema": "lake",
        "name": "stg_nycflights13__carriers",
        "rows": 16,
    }
    [(rejects,)] = project.query("select count(*) from lake.stg_nycflights13__rejects")
    assert tables["stg_nycflights13__rejects"]["rows"] == rejects


def test_a_trained_model_has_its_headline(azekura, capsys):
    project = azekura()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema ml")
        connection.execute(
            "create table ml.ml_late_arrival__evaluation as select * from (values"
            " ('ml_late_arrival__other', 0.5, 0.6), ('ml_late_arrival__model', 0.75, 0.125))"
            f" as given (model_name, {', '.join(HEADLINE)})"
        )
    [model] = _said(project, capsys)["headlines"]
    assert model == {
        "name": "ml_late_arrival__model",
        "metrics": [[HEADLINE[0], 0.75], [HEADLINE[1], 0.125]],
    }


def _said(project, capsys) -> dict:
    capsys.readouterr()
    project.dbt("run-operation", "summary").succeeded()
    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    models = made.pop("models")
    assert {model["name"] for model in models} >= {"ml_late_arrival__model"}
    return {**made, "headlines": [model for model in models if model["metrics"]]}
