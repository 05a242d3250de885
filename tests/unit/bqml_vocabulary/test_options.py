import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.generate import options_page
from bqml_vocabulary.options import (
    OPTIONS,
    columns_named,
    columns_of,
    json_object,
    read,
    search_space,
    validate,
)


def test_defaults_complete_the_options():
    effective, warnings = validate("m", {"MODEL_TYPE": "Linear_Reg", "L2_Reg": 1})
    assert warnings == []
    assert effective["model_type"] == "LINEAR_REG"
    assert effective["l2_reg"] == 1.0
    assert effective["input_label_cols"] == ["label"]
    assert effective["max_iterations"] == 20
    assert effective["ls_init_learn_rate"] == 0.1
    assert "learn_rate" not in effective
    assert "data_split_col" not in effective


def test_an_option_without_local_meaning_is_kept_with_a_warning():
    effective, warnings = validate("m", {"model_type": "linear_reg", "kms_key_name": "k"})
    assert effective["kms_key_name"] == "k"
    assert warnings == ["m: option 'kms_key_name' is kept for BigQuery and has no local effect"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l2_regg": 1}, "option 'l2_regg' is unknown for LINEAR_REG; did you mean 'l2_reg'?"),
        ({"class_weights": [["a", 1]]}, "'class_weights' is for LOGISTIC_REG, "),
        ({"class_weights": [["a", 1]]}, ", not LINEAR_REG"),
        ({"model_type": None}, "option 'model_type' has no value 'NONE'"),
        ({"model_type": "linear_regg"}, "did you mean 'LINEAR_REG'?"),
        ({"l1_reg": 1, "L1_REG": 2}, "'l1_reg' is given twice"),
        ({"l1_reg": -1}, "option 'l1_reg' must be at least 0.0, not -1.0"),
        ({"l1_reg": "much"}, "option 'l1_reg' must be a finite number"),
        ({"l1_reg": True}, "option 'l1_reg' must be a finite number"),
        ({"l1_reg": "hparam_range(0, 1)"}, "option 'l1_reg' must be a finite number, not"),
        (
            {"l1_reg": {"hparam_range": [0, 1]}},
            "option 'l1_reg' is given a search space, which needs hyperparameter tuning, which is "
            "not available in this version; give one value",
        ),
        ({"l1_reg": 10**400}, "option 'l1_reg' must be a finite number, not 1000"),
        ({"l1_reg": float("nan")}, "option 'l1_reg' must be a finite number, not NaN"),
        ({"max_iterations": 2**63}, "option 'max_iterations' must be a whole number, not 9223"),
        ({"max_iterations": True}, "option 'max_iterations' must be a whole number, not true"),
        ({"max_iterations": 2.5}, "option 'max_iterations' must be a whole number, not 2.5"),
        ({"max_iterations": 0}, "option 'max_iterations' must be at least 1, not 0"),
        ({"early_stop": "yes"}, "option 'early_stop' must be TRUE or FALSE"),
        ({"ls_init_learn_rate": 0}, "option 'ls_init_learn_rate' must be greater than 0.0"),
        ({"input_label_cols": "y"}, "option 'input_label_cols' must be an array of STRING"),
        ({"input_label_cols": ["y", "z"]}, "must name exactly one column"),
        ({"learn_rate": 0.1}, "'learn_rate' is only valid with learn_rate_strategy = CONSTANT"),
        (
            {"learn_rate_strategy": "constant", "ls_init_learn_rate": 0.1},
            "'ls_init_learn_rate' is only valid with learn_rate_strategy = LINE_SEARCH",
        ),
        ({"data_split_method": "sequence"}, "'data_split_method' has no value 'SEQUENCE'"),
        ({"data_split_method": "seq"}, "'data_split_col' is required by data_split_method = SEQ"),
        ({"data_split_method": "custom"}, "'data_split_col' is required"),
        ({"data_split_col": "c"}, "'data_split_col' is only valid with data_split_method"),
        ({"data_split_eval_fraction": 0.1}, "only valid with data_split_method = RANDOM or SEQ"),
        (
            {"data_split_method": "random", "data_split_eval_fraction": 1},
            "'data_split_eval_fraction' must be less than 1.0",
        ),
        (
            {"optimize_strategy": "normal_equation", "l1_reg": 0.1},
            "cannot be NORMAL_EQUATION with l1_reg > 0",
        ),
        ({"vertex_ai_model_id": "m"}, "only valid with model_registry = VERTEX_AI"),
        (
            {"warm_start": True, "optimize_strategy": "normal_equation"},
            "cannot be NORMAL_EQUATION with warm_start = true; use BATCH_GRADIENT_DESCENT",
        ),
        ({"num_trials": 5}, "'num_trials' needs hyperparameter tuning, which is not available"),
        (
            {"calculate_p_values": True},
            "Please specify CATEGORY_ENCODING_METHOD=DUMMY_ENCODING to enable p_values",
        ),
        (
            {"calculate_p_values": True, "category_encoding_method": "dummy_encoding", "l1_reg": 1},
            "L1_REG must be zero if CALCULATE_P_VALUES=TRUE.",
        ),
    ],
)
def test_a_wrong_option_is_refused_in_one_sentence(options, message):
    with pytest.raises(ModelError) as refused:
        validate("ml_x__model", {"model_type": "linear_reg", **options})
    assert str(refused.value).startswith("ml_x__model: ")
    assert message in str(refused.value)


