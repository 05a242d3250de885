"""What `make run` says of a build."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).parents[3]
MADE = {
    "tables": [
        {"layer": "lake", "schema": "lake", "name": "stg_shop__orders", "rows": 1234567},
        {"layer": "lake", "schema": "lake", "name": "stg_shop__rejects", "rows": 1},
        {"layer": "lake", "schema": "lake", "name": "stg_web__rejects", "rows": 0},
        {"layer": "marts", "schema": "marts", "name": "mart_sales__daily", "rows": 365},
        {"layer": "ops", "schema": "ops", "name": "run_history", "rows": 9},
    ],
    "models": [
        {"name": "ml_sales__model", "metrics": [["roc_auc", 0.75], ["log_loss", 0.12345]]},
        {"name": "ml_stock__model", "metrics": []},
    ],
}
SAID = """
lake         3 tables    1,234,568 rows
    stg_shop__orders                              1,234,567
    stg_shop__rejects                                     1
    stg_web__rejects                                      0

marts        1 tables          365 rows
    mart_sales__daily                                   365

models
    ml_sales__model                            roc_auc 0.7500   log_loss 0.1235

1 record of shop could not be used: see why in lake.stg_shop__rejects
0 records of web could not be used

next   dbt build"""


@pytest.fixture
def summary() -> ModuleType:
    spec = importlib.util.spec_from_file_location("summary", ROOT / "ops" / "summary.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_build_is_said_layer_by_layer(summary) -> None:
    assert "\n".join(summary.lines(MADE)).startswith(SAID)


def test_nothing_built_says_how_to_build(summary) -> None:
    assert summary.lines({"tables": [], "models": []}) == [
        "Nothing is built yet: run `make run`, or `dbt build`."
    ]


def test_what_dbt_said_before_is_passed_over(summary, monkeypatch, capsys) -> None:
    said = 'a word of dbt\n{"tables": [], "models": []}\n'
    ended = SimpleNamespace(returncode=0, stdout=said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert summary.main() == 0
    assert capsys.readouterr().out.startswith("Nothing is built yet")


def test_a_failure_of_dbt_is_passed_on(summary, monkeypatch, capsys) -> None:
    ended = SimpleNamespace(returncode=2, stdout="Env var required but not provided")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert summary.main() == 2
    assert capsys.readouterr().err == "Env var required but not provided\n"
