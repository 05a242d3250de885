import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import validate
from duckdb_bqml.algorithms import ALGORITHMS, algorithm_of
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import Described
from duckdb_bqml.algorithms.trees.encoding import TreeEncoder
from duckdb_bqml.algorithms.trees.split_candidates import split_candidates
from fitting import artifact_of, fitted, restored

RNG = np.random.default_rng(11)
ROWS = 400
TYPES = [
    "boosted_tree_regressor",
    "boosted_tree_classifier",
    "random_forest_regressor",
    "random_forest_classifier",
]
ENCODINGS = ["LABEL_ENCODING", "ONE_HOT_ENCODING", "TARGET_ENCODING"]


def number(name, values, data_type="FLOAT64"):
    return Column(name, data_type, np.asarray(values, dtype=float))


def category(name, codes, categories):
    return Column(name, "STRING", np.asarray(codes), tuple(categories))


NUMBERS = RNG.normal(size=(ROWS, 2))
KIND = RNG.integers(-1, 3, ROWS)  # -1 is NULL
FEATURES = [number("x", NUMBERS[:, 0]), number("y", NUMBERS[:, 1]), category("kind", KIND, "abc")]
SCORE = 5 * NUMBERS[:, 0] + 3 * KIND + RNG.normal(size=ROWS)


def data_for(model_type, classes=3, features=FEATURES):
    if model_type.endswith("regressor"):
        return Dataset(features, number("label", SCORE))
    codes = np.digitize(SCORE, np.quantile(SCORE, np.arange(1, classes) / classes))
    return Dataset(features, category("label", codes, "klmnopq"[:classes]))


def fit(model_type, data=None, evaluation=None, **given):
    options = validate("m", {"model_type": model_type, **given})[0]
    data = data_for(model_type) if data is None else data
    return fitted(algorithm_of(options["model_type"]), data, evaluation, options)


def log_loss(model, data):
    probabilities = model.predict(data.features)
    return -np.log(probabilities[np.arange(ROWS), data.label.values]).mean()


def root_mean_squared_error(model, data):
    return np.sqrt(np.mean((model.predict(data.features)[:, 0] - data.label.values) ** 2))


# Encodings


def encoded(column, method, label, given=None):
    encoder = TreeEncoder.fit([column], method, label)
    assert TreeEncoder.from_json(encoder.to_json()).blocks == encoder.blocks
    return encoder.transform([column if given is None else given]).tolist()


FRUIT = category("fruit", [2, 0, 0, -1], ["apple", "never", "pear"])
OTHER_FRUIT = category("fruit", [1, 0, -1, 2], ["apple", "fig", "pear"])
MASS = number("mass", [1, 2, 4, 9])


def test_label_encoding_counts_by_alphabet_and_is_zero_for_null_and_unseen():
    assert encoded(FRUIT, "LABEL_ENCODING", MASS) == [[2], [1], [1], [0]]
    assert encoded(FRUIT, "LABEL_ENCODING", MASS, OTHER_FRUIT) == [[0], [1], [0], [2]]


def test_one_hot_encoding_has_a_column_for_null_and_none_for_unseen():
    assert encoded(FRUIT, "ONE_HOT_ENCODING", MASS) == [
        [0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1],
    ]  # fmt: skip
    assert encoded(FRUIT, "ONE_HOT_ENCODING", MASS, OTHER_FRUIT)[0] == [0, 0, 0]


def test_target_encoding_gives_the_mean_label_and_that_of_all_rows_for_unseen():
    assert encoded(FRUIT, "TARGET_ENCODING", MASS) == [[1], [3], [3], [9]]
    assert encoded(FRUIT, "TARGET_ENCODING", MASS, OTHER_FRUIT) == [[4], [3], [9], [1]]


def test_target_encoding_gives_the_share_of_each_class():
    two = category("label", [0, 1, 0, 1], "no")
    assert encoded(FRUIT, "TARGET_ENCODING", two, OTHER_FRUIT) == [[0.5], [0.5], [1], [0]]
    three = category("label", [0, 1, 2, 1], "nop")
    assert encoded(FRUIT, "TARGET_ENCODING", three) == [
        [1, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5], [0, 1, 0],
    ]  # fmt: skip