def test_model_type_is_required():
    with pytest.raises(ModelError, match="m: option 'model_type' is missing"):
        validate("m", {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimize_strategy": "normal_equation"}, "has no value 'NORMAL_EQUATION'"),
        (
            {"auto_class_weights": True, "class_weights": [["a", 1.0]]},
            "'class_weights' excludes 'auto_class_weights'",
        ),
        ({"class_weights": [["a", 0]]}, "an array of pairs of label and positive weight"),
        ({"class_weights": []}, "an array of pairs of label and positive weight"),
    ],
)
def test_a_wrong_option_of_a_classifier_is_refused(options, message):
    with pytest.raises(ModelError, match=message):
        validate("m", {"model_type": "logistic_reg", **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_clusters": 1}, "option 'num_clusters' must be at least 2, not 1"),
        ({"num_clusters": 101}, "option 'num_clusters' must be at most 100, not 101"),
        ({"num_clusters": "hparam_range(2, 5)"}, "option 'num_clusters' must be a whole number"),
        (
            {"num_clusters": {"hparam_range": [2, 5]}},
            "needs hyperparameter tuning, which is not av",
        ),
        ({"num_clusters": {"hparam_candidates": [2]}}, "needs hyperparameter tuning, which is not"),
        ({"num_clusters": {"hparam_range": [1, 5]}}, "'num_clusters' must be at least 2, not 1"),
        ({"distance_type": {"hparam_candidates": ["COSINE"]}}, "'distance_type' cannot be tuned"),
        ({"num_trials": 5}, "'num_trials' needs hyperparameter tuning"),
        ({"kmeans_init_method": "first"}, "choose one of RANDOM, KMEANS++, CUSTOM"),
        ({"kmeans_init_col": "c"}, "'kmeans_init_col' is only valid with kmeans_init_method = CUS"),
        (
            {"kmeans_init_method": "custom"},
            "option 'kmeans_init_col' is required by kmeans_init_method = CUSTOM; name the column",
        ),
        ({"distance_type": "manhattan"}, "choose one of EUCLIDEAN, COSINE"),
        ({"data_split_method": "no_split"}, "not KMEANS; remove"),
        ({"input_label_cols": ["y"]}, "not KMEANS; remove it"),
        ({"pca_solver": "full"}, "option 'pca_solver' is for PCA, not KMEANS; remove it"),
    ],
)
def test_a_wrong_option_of_kmeans_is_refused(options, message):
    with pytest.raises(ModelError) as refused:
        validate("m", {"model_type": "kmeans", **options})
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {},
            "option 'num_principal_components' or 'pca_explained_variance_ratio' is required; "
            "set one of the two",
        ),
        (
            {"num_principal_components": 2, "pca_explained_variance_ratio": 0.5},
            "'num_principal_components' excludes 'pca_explained_variance_ratio'; remove one",
        ),
        ({"num_principal_components": 0}, "must be at least 1, not 0"),
        ({"pca_explained_variance_ratio": 1}, "must be less than 1.0, not 1.0"),
        ({"pca_explained_variance_ratio": 0}, "must be greater than 0.0, not 0.0"),
        ({"num_principal_components": 2, "pca_solver": "svd"}, "FULL, RANDOMIZED, AUTO"),
        ({"num_principal_components": 2, "max_iterations": 5}, "is for LINEAR_REG, LOGISTIC_REG, "),
    ],
)
def test_a_wrong_option_of_pca_is_refused(options, message):
    with pytest.raises(ModelError) as refused:
        validate("m", {"model_type": "pca", **options})
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("model_type", "options", "message"),
    [
        (
            "random_forest_classifier",
            {"max_iterations": 5},
            "Option(s) MAX_ITERATIONS are not supported for RANDOM_FOREST_CLASSIFIER model train",
        ),
        (
            "random_forest_regressor",
            {"colsample_bynode": 1.0},
            "'colsample_bytree', 'colsample_bylevel' or 'colsample_bynode' must be less than 1",
        ),
        ("random_forest_regressor", {"num_parallel_tree": 1}, "must be at least 2, not 1"),
        ("random_forest_regressor", {"subsample": 1.0}, "must be less than 1.0, not 1.0"),
        ("random_forest_regressor", {"learn_rate": 0.1}, "not RANDOM_FOREST_REGRESSOR; remove it"),
        (
            "random_forest_regressor",
            {"category_encoding_method": "one_hot_encoding"},
            "not RANDOM_FOREST_REGRESSOR; remove it",
        ),
        (
            "random_forest_regressor",
            {"tree_method": "exact"},
            "'tree_method' cannot be EXACT with colsample_bynode < 1",
        ),
        ("boosted_tree_regressor", {"dropout": 0.1}, "only valid with booster_type = DART"),
        (
            "boosted_tree_regressor",
            {"dart_normalize_type": "tree"},
            "only valid with booster_type = DART",
        ),
        ("boosted_tree_regressor", {"colsample_bytree": 1.1}, "must be at most 1.0, not 1.1"),
        ("boosted_tree_regressor", {"subsample": 0}, "must be greater than 0.0, not 0.0"),
        ("boosted_tree_regressor", {"tree_method": "fast"}, "AUTO, EXACT, APPROX, HIST"),
        ("boosted_tree_regressor", {"min_tree_child_weight": 0.5}, "must be a whole number"),
        ("boosted_tree_regressor", {"xgboost_version": "3.0"}, "choose one of 0.9, 1.1, 2.1"),
        ("boosted_tree_regressor", {"auto_class_weights": True}, "not BOOSTED_TREE_REGRESSOR"),
        (
            "boosted_tree_regressor",
            {"approx_global_feature_contrib": True},
            "only valid with enable_global_explain = TRUE; remove it",
        ),
        (
            "boosted_tree_classifier",
            {"instance_weight_col": "w", "auto_class_weights": True},
            "'instance_weight_col' excludes 'auto_class_weights'; remove one of the two",
        ),
        (
            "boosted_tree_classifier",
            {"instance_weight_col": "w", "class_weights": [["a", 1.0]]},
            "'instance_weight_col' excludes 'class_weights'; remove one of the two",
        ),
    ],
)
def test_a_wrong_option_of_trees_is_refused(model_type, options, message):
    with pytest.raises(ModelError) as refused:
        validate("m", {"model_type": model_type, **options})
    assert message in str(refused.value)


