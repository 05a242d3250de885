"""Python and the macros refuse an option by the same sentence: both read one table of options."""

import math

import pytest
from bqml_proxy.macros import Declared, MacroError, Macros, Relation
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import validate

LINEAR = {"model_type": "linear_reg"}
TREES = {"model_type": "boosted_tree_classifier"}
FOREST = {"model_type": "random_forest_regressor"}
CLUSTERS = {"model_type": "kmeans"}
REFUSED = [
    LINEAR | {"early_stop": "yes"},
    LINEAR | {"max_iterations": 2.5},
    LINEAR | {"max_iterations": True},
    LINEAR | {"max_iterations": 0},
    LINEAR | {"l2_reg": "much"},
    LINEAR | {"l2_reg": -1},
    LINEAR | {"data_split_method": "half"},
    LINEAR | {"data_split_method": 3},
    LINEAR | {"input_label_cols": "y"},
    LINEAR | {"input_label_cols": [1]},
    LINEAR | {"learn_rate": 0.1},
    LINEAR | {"class_weights": [["a", 1]]},
    LINEAR | {"num_clusters": 3},
    LINEAR | {"fit_intercept": {"hparam_candidates": [True, False]}},
    LINEAR | {"l2_reg": 1, "L2_REG": 2},
    LINEAR | {"l2_reg": {"hparam_range": [1]}},
    LINEAR | {"l2_reg": {"hparam_range": [2, 1]}},
    LINEAR | {"l2_reg": {"hparam_candidates": []}},
    LINEAR | {"l2_reg": {"hparam_candidates": [1, -1]}},
    LINEAR | {"l2_reg": {"hparam_range": [1, 2], "hparam_candidates": [1]}},
    LINEAR | {"l2_reg": {"hparam_range": {"a": 1, "b": 2}}},
    LINEAR | {"l2_reg": {"hparam_range": [True, 2]}},
    LINEAR | {"l2_reg": {"hparam_range": [1, math.nan]}},
    LINEAR | {"l2_reg": {"hparam_candidates": [math.inf]}},
    LINEAR | {"l2_reg": {"hparam_candidates": [[1]]}},
    LINEAR | {"l2_reg": {}},
    LINEAR | {"l2_reg": {"least": 1}},
    LINEAR | {"l2_reg": None},
    LINEAR | {"l2_reg": 10**400},
    LINEAR | {"max_iterations": 2**63},
    LINEAR | {"fit_intercept": {"a": 1}},
    TREES | {"class_weights": [["a", 0]]},
    TREES | {"class_weights": [["a", True]]},
    TREES | {"class_weights": [["a", math.nan]]},
    TREES | {"class_weights": []},
    TREES | {"class_weights": [["a"]]},
    TREES | {"dropout": 0.5},
    TREES | {"dropout": 1.5, "booster_type": "dart"},
    TREES | {"tree_method": {"hparam_candidates": ["HIST", "FAST"]}},
    FOREST | {"max_iterations": 3},
    CLUSTERS | {"num_clusters": 1},
    CLUSTERS | {"num_clusters": {"hparam_range": [1, 5]}},
    CLUSTERS | {"kmeans_init_col": "x"},
    {"model_type": "transform_only"},
    {"model_type": "transform_only", "transform": []},
]
TAKEN = [
    LINEAR | {"L2_REG": 1, "data_split_method": "no_split"},
    TREES | {"class_weights": [["a", 1], ["b", 2.5]], "booster_type": "dart", "dropout": 0.5},
    CLUSTERS | {"kmeans_init_method": "kmeans++"},
]


def by_macros(options: dict) -> dict:
    declared = Declared(Relation('"m"'), "m", options)
    return Macros(declared).call("ml_options")


@pytest.mark.parametrize("options", REFUSED, ids=str)
def test_a_wrong_option_is_refused_by_one_sentence(options: dict) -> None:
    with pytest.raises(ModelError) as in_python:
        validate("m", options)
    with pytest.raises(MacroError) as in_jinja:
        by_macros(options)
    assert str(in_jinja.value).removesuffix(".") == str(in_python.value).removesuffix(".")


@pytest.mark.parametrize("options", TAKEN, ids=str)
def test_a_right_option_is_taken_in_the_same_form(options: dict) -> None:
    taken = by_macros(options)
    effective, _ = validate("m", options)
    assert taken == {name: effective[name] for name in taken}