def test_numbers_are_untouched_and_null_is_the_mean():
    values = number("x", [1.5, 4.5, np.nan, -9])
    assert encoded(values, "LABEL_ENCODING", MASS) == [[1.5], [4.5], [-1], [-9]]
    huge = number("x", [1e300, -1e300, 0, 0])
    assert np.isfinite(encoded(values, "LABEL_ENCODING", MASS, huge)).all()


def test_seconds_of_a_timestamp_stay_apart():
    seconds = 1_700_000_000.0 + np.arange(4)
    column = number("at", seconds, "TIMESTAMP")
    assert encoded(column, "LABEL_ENCODING", MASS) == [[0], [1], [2], [3]]


def test_a_column_of_null_is_a_constant():
    for column in (number("x", [np.nan] * 4), category("x", [-1] * 4, ())):
        for method in ENCODINGS:
            rows = encoded(column, method, MASS)
            assert rows == [rows[0]] * 4


def test_an_infinite_number_is_refused():
    with pytest.raises(ModelError, match="column 'x' is infinite in 1 rows; filter them out"):
        encoded(number("x", [1, np.inf, 2, 3]), "LABEL_ENCODING", MASS)
    trained, given = number("x", [1, 4, 2, 3]), number("x", [1, -np.inf, 2, -np.inf])
    with pytest.raises(ModelError, match="column 'x' is infinite in 2 rows; filter them out"):
        encoded(trained, "LABEL_ENCODING", MASS, given)


# Split candidates


def test_split_candidates_of_few_values_are_the_values():
    values = np.array([3, 1, 2, 3, 3, 1], dtype=np.float32)
    assert split_candidates(values, None).tolist() == [1, 2, 3]
    assert split_candidates(values[:1], None).tolist() == [3]


@pytest.mark.parametrize("rows", [20, 60, 71, 300, 5_000])
def test_split_candidates_are_few_ascending_and_evenly_spread(rows):
    values = RNG.normal(size=rows).astype(np.float32)
    candidates = split_candidates(values, None)
    most = 35 if rows <= 70 else 66
    assert min(rows, most) - 4 <= len(candidates) <= most
    assert (np.diff(candidates) > 0).all()
    assert (candidates[0], candidates[-1]) == (values.min(), values.max())
    shares = np.diff(np.searchsorted(np.sort(values), candidates)) / rows
    assert shares.max() < 3.5 / len(candidates)


def test_split_candidates_count_a_row_as_often_as_it_weighs():
    values = np.round(RNG.normal(size=500), 2).astype(np.float32)
    weights = RNG.integers(1, 4, 500)
    repeated = split_candidates(np.repeat(values, weights), None)
    assert split_candidates(values, weights.astype(float)).tolist() == repeated.tolist()


# Training


@pytest.mark.parametrize("model_type", TYPES)
@pytest.mark.parametrize("classes", [2, 3])
def test_an_artifact_restores_the_same_model_and_training_again_gives_it(model_type, classes):
    data = data_for(model_type, classes)
    given = {"subsample": 0.7, "num_parallel_tree": 3}
    model = fit(model_type, data, **given).model
    artifact = artifact_of(model)
    again = restored(model)
    assert artifact_of(again) == artifact
    assert np.array_equal(again.predict(data.features), model.predict(data.features))
    assert artifact_of(fit(model_type, data, **given).model) == artifact