def test_the_defaults_of_trees():
    split = {"input_label_cols": ["label"], "data_split_method": "AUTO_SPLIT"}
    shared = split | {
        "l1_reg": 0.0,
        "l2_reg": 1.0,
        "tree_method": "AUTO",
        "min_tree_child_weight": 1,
        "colsample_bytree": 1.0,
        "colsample_bylevel": 1.0,
        "min_split_loss": 0.0,
        "xgboost_version": "0.9",
        "early_stop": True,
        "min_rel_progress": 0.01,
        "enable_global_explain": False,
    }
    boosted, _ = validate("m", {"model_type": "boosted_tree_regressor"})
    assert boosted == shared | {
        "model_type": "BOOSTED_TREE_REGRESSOR",
        "booster_type": "GBTREE",
        "num_parallel_tree": 1,
        "max_tree_depth": 6,
        "learn_rate": 0.3,
        "colsample_bynode": 1.0,
        "subsample": 1.0,
        "category_encoding_method": "LABEL_ENCODING",
        "max_iterations": 20,
    }
    forest, _ = validate("m", {"model_type": "random_forest_classifier"})
    assert forest == shared | {
        "model_type": "RANDOM_FOREST_CLASSIFIER",
        "num_parallel_tree": 100,
        "max_tree_depth": 15,
        "colsample_bynode": 0.8,
        "subsample": 0.8,
        "auto_class_weights": False,
    }
    dart, _ = validate("m", {"model_type": "boosted_tree_regressor", "booster_type": "dart"})
    assert (dart["dart_normalize_type"], dart["dropout"]) == ("TREE", 0.0)


