import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.generate import options_page
from bqml_vocabulary.options import OPTIONS, validate


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
        (
            {"class_weights": [["a", 1]]},
            "'class_weights' is for LOGISTIC_REG, BOOSTED_TREE_CLASSIFIER, "
            "RANDOM_FOREST_CLASSIFIER, not LINEAR_REG",
        ),
        ({"model_type": None}, "option 'model_type' has no value 'NONE'"),
        ({"model_type": "linear_regg"}, "did you mean 'LINEAR_REG'?"),
        ({"l1_reg": 1, "L1_REG": 2}, "'l1_reg' is given twice"),
        ({"l1_reg": -1}, "option 'l1_reg' must be at least 0.0, not -1.0"),
        ({"l1_reg": "much"}, "option 'l1_reg' must be a finite number"),
        ({"l1_reg": True}, "option 'l1_reg' must be a finite number"),
        ({"l1_reg": "hparam_range(0, 1)"}, "needs hyperparameter tuning"),
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
        ({"num_clusters": "hparam_range(2, 5)"}, "needs hyperparameter tuning"),
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
            assert f"| `{name}` | {option['type']} |" in text
    assert "| `num_clusters` | INT64 | – | ≥ 2, ≤ 100 |" in text
    assert "Only with `booster_type` = DART." in text