@pytest.mark.parametrize("method", ["AUTO", "EXACT", "APPROX", "HIST"])
@pytest.mark.parametrize("version", ["0.9", "2.1"])
def test_every_tree_method_learns(method, version):
    data = data_for("boosted_tree_regressor")
    given = {"tree_method": method, "xgboost_version": version, "max_iterations": 30}
    training = fit("boosted_tree_regressor", data, data.take(np.arange(99)), **given)
    assert root_mean_squared_error(training.model, data) < 0.25 * SCORE.std()
    assert training.options["tree_method"] == (
        {"0.9": "APPROX", "2.1": "HIST"}[version] if method == "AUTO" else method
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_every_encoding_learns_classes(encoding, classes):
    data = data_for("boosted_tree_classifier", classes)
    given = {"category_encoding_method": encoding}
    model = fit("boosted_tree_classifier", data, **given).model
    probabilities = model.predict(data.features)
    assert probabilities.shape == (ROWS, classes)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert model.evaluate(data, {})[0]["accuracy"] > 0.9


def test_dart_drops_trees():
    data = data_for("boosted_tree_regressor")
    models = [
        fit("boosted_tree_regressor", data, early_stop=False, **given).model
        for given in (
            {},
            {"booster_type": "DART"},
            {"booster_type": "DART", "dropout": 0.5},
            {"booster_type": "DART", "dropout": 0.5, "dart_normalize_type": "FOREST"},
        )
    ]
    predictions = [model.predict(data.features) for model in models]
    assert predictions[1] == pytest.approx(predictions[0], abs=1e-3)
    assert predictions[2] != pytest.approx(predictions[0], abs=1e-3)
    assert predictions[3] != pytest.approx(predictions[2], abs=1e-3)
    assert root_mean_squared_error(models[2], data) < SCORE.std()


def test_iterations_count_from_one_and_tell_the_loss():
    data = data_for("boosted_tree_regressor")
    evaluation = data.take(np.arange(ROWS - 1, -1, -1))
    training = fit("boosted_tree_regressor", data, evaluation, max_iterations=5)
    assert [row["iteration"] for row in training.iterations] == [1, 2, 3, 4, 5]
    assert {row["learning_rate"] for row in training.iterations} == {0.3}
    last = training.iterations[-1]
    assert last["loss"] == pytest.approx(root_mean_squared_error(training.model, data), rel=1e-5)
    assert last["eval_loss"] == pytest.approx(last["loss"], rel=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_loss_of_classes_is_the_log_loss(classes):
    data = data_for("boosted_tree_classifier", classes)
    training = fit("boosted_tree_classifier", data, max_iterations=3)
    assert training.iterations[-1]["loss"] == pytest.approx(log_loss(training.model, data))
    assert training.iterations[-1]["eval_loss"] is None


def test_a_random_forest_is_grown_in_one_iteration():
    [row] = fit("random_forest_regressor", num_parallel_tree=7).iterations
    assert (row["iteration"], row["learning_rate"]) == (1, 1.0)


def test_early_stop_ends_with_the_first_small_improvement():
    full, stopped = (
        fit("boosted_tree_regressor", early_stop=stops, max_iterations=60).iterations
        for stops in (False, True)
    )
    losses = np.array([row["loss"] for row in stopped])
    progress = -np.diff(losses) / losses[:-1]
    assert len(stopped) < len(full) == 60
    assert progress[-1] < 0.01 <= progress[:-1].min()


@pytest.mark.parametrize("method", ["AUTO", "EXACT"])
def test_a_row_counts_as_often_as_it_weighs(method):
    weights = RNG.integers(1, 4, ROWS)
    data = data_for("boosted_tree_regressor")
    weighted = data._replace(roles={"instance_weight_col": (number("w", weights, "INT64"),)})
    repeated = data.take(np.repeat(np.arange(ROWS), weights))
    options = {"tree_method": method, "instance_weight_col": "w"}
    models = [fit("boosted_tree_regressor", rows, **options) for rows in (weighted, repeated)]
    predictions = [training.model.predict(data.features) for training in models]
    assert predictions[0] == pytest.approx(predictions[1], rel=1e-4, abs=1e-4)
    assert predictions[0] != pytest.approx(
        fit("boosted_tree_regressor", data).model.predict(data.features), rel=1e-4, abs=1e-4
    )


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (category("w", [0] * ROWS, "a"), "names 'w' of type STRING; name a number"),
        (number("w", [0.0] * ROWS, "TIMESTAMP"), "names 'w' of type TIMESTAMP"),
        (number("w", [-1.0, np.nan] + [1.0] * (ROWS - 2)), "weight column 'w' is NULL.*2 rows"),
        (number("w", [0.0] * ROWS), "weight column 'w' is 0 in every row"),
    ],
)
def test_a_weight_that_is_none_is_refused(column, message):
    data = data_for("boosted_tree_regressor")._replace(roles={"instance_weight_col": (column,)})
    with pytest.raises(ModelError, match=message):
        fit("boosted_tree_regressor", data, instance_weight_col="w")