@pytest.mark.parametrize(
    ("model_type", "trees", "approximates"),
    [
        ("boosted_tree_regressor", 9, False),
        ("boosted_tree_regressor", 10, True),
        ("random_forest_classifier", 49, False),
        ("random_forest_classifier", 50, True),
    ],
)
def test_many_parallel_trees_are_explained_approximately(
    monkeypatch, model_type, trees, approximates
):
    name = "approx_global_feature_contrib"
    supported = {**OPTIONS[model_type.upper()]["enable_global_explain"], "supported": True}
    monkeypatch.setitem(OPTIONS[model_type.upper()], "enable_global_explain", supported)
    given = {
        "model_type": model_type,
        "num_parallel_tree": trees,
        "enable_global_explain": True,
    }
    assert validate("m", given)[0][name] is approximates
    assert validate("m", {**given, name: not approximates})[0][name] is not approximates


def test_models_without_a_label_have_neither_label_nor_split():
    kmeans, _ = validate("m", {"model_type": "kmeans"})
    assert kmeans == {
        "model_type": "KMEANS",
        "kmeans_init_method": "RANDOM",
        "distance_type": "EUCLIDEAN",
        "standardize_features": True,
        "max_iterations": 20,
        "early_stop": True,
        "min_rel_progress": 0.01,
        "warm_start": False,
    }
    pca, warnings = validate(
        "m", {"model_type": "pca", "num_principal_components": 2, "kms_key_name": "k"}
    )
    assert pca == {
        "model_type": "PCA",
        "num_principal_components": 2,
        "scale_features": True,
        "pca_solver": "AUTO",
        "kms_key_name": "k",
    }
    assert len(warnings) == 1


def test_an_unsupported_option_may_be_switched_off():
    assert "num_trials" not in validate("m", {"model_type": "linear_reg"})[0]


def test_the_page_names_every_option_and_what_it_is_bound_by():
    text = options_page()
    for options in OPTIONS.values():
        for name, option in options.items():
            assert f"| `{name}` | {option['type'].replace(' | ', ' or ')} |" in text
    assert "| `num_clusters` | INT64 | – | ≥ 2, ≤ 100 |" in text
    assert "Only with `booster_type` = DART." in text


# ---- the types of options, on options made up


@pytest.fixture
def given(monkeypatch):
    """given(value, row): the effective value of an option `made_up` of PCA with this row."""

    def effective(value, **row):
        made_up = {"name": "made_up", "model_types": ["PCA"], "default": None, "doc": "-", **row}
        monkeypatch.setitem(
            OPTIONS["PCA"], "made_up", read({"options": [made_up]})["PCA"]["made_up"]
        )
        options = {"model_type": "pca", "num_principal_components": 1, "made_up": value}
        return validate("m", options)[0]["made_up"]

    return effective


def refusal(given, value, **row):
    with pytest.raises(ModelError) as refused:
        given(value, **row)
    return str(refused.value)


