"""What the engine makes of an algorithm that uses all of its contract, shown by one made up."""

import json
import sys
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from duckdb_bqml.algorithms import ALGORITHMS
from duckdb_bqml.algorithms.contracts import Made, Output, Partition, Trained
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import Array, Bytes, Described
from duckdb_bqml.training.measures import measured


def number(name, values):
    return Column(name, "FLOAT64", np.asarray(values, dtype=float))


class Echo:
    """Predicts its first feature and that it is one; has a row of metrics per half of the data."""

    describes = ("WEIGHTS",)
    outputs = (Output("score", "FLOAT64"), Output("is_known", "BOOL"), Output("tags", "ARRAY"))
    artifact = Described({"rows": Array("<i8", (3,)), "raw": Bytes()})

    def __init__(self, rows):
        self.rows = rows

    @classmethod
    def fit(cls, request):
        train, evaluate, test = request.data
        rows = [part.rows if part else 0 for part in (train, evaluate, test)]
        kept = {"split": rows, "share": float("nan")}
        return Trained(cls(np.array(rows)), dict(request.options), [], kept)

    def to_parts(self):
        return {"rows": self.rows, "raw": b"\n\x00"}

    @classmethod
    def from_parts(cls, parts):
        assert parts["raw"] == b"\n\x00"
        return cls(parts["rows"])

    def predict(self, features):
        return features[0].values[:, None]

    def predict_values(self, features):
        known = ~np.isnan(features[0].values)
        return [features[0].values.tolist(), known.tolist(), [["é", None]] * len(known)]

    def evaluate(self, data, settings):
        return [
            {"half": half, "r2_score": float(half), "mean_absolute_error": float("nan")}
            for half in (1, 2)
        ]

    def describe(self, function, settings, features):
        return [{"function": function, "features": list(features), **settings}]

    def parts(self, function, settings):
        return 3

    def make_rows(self, function, settings, part):
        numbers = np.arange(part * 2.0).reshape(part, 2)
        return Made(np.full((part, 0 if settings else 1), part, dtype=np.int64), numbers)


@pytest.fixture
def echo(db, monkeypatch):
    monkeypatch.setitem(ALGORITHMS, "LINEAR_REG", "made_up:Echo")
    monkeypatch.setitem(sys.modules, "made_up", SimpleNamespace(Echo=Echo))
    db.train("m", "select range as x, range as label from range(600)", model_type="linear_reg")
    return db


def test_several_rows_of_metrics_are_kept_with_what_tells_them_apart(echo):
    rows = echo.value("select evaluation from m")
    assert [row["keys"] for row in rows] == [{"half": "1"}, {"half": "2"}]
    assert [row["metrics"]["r2_score"] for row in rows] == [1.0, 2.0]
    assert echo.describe("m", "EVALUATE") == [
        {"half": half, "r2_score": float(half), "mean_absolute_error": "NaN"} for half in "12"
    ]
    found = json.loads(
        echo.value("select bqml_evaluate('m', model_version, '{}', [{x: 1, label: 2}]) from m")
    )
    assert [(row["half"], row["mean_absolute_error"]) for row in found] == [(1, "NaN"), (2, "NaN")]


def test_what_one_model_type_keeps_stands_in_the_details(echo):
    details = json.loads(echo.value("select details from m"))
    assert sum(details["split"]) == 600 and details["split"][2] == 0
    assert details["share"] == "NaN"


def test_outputs_with_names_of_their_own_are_kept_and_predicted_by_name(echo):
    assert echo.value("select outputs from m") == [
        {"name": "score", "data_type": "FLOAT64"},
        {"name": "is_known", "data_type": "BOOL"},
        {"name": "tags", "data_type": "ARRAY"},
    ]
    rows = echo.rows(
        "select bqml_predict_values('m', (select model_version from m), r) "
        "from (select unnest([1, null, 3]) as x) r"
    )
    assert [json.loads(text) for (text,) in rows] == [
        {"score": 1.0, "is_known": True, "tags": ["é", None]},
        {"score": "NaN", "is_known": False, "tags": ["é", None]},
        {"score": 3.0, "is_known": True, "tags": ["é", None]},
    ]


def test_a_model_describes_itself_with_settings_and_features(echo):
    assert echo.describe("m", "WEIGHTS", '{"standardize": true}') == [
        {"function": "WEIGHTS", "features": ["x"], "standardize": True}
    ]


def test_a_model_makes_rows_part_by_part(echo):
    call = "('m', (select model_version from m), 'weights', '{}'"
    parts = echo.value(f"select bqml_parts{call})")
    rows = echo.rows(
        f"select part, unnest(bqml_rows{call}, part)) from range({parts}) t(part) order by part"
    )
    assert [(part, row["keys"], row["numbers"]) for part, row in rows] == [
        (1, [1], [0.0, 1.0]),
        (2, [2], [0.0, 1.0]),
        (2, [2], [2.0, 3.0]),
    ]


def test_rows_may_have_no_keys(echo):
    settings = '{"standardize": true}'
    [row] = echo.value(
        f"select bqml_rows('m', (select model_version from m), 'WEIGHTS', '{settings}', 1)"
    )
    assert (row["keys"], row["numbers"]) == ([], [0.0, 1.0])


@pytest.mark.parametrize(("function", "more"), [("bqml_parts", ""), ("bqml_rows", ", 0")])
def test_a_setting_of_made_rows_is_checked(echo, function, more):
    settings = '{"x": 1}'
    with pytest.raises(duckdb.Error, match=r"m: setting 'x' is not valid for ML\.WEIGHTS"):
        echo.rows(f"select {function}('m', model_version, 'WEIGHTS', '{settings}'{more}) from m")


# ---- the data of a training


def test_measured_are_the_rows_that_test_else_those_that_evaluate_else_all():
    train, evaluate, test = (Dataset([number("x", np.arange(n))], None) for n in (3, 2, 1))
    for parts, rows, every in (
        ((train,), 3, 3),
        ((train, evaluate), 2, 5),
        ((train, evaluate, test), 1, 6),
        ((train, None, test), 1, 4),
    ):
        partition = Partition(*parts)
        assert (partition.measured.rows, partition.rows) == (rows, every)


def test_metrics_are_of_the_rows_that_test():
    class Counts:
        def evaluate(self, data, settings):
            return [{"rows": data.rows}]

    parts = [Dataset([number("x", np.arange(n))], None) for n in (3, 2, 1)]
    assert measured(Counts(), Partition(*parts), {}).evaluation == [{"rows": 1}]
    assert measured(Counts(), None, {}).evaluation is None
    assert measured(object(), Partition(*parts), {}).evaluation is None


def test_an_option_may_name_several_columns():
    a, b, w = number("a", [1, 2, 3]), number("b", [4, 5, 6]), number("w", [7, 8, 9])
    data = Dataset([number("x", [0, 1, 2])], number("y", [5, 5, 6]), {"ids": (a, b), "one": (w,)})
    assert [column.name for column in data.columns] == ["x", "y", "a", "b", "w"]
    assert (data.role("ids"), data.role("one"), data.role("none")) == (a, w, None)
    for rows in (np.array([2, 0]), slice(2, None, -2), np.array([True, False, True])):
        taken = data.take(rows)
        assert list(taken.roles) == ["ids", "one"]
        for before, after in zip(data.columns, taken.columns, strict=True):
            assert after.name == before.name
            assert np.array_equal(after.values, before.values[rows])
    assert Dataset([], None, {"ids": (a,)}).rows == 3
    assert Dataset([], None).rows == 0
