"""The contract between the rings holds what model types of every shape need.

Each type of tests/support/toy_models.py breaks what an ordinary regression takes for granted.
"""

import json

import duckdb
import pytest
import toy_models
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.functions import require_function

SERIES = """
    select 's' || range % 3 as shop, 'a' || range % 2 as article, range::double as amount
    from range(60)
"""
LINE = "select range as x, range as label from range(1000)"


@pytest.fixture
def toys(db, monkeypatch):
    toy_models.add(monkeypatch)
    return db


def train(db, model, query, **options):
    rows = f"list(r))) from ({query}) r" if query else "null))"
    db.connection.execute(
        f"create or replace table {model} as select unnest(bqml_train('{model}', ?, {rows}",
        [json.dumps(options)],
    )


def test_a_model_may_take_no_query_and_name_its_outputs_itself(toys):
    train(toys, "m", None, model_type="echo", words=["so", "it", "is"])
    [(outputs, features, used)] = toys.rows("select outputs, features, rows_used from m")
    assert outputs == [
        {"name": "said", "data_type": "STRING"},
        {"name": "lengths", "data_type": "ARRAY<INT64>"},
    ]
    assert (features, used) == ([{"name": "x", "data_type": "FLOAT64"}], 0)
    version = "(select model_version from m)"
    found = toys.rows(
        f"select bqml_predict_values('m', {version}, r) "
        "from (select range / 2 as x from range(3)) r"
    )
    assert [json.loads(text)["said"] for (text,) in found] == [
        "so it is 0",
        "so it is 0.5",
        "so it is 1",
    ]
    assert json.loads(found[0][0])["lengths"] == [2, 2, 2]


def test_a_role_may_be_one_column_or_several(toys):
    for ids, expected in (
        ("shop", [["s0"], ["s1"], ["s2"]]),
        (["shop"], [["s0"], ["s1"], ["s2"]]),
        (["shop", "article"], [[f"s{i}", f"a{j}"] for i in range(3) for j in range(2)]),
    ):
        train(toys, "m", SERIES, model_type="last_value", id_col=ids, data_col="amount")
        assert json.loads(toys.value("select details -> 'series' from m")) == expected
    with pytest.raises(duckdb.Error, match="series id column 'town' is missing from the query"):
        train(
            toys, "m", SERIES, model_type="last_value", id_col=["shop", "town"], data_col="amount"
        )


def test_a_model_may_have_no_features_and_a_row_of_metrics_per_series(toys):
    train(toys, "m", SERIES, model_type="last_value", id_col="shop", data_col="amount")
    assert toys.value("select features from m") == []
    [(rows,)] = toys.rows("select evaluation from m")
    assert [row["keys"] for row in rows] == [{"series": str(number)} for number in range(3)]
    assert [row["metrics"]["mean_absolute_error"] for row in rows] == [57, 58, 59]
    said = toys.describe("m", "EVALUATE")
    assert said[2] == {"series": "2", "mean_absolute_error": 59.0}


def test_a_model_may_make_rows_part_by_part(toys):
    train(toys, "m", SERIES, model_type="last_value", id_col="shop", data_col="amount")
    asked = "'m', model_version, 'FORECAST', '{\"horizon\": 4}'"
    assert toys.value(f"select bqml_parts({asked}) from m") == 3
    rows = sorted(
        toys.rows(
            f"select unnest(bqml_rows({asked}, part), recursive := true) "
            f"from m, range(bqml_parts({asked})) parts(part)"
        )
    )
    assert len(rows) == 12
    assert rows[-1] == ([2, 3], [62.0])
    with pytest.raises(duckdb.Error, match="m: setting 'horizont' is not valid for ML"):
        toys.rows("select bqml_parts('m', model_version, 'FORECAST', '{\"horizont\": 1}') from m")


def test_rows_may_be_divided_in_three(toys):
    train(toys, "m", LINE, model_type="best_shift", num_trials=3)
    trained, evaluated, tested = json.loads(toys.value("select details -> 'rows' from m"))
    assert trained + evaluated + tested == 1000
    assert 60 < evaluated < 140 and 60 < tested < 140
    train(toys, "m", LINE, model_type="best_shift")
    assert json.loads(toys.value("select details -> 'rows' from m"))[2] == 0


def test_an_artifact_may_hold_a_part_per_trial(toys):
    train(toys, "m", LINE, model_type="best_shift", num_trials=5)
    line = json.loads(toys.value("select artifact from m").partition(b"\n")[0])
    names = [part["name"] for part in line["parts"]]
    assert names == ["model", *(f"trials/{number}/mean" for number in range(5))]
    assert len(toys.predict("m", "select 1 as x")) == 1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("EXPLAIN_PREDICT", "ml_explain_predict is for"),
        ("CENTROIDS", "ml_centroids is for KMEANS, and the model is MEAN_ONLY"),
        ("ORACLE", "there is no function ML.ORACLE"),
        ("PREDICT", "ml_predict does not describe a model; call it with rows"),
    ],
)
def test_what_a_type_is_not_asked_for_is_one_sentence(toys, function, words):
    train(toys, "m", LINE, model_type="mean_only")
    with pytest.raises(duckdb.Error, match=f"m: {words}"):
        toys.describe("m", function)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"words": ["a"], "layers": [1, 2.5]}, r"'layers' must be an array of INT64, for example"),
        ({"words": ["a"], "layers": 3}, r"'layers' must be an array of INT64"),
        ({"words": ["a"], "shares": [0.5, 2]}, "'shares' must be at most 1, not 2"),
        ({"words": ["a"], "shares": [0.5, True]}, "'shares' must be an array of FLOAT64"),
        ({}, "'words' is required by ECHO"),
    ],
)
def test_options_may_be_arrays_of_numbers(toys, options, words):
    with pytest.raises(duckdb.Error, match=words):
        train(toys, "m", None, model_type="echo", **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"order": [1, 2]}, "'order' must be a STRUCT of INT64, INT64, INT64"),
        ({"order": [1, 2, -1]}, "'order' must be at least 0, not -1"),
        ({"id_col": 3}, "'id_col' must be a STRING or an array of STRING"),
    ],
)
def test_options_may_be_structs_and_have_several_types(toys, options, words):
    given = {"model_type": "last_value", "data_col": "amount", "id_col": "shop", **options}
    with pytest.raises(duckdb.Error, match=words):
        train(toys, "m", SERIES, **given)
    train(toys, "m", SERIES, **given | {"order": [1, 0, 2], "id_col": ["shop"]})


def test_a_function_that_a_type_of_its_kind_lacks_is_refused(toys):
    with pytest.raises(ModelError, match="and classification, but not for MEAN_ONLY; give a model"):
        require_function("EXPLAIN_PREDICT", "MEAN_ONLY")