PAIRS = "ARRAY<STRUCT<STRING, FLOAT64>>"


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("STRING", ""),
        ("BOOL", False),
        ("INT64", -(2**63)),
        ("INT64", 2**63 - 1),
        ("FLOAT64", 1e308),
        ("ARRAY<STRING>", ["a", ""]),
        ("ARRAY<STRING>", []),
        ("ARRAY<INT64>", [64, 32]),
        ("ARRAY<INT64>", []),
        ("ARRAY<FLOAT64>", [0.5, 1.0]),
        ("STRUCT<STRING, INT64>", ["a", 1]),
        (PAIRS, [["a", 1.0], ["b", 0.5]]),
        ("INT64 | STRING", 3),
        ("INT64 | STRING", "auto"),
        ("STRING | ARRAY<STRING>", "a"),
        ("STRING | ARRAY<STRING>", ["a", "b"]),
        ("ARRAY<INT64> | ARRAY<FLOAT64>", [0.5]),
        ("BOOL | STRUCT<INT64, INT64>", [1, 2]),
        ("BOOL | STRUCT<INT64, INT64>", True),
    ],
)
def test_a_value_of_the_type_is_kept(given, type_, value):
    found = given(value, type=type_)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("FLOAT64", 1, 1.0),
        ("ARRAY<FLOAT64>", [1, 0.5], [1.0, 0.5]),
        ("STRUCT<STRING, FLOAT64>", ["a", 1], ["a", 1.0]),
        (PAIRS, [["a", 1]], [["a", 1.0]]),
        ("STRING | FLOAT64", 1, 1.0),
        ("STRING | FLOAT64", "1", "1"),
        ("INT64 | FLOAT64", 1, 1),
        ("INT64 | FLOAT64", 1.5, 1.5),
    ],
)
def test_a_whole_number_is_one_of_its_floats(given, type_, value, kept):
    assert repr(given(value, type=type_)) == repr(kept)


WORDS = {
    "STRING": "a STRING",
    "BOOL": "TRUE or FALSE",
    "INT64": "a whole number",
    "FLOAT64": "a finite number",
    "ARRAY<STRING>": "an array of STRING, for example ['label']",
    "ARRAY<INT64>": "an array of INT64, for example [64, 32]",
    "ARRAY<FLOAT64>": "an array of FLOAT64, for example [0.5, 0.25]",
    "STRUCT<STRING, INT64>": "a STRUCT of STRING, INT64",
    PAIRS: "an array of STRUCT<STRING, FLOAT64>",
    "INT64 | STRING": "a whole number or a STRING",
    "STRING | ARRAY<STRING>": "a STRING or an array of STRING, for example ['label']",
}


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        *(("STRING", value) for value in (1, True, ["a"], {}, {"hparam": [1]})),
        *(("BOOL", value) for value in (0, 1, "true", [True])),
        *(("INT64", value) for value in (1.0, True, "1", [1], 2**63, -(2**63) - 1, float("inf"))),
        *(("FLOAT64", value) for value in (True, "1", [1.0], float("nan"), float("inf"), 10**400)),
        *(("ARRAY<STRING>", value) for value in ("a", [1], ["a", None], [["a"]], {"a": "b"})),
        *(("ARRAY<INT64>", value) for value in (1, [1.5], ["1"], [True], [None], [[1]])),
        *(("ARRAY<FLOAT64>", value) for value in (0.5, ["x"], [True], [float("nan")], [[0.5]])),
        *(("STRUCT<STRING, INT64>", value) for value in ([], ["a"], ["a", 1, 2], [1, "a"], "a")),
        *((PAIRS, value) for value in ([], ["a", 1], [["a"]], [["a", "b"]], {}, [[]], "a")),
        *(("INT64 | STRING", value) for value in (1.5, True, [1], {})),
        *(("STRING | ARRAY<STRING>", value) for value in (1, [1], {})),
    ],
)
def test_a_value_of_another_type_is_refused_by_what_it_must_be(given, type_, value):
    message = refusal(given, value, type=type_)
    assert message.startswith(f"m: option 'made_up' must be {WORDS[type_]}, not ")
    own = refusal(given, value, type=type_, words="what the table says")
    assert own.startswith("m: option 'made_up' must be what the table says, not ")


def test_null_leaves_an_option_at_its_default(given):
    assert given(3, type="INT64") == 3
    with pytest.raises(ModelError, match="'made_up' must be a whole number, not null"):
        given(None, type="INT64")