def test_auto_class_weights_equal_the_explicit_balanced_weights():
    codes = np.digitize(SCORE, [np.quantile(SCORE, 0.8)])
    data = Dataset(FEATURES, category("label", codes, "no"))
    explicit = [["n", ROWS / (2 * (codes == 0).sum())], ["o", ROWS / (2 * codes.sum())]]
    balanced, same, plain = (
        fit("boosted_tree_classifier", data, max_iterations=3, **given).model.predict(FEATURES)
        for given in ({"auto_class_weights": True}, {"class_weights": explicit}, {})
    )
    assert balanced == pytest.approx(same)
    assert balanced[:, 1].mean() > plain[:, 1].mean() + 0.01


@pytest.mark.parametrize("version", ["0.9", "1.1", "2.1"])
def test_the_version_decides_what_training_starts_from(version):
    data = Dataset(FEATURES, number("label", SCORE + 1_000))
    given = {"max_iterations": 1, "learn_rate": 0.0}
    model = fit("boosted_tree_regressor", data, xgboost_version=version, **given).model
    start = SCORE.mean() + 1_000 if version == "2.1" else 0.5
    assert model.predict(FEATURES) == pytest.approx(start)


@pytest.mark.parametrize("model_type", TYPES)
def test_constant_features_and_single_rows_train(model_type):
    constant = [number("x", np.ones(ROWS)), category("kind", [-1] * ROWS, ())]
    data = data_for(model_type, 2, constant)
    assert np.ptp(fit(model_type, data).model.predict(constant), axis=0).tolist() in ([0], [0, 0])
    if model_type.endswith("regressor"):
        fit(model_type, data.take(np.arange(1)))


@pytest.mark.parametrize("count", [1, 1001])
def test_the_number_of_classes_is_bounded(count):
    label = Column("y", "INT64", np.arange(count), tuple(map(str, range(count))))
    data = Dataset([number("x", np.arange(count))], label)
    with pytest.raises(ModelError, match=f"'y' has {count} distinct values; BOOSTED_TREE_CLASS"):
        fit("boosted_tree_classifier", data)


def test_what_xgboost_refuses_is_one_sentence():
    data = Dataset(FEATURES, number("label", np.where(SCORE > 0, 1e300, 0)))
    with pytest.raises(ModelError, match="XGBoost does not train with these") as refused:
        fit("boosted_tree_regressor", data)
    assert "\n" not in str(refused.value)


def test_other_models_do_without_the_package():
    program = (
        "import sys; sys.modules['xgboost'] = None;"
        "from duckdb_bqml.algorithms import algorithm_of;"
        "from duckdb_bqml.artifact import opened;"
        "algorithm = algorithm_of('BOOSTED_TREE_REGRESSOR');"
        "opened(algorithm, sys.stdin.buffer.read(), ['FLOAT64', 'FLOAT64', 'STRING'])"
    )
    artifact = artifact_of(fit("boosted_tree_regressor").model)
    found = subprocess.run([sys.executable, "-c", program], input=artifact, capture_output=True)
    assert found.stderr.decode().splitlines()[-1] == (
        "bqml_vocabulary.errors.ModelError: models of trees need the package xgboost-cpu, which is "
        "not installed; install it"
    )


