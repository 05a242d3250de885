"""A model type that only a test's table has is trained by the proxy, and its resource is told."""

import json
import shutil
from pathlib import Path

import pytest
import toy_models
from bqml_proxy import macros
from bqml_vocabulary.generate import FILES


@pytest.fixture(autouse=True)
def _toys(monkeypatch, tmp_path):
    """The types in the tables, and in the macros that are generated from them."""
    toy_models.add(monkeypatch)
    shutil.copytree(Path(str(macros.MACROS)), tmp_path / "macros")
    for path, text in FILES.items():
        if path.startswith("macros/"):
            (tmp_path / path).write_text(text())
    monkeypatch.setattr(macros, "MACROS", tmp_path / "macros")
    macros._templates.cache_clear()
    yield
    macros._templates.cache_clear()


def resource(proxy, options, query):
    proxy.rewrite(f"create model d.m options({options}) as {query}")
    found = proxy.machine_learning.model("p", "d", "m")
    assert json.loads(json.dumps(found, allow_nan=False)) == found  # no key but text
    return found


def test_a_kind_that_has_metrics_in_the_api(proxy):
    found = resource(
        proxy,
        "model_type = 'mean_only', input_label_cols = ['minutes'], shift = 2",
        "select miles, minutes from flights",
    )
    assert found["modelType"] == "MEAN_ONLY"
    [run] = found["trainingRuns"]
    assert "meanAbsoluteError" in run["evaluationMetrics"]["regressionMetrics"]
    assert run["trainingOptions"]["shift"] == 2
    assert run["results"] == [{"index": 0, "trainingLoss": 0.0}]


def test_a_kind_that_has_none(proxy):
    found = resource(
        proxy,
        "model_type = 'last_value', data_col = 'minutes', id_col = ['carrier'],"
        " `order` = struct(1, 0, 2)",
        "select carrier, minutes from flights",
    )
    [run] = found["trainingRuns"]
    assert "evaluationMetrics" not in run
    assert run["trainingOptions"]["order"] == ["1", "0", "2"]
    assert run["trainingOptions"]["idCol"] == ["carrier"]