@pytest.mark.parametrize(
    ("row", "value", "kept"),
    [
        ({"type": "STRING", "allowed": ["A", "B"]}, "a", "A"),
        ({"type": "ARRAY<STRING>", "allowed": ["A", "B"]}, ["b", "A"], ["B", "A"]),
        ({"type": "INT64 | STRING", "allowed": ["AUTO"]}, "auto", "AUTO"),
        ({"type": "INT64 | STRING", "allowed": ["AUTO"]}, 7, 7),
        ({"type": "STRING | ARRAY<STRING>", "allowed": ["A", "B"]}, ["b"], ["B"]),
        ({"type": "ARRAY<INT64>", "minimum": 1}, [1, 2], [1, 2]),
        ({"type": "INT64 | STRING", "minimum": 1}, "0", "0"),
        ({"type": PAIRS, "exclusive_minimum": 0}, [["a", 0.1]], [["a", 0.1]]),
    ],
)
def test_values_within_bounds_are_kept(given, row, value, kept):
    assert given(value, **row) == kept


@pytest.mark.parametrize(
    ("row", "value", "message"),
    [
        (
            {"type": "STRING", "allowed": ["A", "B"]},
            "c",
            "option 'made_up' has no value 'C'; choose one of A, B",
        ),
        ({"type": "ARRAY<STRING>", "allowed": ["A", "B"]}, ["a", "c", "d"], "has no value 'C'; ch"),
        ({"type": "INT64 | STRING", "allowed": ["AUTO"]}, "off", "has no value 'OFF'; choose one"),
        ({"type": "ARRAY<INT64>", "minimum": 1}, [1, 0], "must be at least 1, not 0"),
        ({"type": "ARRAY<INT64>", "maximum": 9}, [10, 1], "must be at most 9, not 10"),
        ({"type": "ARRAY<FLOAT64>", "exclusive_minimum": 0.0}, [0], "greater than 0.0, not 0"),
        ({"type": "ARRAY<FLOAT64>", "exclusive_maximum": 1.0}, [1], "must be less than 1.0, not 1"),
        ({"type": "INT64 | STRING", "minimum": 1}, 0, "must be at least 1, not 0"),
        ({"type": PAIRS, "minimum": 0}, [["a", 1], ["b", -1]], "must be at least 0, not -1.0"),
        (
            {"type": PAIRS, "minimum": 0, "words": "pairs from 0 on"},
            [["b", -1]],
            'must be pairs from 0 on, not [["b", -1',
        ),
    ],
)
def test_values_out_of_bounds_are_refused(given, row, value, message):
    assert message in refusal(given, value, **row)


# ---- search spaces


@pytest.fixture
def tuned(given, monkeypatch):
    """The same, of an engine that tunes PCA."""
    trials = {"type": "INT64", "default": None, "doc": "-"}
    monkeypatch.setitem(OPTIONS["PCA"], "num_trials", trials)
    return given


@pytest.mark.parametrize(
    ("row", "space", "kept"),
    [
        ({"type": "FLOAT64"}, {"hparam_range": [0, 1]}, {"hparam_range": [0.0, 1.0]}),
        ({"type": "INT64"}, {"hparam_range": [-1, 5]}, {"hparam_range": [-1, 5]}),
        ({"type": "INT64"}, {"hparam_candidates": [5, 1]}, {"hparam_candidates": [5, 1]}),
        ({"type": "FLOAT64"}, {"hparam_candidates": [1]}, {"hparam_candidates": [1.0]}),
        (
            {"type": "STRING", "allowed": ["A", "B"]},
            {"hparam_candidates": ["a", "B"]},
            {"hparam_candidates": ["A", "B"]},
        ),
        (
            {"type": "ARRAY<INT64>"},
            {"hparam_candidates": [[64, 32], [8]]},
            {"hparam_candidates": [[64, 32], [8]]},
        ),
        ({"type": "INT64", "minimum": 2, "maximum": 9}, {"hparam_range": [2, 9]}, None),
    ],
)
def test_a_search_space_is_checked_value_by_value(tuned, row, space, kept):
    assert repr(tuned(space, tunable=True, **row)) == repr(kept or space)


def test_without_tuning_a_search_space_is_refused(given):
    for space in ({"hparam_range": [0, 1]}, {"hparam_candidates": [1]}):
        assert refusal(given, space, type="INT64", tunable=True) == (
            "m: option 'made_up' is given a search space, which needs hyperparameter tuning, which "
            "is not available in this version; give one value"
        )