def test_an_algorithm_is_imported_when_a_model_of_its_type_is_first_met():
    program = (
        "import sys, duckdb; from duckdb_bqml import register; register(duckdb.connect());"
        "from duckdb_bqml.algorithms import ALGORITHMS, algorithm_of;"
        "modules = [where.partition(':')[0] for where in ALGORITHMS.values()];"
        "assert not {'xgboost', *modules} & set(sys.modules);"
        "algorithm_of('KMEANS');"
        "assert set(modules) & set(sys.modules) == {'duckdb_bqml.algorithms.cluster'};"
        "algorithm_of('BOOSTED_TREE_REGRESSOR');"
        "assert 'xgboost' not in sys.modules"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("model_type", ALGORITHMS)
def test_every_algorithm_is_where_the_table_says_and_is_a_model(model_type):
    algorithm = algorithm_of(model_type)
    assert all(hasattr(algorithm, name) for name in ("fit", "to_parts", "from_parts"))
    assert isinstance(algorithm.artifact, Described)


@pytest.mark.parametrize("model_type", ["ORACLE", "linear_reg", None])
def test_an_unknown_model_type_is_one_sentence(model_type):
    with pytest.raises(ModelError, match=f"{model_type} is no model type of this version of the"):
        algorithm_of(model_type)


# Scoring


def test_threads_may_predict_at_once():
    model = fit("boosted_tree_classifier", num_parallel_tree=5).model
    expected = model.predict(FEATURES)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: model.predict(FEATURES), range(64)))
    assert all(np.array_equal(one, expected) for one in found)


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("classes", [None, 2, 3])
def test_an_explanation_adds_up_by_input_column(classes, encoding, approximate):
    model_type = "boosted_tree_classifier" if classes else "boosted_tree_regressor"
    data = data_for(model_type, classes)
    model = fit(model_type, data, category_encoding_method=encoding).model
    predictions = model.predict(FEATURES)
    predicted = predictions.argmax(axis=1) if classes else None
    found = model.explain(FEATURES, predicted, approximate)
    assert found.attributions.shape == (ROWS, 3)
    assert found.error == pytest.approx(np.zeros(ROWS), abs=1e-4)
    assert found.baseline + found.attributions.sum(axis=1) == pytest.approx(found.value, abs=1e-4)
    if classes is None:
        assert found.value == pytest.approx(predictions[:, 0])
    elif classes == 2:
        probability = predictions.max(axis=1)
        log_odds = np.log(probability / (1 - probability))
        assert found.value == pytest.approx(log_odds, abs=1e-4)
    else:
        others = [model.explain(FEATURES, np.full(ROWS, k), approximate).value for k in range(3)]
        assert found.value == pytest.approx(np.max(others, axis=0))


def test_many_attributions_are_computed_in_slices(monkeypatch):
    model = fit("boosted_tree_classifier").model
    classes = RNG.integers(0, 3, ROWS)
    whole = model.explain(FEATURES, classes, False)
    monkeypatch.setattr("duckdb_bqml.algorithms.trees.model.MOST_ATTRIBUTIONS", 600)
    sliced = model.explain(FEATURES, classes, False)
    assert all(np.array_equal(one, other) for one, other in zip(whole, sliced, strict=True))


def test_the_explanation_of_an_unused_feature_is_zero():
    features = [*FEATURES, number("constant", np.ones(ROWS))]
    data = data_for("boosted_tree_regressor", features=features)
    model = fit("boosted_tree_regressor", data).model
    assert (model.explain(features, None, False).attributions[:, 3] == 0).all()
    importance = model.describe("FEATURE_IMPORTANCE", {}, ["x", "y", "kind", "constant"])
    assert importance[3] == {
        "feature": "constant",
        "importance_weight": 0,
        "importance_gain": 0,
        "importance_cover": 0,
    }
    most = max(importance, key=lambda row: row["importance_gain"])
    assert most["feature"] in ("x", "kind")


def test_importance_counts_the_splits_of_an_input_column():
    data = data_for("boosted_tree_regressor")
    given = {"category_encoding_method": "ONE_HOT_ENCODING"}
    model = fit("boosted_tree_regressor", data, **given).model
    trees = model.booster.trees_to_dataframe()
    splits = trees[trees["Feature"] != "Leaf"]
    of_kind = splits[~splits["Feature"].isin(["f0", "f1"])]
    row = model.describe("FEATURE_IMPORTANCE", {}, ["x", "y", "kind"])[2]
    assert row["feature"] == "kind"
    assert row["importance_weight"] == len(of_kind)
    assert row["importance_gain"] == pytest.approx(of_kind["Gain"].mean(), rel=1e-4)
    assert row["importance_cover"] == pytest.approx(of_kind["Cover"].mean(), rel=1e-4)
