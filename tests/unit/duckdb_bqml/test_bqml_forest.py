"""Trees as arrays: XGBoost is given back what it grew, and never what is no tree."""

import json

import numpy as np
import pytest
import xgboost
from bqml_vocabulary.errors import ModelError
from duckdb_bqml.algorithms.described import Fault
from duckdb_bqml.algorithms.trees import forest, ubjson
from duckdb_bqml.algorithms.trees.classification import TreeClassifier
from duckdb_bqml.algorithms.trees.forest import MAX_DEPTH, Forest
from duckdb_bqml.algorithms.trees.regression import TreeRegressor
from hypothesis import given
from hypothesis import strategies as st

RNG = np.random.default_rng(3)
X = RNG.normal(size=(300, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0.2) + (X[:, 2] > 1)


def grown(label, rounds=4, **parameters):
    rows = xgboost.DMatrix(X, label)
    return xgboost.train({"max_depth": 4, "nthread": 1, **parameters}, rows, rounds)


CASES = {
    "hist": ("reg:squarederror", {"tree_method": "hist"}),
    "pruned": ("reg:squarederror", {"tree_method": "exact", "gamma": 2}),
    "stumps": ("reg:squarederror", {"gamma": 1e9}),
    "parallel": ("binary:logistic", {"num_parallel_tree": 3, "base_score": 0.25}),
    "dart": ("binary:logistic", {"booster": "dart", "rate_drop": 0.5, "seed": 1}),
    "classes": ("multi:softprob", {"num_class": 3, "num_parallel_tree": 2, "base_score": 0.5}),
    "classes_by_share": ("multi:softprob", {"num_class": 3, "booster": "dart", "rate_drop": 0.5}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_trees_predict_and_explain_as_those_that_were_grown(name):
    objective, parameters = CASES[name]
    label = Y if "num_class" in parameters else np.minimum(Y, 1)
    booster = grown(label, objective=objective, **parameters)
    trees = Forest.of(booster)
    is_dart = parameters.get("booster") == "dart"
    again = trees.booster(4, objective, is_dart, parameters.get("num_parallel_tree", 1), 1)
    rows = xgboost.DMatrix(X)
    for asked in (
        {},
        {"output_margin": True},
        {"pred_contribs": True},
        {"pred_contribs": True, "approx_contribs": True},
    ):
        assert np.array_equal(booster.predict(rows, **asked), again.predict(rows, **asked))
    assert np.array_equal(booster.inplace_predict(X), again.inplace_predict(X))
    for kind in ("weight", "total_gain", "total_cover"):
        found = again.get_score(importance_type=kind)
        assert found == pytest.approx(booster.get_score(importance_type=kind))
    assert again.num_boosted_rounds() == booster.num_boosted_rounds()
    assert (sum(trees.sizes) < 4 * len(trees.sizes)) == (name == "stumps")


def test_what_pruning_left_behind_is_not_kept():
    booster = grown(np.minimum(Y, 1), tree_method="exact", gamma=2)
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
    deleted = [int(tree["tree_param"]["num_deleted"]) for tree in model["trees"]]
    nodes = [int(tree["tree_param"]["num_nodes"]) for tree in model["trees"]]
    assert sum(deleted) > 0
    assert Forest.of(booster).sizes.tolist() == [a - b for a, b in zip(nodes, deleted, strict=True)]


# ---- what is no tree


def parts_of(**changes):
    """Two trees over four features, one of five nodes and one of three, with arrays changed."""
    arrays = {
        "sizes": [5, 3],
        "left": [1, 3, -1, -1, -1, 1, -1, -1],
        "right": [2, 4, -1, -1, -1, 2, -1, -1],
        "feature": [0, 3, 0, 0, 0, 1, 0, 0],
        "condition": [0.5] * 8,
        "default_left": [True] * 8,
        "weight": [0.0] * 8,
        "gain": [1.0] * 8,
        "cover": [2.0] * 8,
        "scales": [1.0, 1.0],
        "base_score": [0.5],
    }
    model = {
        "encoder": [{"kind": "number", "mean": 0.0, "origin": 0.0}] * 4,
        "classes": None,
        "booster": "gbtree",
        "parallel": 1,
    }
    model |= {name: changes.pop(name) for name in [*changes] if name in model}
    parts = {
        f"trees/{name}": np.array(value, forest.DESCRIBED[name].data_type)
        for name, value in (arrays | changes).items()
    }
    return {"model": model, **parts}


def test_trees_are_trees():
    TreeRegressor.artifact.check(parts_of())
    model = TreeRegressor.from_parts(parts_of())
    assert model.booster.inplace_predict(X).shape == (300,)


def at(place, value, name="left"):
    array = parts_of()[f"trees/{name}"]
    array[place] = value
    return {name: array}


@pytest.mark.parametrize(
    "changes",
    [
        # children
        at(0, 0),
        at(1, 0),
        at(3, 1),
        at(1, 1),
        at(1, 2),
        at(1, 4),
        at(0, 5),
        at(0, 6),
        at(0, -2),
        at(0, -1),
        at(0, 2**31 - 1),
        at(2, 3),
        at(7, 1, "right"),
        at(5, 3, "right"),
        at(0, 4, "right"),
        {"left": [1, -1, -1, -1, -1, 1, -1, -1], "right": [2, -1, -1, -1, -1, 2, -1, -1]},
        # features
        at(0, 4, "feature"),
        at(0, -1, "feature"),
        at(2, 4, "feature"),
        at(0, 2**31 - 1, "feature"),
        # sizes
        {"sizes": [5, 4]},
        {"sizes": [5, 2]},
        {"sizes": [8, 0], "scales": [1, 1]},
        {"sizes": [6, 2]},
        {"sizes": [2**63 - 1, 2**63 - 1]},
        {"sizes": [2**62, 2**62]},
        {"sizes": [-1, 9]},
        {"sizes": [8], "scales": [1]},
        {"sizes": [], "scales": [], "left": [], "right": []},
        {"scales": [1.0]},
        # numbers
        at(3, np.nan, "condition"),
        at(3, np.inf, "condition"),
        at(0, np.nan, "gain"),
        at(0, -1, "cover"),
        at(0, np.inf, "weight"),
        {"scales": [np.nan, 1]},
        {"base_score": [np.inf]},
        {"base_score": [0.5, 0.5]},
        # the model
        {"parallel": 3},
        {"parallel": 0},
        {"parallel": 10**30},
        {"booster": "gblinear"},
        {"classes": ["a", "b"]},
        {"classes": []},
    ],
)
def test_what_is_no_tree_is_refused(changes):
    with pytest.raises(Fault):
        TreeRegressor.artifact.check(parts_of(**changes))


@pytest.mark.parametrize("base_score", [0.0, 1.0, -1.0, 2.0])
def test_two_classes_begin_at_a_probability(base_score):
    TreeClassifier.artifact.check(parts_of(classes=["a", "b"]))
    with pytest.raises(Fault, match="base_score: no probability"):
        TreeClassifier.artifact.check(parts_of(classes=["a", "b"], base_score=[base_score]))


def test_the_trees_of_three_classes_come_in_threes():
    with pytest.raises(Fault, match="an iteration without some of its trees"):
        TreeClassifier.artifact.check(parts_of(classes=["a", "b", "c"], base_score=[0.5] * 3))


def chain(levels):
    """A tree in which each right child has children again."""
    inner = np.arange(levels) * 2
    left, right = np.full((2, 2 * levels + 1), -1)
    left[inner], right[inner] = inner + 1, inner + 2
    nodes = len(left)
    same = {name: [1.0] * nodes for name in ("condition", "weight", "gain", "cover")}
    zero = {"feature": [0] * nodes, "default_left": [False] * nodes}
    return parts_of(sizes=[nodes], left=left, right=right, scales=[1.0], **same, **zero)


def test_the_deepest_tree_predicts_and_explains():
    parts = chain(MAX_DEPTH)
    TreeRegressor.artifact.check(parts)
    booster = TreeRegressor.from_parts(parts).booster
    rows = xgboost.DMatrix(X[:2])
    for asked in ({}, {"pred_contribs": True}, {"pred_contribs": True, "approx_contribs": True}):
        assert len(booster.predict(rows, **asked)) == 2


def test_a_deeper_tree_is_refused():
    with pytest.raises(Fault, match=f"a tree of more than {MAX_DEPTH} levels"):
        TreeRegressor.artifact.check(chain(MAX_DEPTH + 1))


def test_a_training_that_grows_deeper_trees_is_refused(monkeypatch):
    monkeypatch.setattr(forest, "MAX_DEPTH", 3)
    Forest.of(grown(Y, max_depth=3))
    with pytest.raises(ModelError, match="'max_tree_depth' lets a tree have more than 3 levels"):
        Forest.of(grown(Y, max_depth=4))


# ---- UBJSON

values = st.recursive(
    st.text() | st.integers(-(2**63), 2**63 - 1) | st.floats(width=32, allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(values)
def test_what_is_written_is_read(value):
    assert ubjson.read(ubjson.written(value)) == value


@pytest.mark.parametrize("data_type", ["<f4", "<i4", "<i8", "|u1"])
@pytest.mark.parametrize("length", [0, 1, 5])
def test_arrays_are_read_as_they_were(data_type, length):
    array = np.arange(length).astype(data_type)
    found = ubjson.read(ubjson.written({"a": array}))["a"]
    assert found.dtype == array.dtype and np.array_equal(found, array)


def test_what_xgboost_writes_is_read_as_its_json_says():
    booster = grown(Y, objective="multi:softprob", num_class=3, booster="dart", rate_drop=0.5)
    expected = json.loads(bytes(booster.save_raw("json")))
    assert _plain(ubjson.read(bytes(booster.save_raw("ubj")))) == expected


def _plain(value):
    """Numbers as XGBoost prints them: the shortest text of a float32."""
    if isinstance(value, np.ndarray):
        return [float(str(one)) if value.dtype.kind == "f" else int(one) for one in value]
    if isinstance(value, float):
        return float(str(np.float32(value)))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