WRONG_FORM = (
    "m: option 'made_up' must have a least and a greatest value in HPARAM_RANGE, or at least one "
    "value in HPARAM_CANDIDATES"
)
WRONG_RANGE = "m: option 'made_up' must search from a number to a greater one"


@pytest.mark.parametrize(
    ("row", "space", "message"),
    [
        *(
            ({"type": "INT64"}, {"hparam_range": bounds}, WRONG_FORM)
            for bounds in ([], [1], [1, 2, 3], 5, None, "1, 2", {"a": 1, "b": 2})
        ),
        *(
            ({"type": "INT64"}, {"hparam_candidates": values}, WRONG_FORM)
            for values in ([], 5, None, {}, "a")
        ),
        *(
            ({"type": "INT64"}, {"hparam_range": bounds}, WRONG_RANGE)
            for bounds in ([2, 1], [1, 1], ["a", "b"], [None, 1], [[1], [2]], [False, True])
        ),
        ({"type": "FLOAT64"}, {"hparam_range": [0, float("inf")]}, WRONG_RANGE),
        ({"type": "FLOAT64"}, {"hparam_range": [0, 10**400]}, WRONG_RANGE),
        (
            {"type": "INT64"},
            {"hparam_range": [1, 2.5]},
            "m: option 'made_up' must be a whole number, not 2.5",
        ),
        (
            {"type": "STRING"},
            {"hparam_range": [1, 2]},
            "m: option 'made_up' must be a STRING, not 1",
        ),
        (
            {"type": "INT64", "minimum": 2},
            {"hparam_range": [1, 5]},
            "m: option 'made_up' must be at least 2, not 1",
        ),
        (
            {"type": "FLOAT64", "exclusive_maximum": 1.0},
            {"hparam_range": [0, 1]},
            "m: option 'made_up' must be less than 1.0, not 1.0",
        ),
        (
            {"type": "INT64", "maximum": 9},
            {"hparam_candidates": [3, 10]},
            "m: option 'made_up' must be at most 9, not 10",
        ),
        (
            {"type": "STRING", "allowed": ["A", "B"]},
            {"hparam_candidates": ["a", "c"]},
            "m: option 'made_up' has no value 'C'; choose one of A, B",
        ),
        (
            {"type": "INT64"},
            {"hparam_candidates": [1, "2"]},
            "m: option 'made_up' must be a whole number, not \"2\"",
        ),
        (
            {"type": "INT64"},
            {"hparam_candidates": [{"hparam_range": [1, 2]}]},
            "m: option 'made_up' must be a whole number, not {\"hparam_range\": [1, 2]}",
        ),
    ],
)
def test_a_wrong_search_space_is_refused(tuned, row, space, message):
    assert refusal(tuned, space, tunable=True, **row) == message


@pytest.mark.parametrize("space", [{"hparam_range": [1, 2]}, {"hparam_candidates": [1]}])
def test_an_option_that_is_not_tunable_has_no_search_space(tuned, space):
    message = "m: option 'made_up' cannot be tuned; give one value"
    assert refusal(tuned, space, type="INT64") == message
    assert refusal(tuned, space, type="INT64", tunable=False) == message


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"hparam_range": [1, 2]}, ("hparam_range", [1, 2])),
        ({"hparam_candidates": []}, ("hparam_candidates", [])),
        ({"hparam_range": [1, 2], "hparam_candidates": [1]}, None),
        ({"HPARAM_RANGE": [1, 2]}, None),
        ({}, None),
        ([], None),
        (1, None),
        ("hparam_range", None),
        (None, None),
    ],
)
def test_what_is_a_search_space(value, found):
    assert search_space(value) == found


RANGES = {"FLOAT64": {"hparam_range": [0.5, 0.9]}, "INT64": {"hparam_range": [3, 9]}}


@pytest.mark.parametrize(
    ("model_type", "name"),
    [
        (model_type, name)
        for model_type, options in OPTIONS.items()
        for name, option in options.items()
        if option.get("tunable")
    ],
)
def test_every_tunable_option_may_be_searched_once_the_engine_tunes(monkeypatch, model_type, name):
    table = OPTIONS[model_type]
    monkeypatch.setitem(table, "num_trials", {**table["num_trials"], "supported": True})
    option = table[name]
    space = RANGES.get(option["type"]) or {"hparam_candidates": option.get("allowed")}
    options = {"model_type": model_type, "num_trials": 3, name: space}
    for other, values in option.get("only_with", {}).items():
        options[other] = values[0]
    if name == "tree_method" and model_type.startswith("RANDOM_FOREST"):
        options |= {"colsample_bynode": 1.0, "colsample_bytree": 0.5}
    assert validate("m", options)[0][name] == space


@pytest.mark.parametrize(
    ("model_type", "options", "message"),
    [
        (
            "linear_reg",
            {"optimize_strategy": "normal_equation", "l1_reg": {"hparam_range": [0, 1]}},
            "cannot be NORMAL_EQUATION with l1_reg > 0",
        ),
        (
            "boosted_tree_regressor",
            {"tree_method": "exact", "colsample_bynode": {"hparam_range": [0.5, 1]}},
            "'tree_method' cannot be EXACT with colsample_bynode < 1",
        ),
        (
            "random_forest_regressor",
            {"tree_method": {"hparam_candidates": ["hist", "exact"]}},
            "'tree_method' cannot be EXACT with colsample_bynode < 1",
        ),
    ],
)
def test_a_rule_of_two_options_holds_for_every_value_searched(
    monkeypatch, model_type, options, message
):
    table = OPTIONS[model_type.upper()]
    monkeypatch.setitem(table, "num_trials", {**table["num_trials"], "supported": True})
    with pytest.raises(ModelError) as refused:
        validate("m", {"model_type": model_type, "num_trials": 3, **options})
    assert message in str(refused.value)


@pytest.mark.parametrize(("most", "approximates"), [(9, False), (10, True)])
def test_as_many_parallel_trees_as_are_searched_decide_the_approximation(
    monkeypatch, most, approximates
):
    table = OPTIONS["BOOSTED_TREE_REGRESSOR"]
    monkeypatch.setitem(table, "num_trials", {**table["num_trials"], "supported": True})
    given = {
        "model_type": "boosted_tree_regressor",
        "num_trials": 3,
        "enable_global_explain": True,
        "num_parallel_tree": {"hparam_range": [1, most]},
    }
    assert validate("m", given)[0]["approx_global_feature_contrib"] is approximates


# ---- columns that options name


def test_the_columns_that_options_name():
    options, _ = validate(
        "m",
        {
            "model_type": "boosted_tree_regressor",
            "input_label_cols": ["y"],
            "data_split_method": "seq",
            "data_split_col": "w",
            "instance_weight_col": "w",
        },
    )
    assert columns_of("input_label_cols", options) == ["y"]
    assert columns_of("data_split_col", options) == ["w"]
    assert columns_of("instance_weight_col", options) == ["w"]
    assert columns_of("kmeans_init_col", options) == []
    assert list(columns_named(options)) == ["y", "w"]


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "no json", "[]", "1", "null", '"{}"', "{", "\ufeff{}"),
        *("[" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 5_000 + "}"),
    ],
)
def test_a_text_that_is_no_json_object_is_one_sentence(text):
    with pytest.raises(ModelError, match="argument 'options' must be the text of a JSON object"):
        json_object(text, "options")


def test_an_old_name_is_taken_and_not_beside_the_new_one():
    given = {"model_type": "linear_reg", "LABELS": ["y"]}
    options, _ = validate("m", given)
    assert options["input_label_cols"] == ["y"] and "labels" not in options
    with pytest.raises(ModelError, match="'labels' is the old name of 'input_label_cols'; keep"):
        validate("m", given | {"input_label_cols": ["y"]})


def test_transform_only_takes_what_has_no_local_effect():
    given = {
        "model_type": "transform_only",
        "transform": ["x"],
        "model_registry": "vertex_ai",
        "vertex_ai_model_id": "m",
        "vertex_ai_model_version_aliases": ["a"],
        "kms_key_name": "k",
    }
    options, warnings = validate("m", given)
    assert options["model_registry"] == "VERTEX_AI" and len(warnings) == 4
