import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import validate
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.linear.classification import LogisticRegression
from duckdb_bqml.algorithms.linear.loss import MULTICLASS_LOG
from duckdb_bqml.algorithms.linear.normal_equation import normal_equation
from duckdb_bqml.algorithms.linear.regression import LinearRegression
from fitting import artifact_of, fitted, restored
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import logsumexp, softmax

RNG = np.random.default_rng(7)


def options(model_type, **given):
    return validate("m", {"model_type": model_type, **given})[0]


def dataset(features, label):
    columns = [
        Column(f"x{j}", "FLOAT64", np.asarray(values, dtype=float))
        for j, values in enumerate(np.asarray(features, dtype=float).T)
    ]
    return Dataset(columns, label)


def regression_data(rows=200, columns=3):
    features = RNG.normal(size=(rows, columns))
    target = features @ np.arange(1, columns + 1) + 4 + RNG.normal(scale=0.1, size=rows)
    return dataset(features, Column("label", "FLOAT64", target))


def classes(codes, count):
    return Column("label", "STRING", np.asarray(codes), tuple("abcdefgh"[:count]))


def classification_data(count, rows=300):
    features = RNG.normal(size=(rows, 2))
    scores = features @ RNG.normal(size=(2, count)) + RNG.gumbel(size=(rows, count))
    return dataset(features, classes(scores.argmax(axis=1), count))


@given(
    hnp.arrays(
        np.int64, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.integers(-3, 3)
    ).flatmap(
        lambda features: st.tuples(
            st.just(features),
            hnp.arrays(np.int64, len(features), elements=st.integers(-9, 9)),
        )
    ),
    st.booleans(),
)
def test_the_normal_equation_gives_the_minimum_norm_least_squares_solution(data, fit_intercept):
    # Duplicate each column: the design is rank deficient, as one-hot designs always are.
    features = np.hstack([data[0], data[0]]).astype(float)
    target = data[1].astype(float)
    solution = normal_equation(features, target, 0.0, fit_intercept)
    design = np.hstack([features, np.ones((len(target), int(fit_intercept)))])
    expected = np.linalg.lstsq(design, target)[0]
    assert solution == pytest.approx(expected, abs=1e-6)
    assert design @ solution == pytest.approx(design @ expected, abs=1e-8)


def categories(name, codes):
    """A column of the codes as texts, -1 being NULL."""
    return Column(name, "STRING", np.asarray(codes), tuple("abcdefgh"))


@given(st.data())
def test_an_unseen_category_predicts_as_one_that_training_saw(data):
    rows = data.draw(st.integers(40, 60))
    codes = hnp.arrays(np.int64, rows, elements=st.integers(-1, 2))
    features = [categories(name, data.draw(codes)) for name in ("first", "second")]
    elements = st.integers(-100, 100)
    target = 1000.0 + data.draw(hnp.arrays(np.int64, rows, elements=elements))
    given_options = options(
        "linear_reg",
        optimize_strategy="NORMAL_EQUATION",
        data_split_method="NO_SPLIT",
        l2_reg=data.draw(st.sampled_from([0.0, 0.1])),
    )
    rows_given = Dataset(features, Column("label", "FLOAT64", target))
    model = fitted(LinearRegression, rows_given, None, given_options).model
    if not given_options["l2_reg"]:
        one_hot = [np.eye(9)[column.values] for column in features]
        design = np.hstack([*one_hot, np.ones((rows, 1))])
        expected = design @ np.linalg.lstsq(design, target)[0]
        assert model.predict(features)[:, 0] == pytest.approx(expected, abs=1e-6)
    seen = np.unique(features[0].values)
    asked = np.array([*seen, 7])  # the last is new
    others = categories("second", np.full(len(asked), features[1].values[0]))
    *known, unseen = model.predict([categories("first", asked), others])[:, 0]
    assert any(abs(unseen - one) < 1e-6 for one in known)
    explanation = model.explain([categories("first", asked), others], None, False)
    assert explanation.attributions[-1, 0] == 0
    assert explanation.value == pytest.approx(np.array([*known, unseen]), abs=1e-9)


@pytest.mark.parametrize(
    ("values", "unseen"),
    [
        ("{'a': range % 2, 'b': 'x'}", "{'a': null, 'b': 'new'}"),
        ("range % 2 = 0", "null::boolean"),
        ("date '2013-01-01' + (range % 2)::int", "date '2014-01-01'"),
        ("[['a', 'b'][1 + range % 2]]", "['new']"),
        ("[{'index': 1 + range % 2, 'value': 1.0}]", "[{'index': 0, 'value': 1.0}]"),
        (
            "timestamp '2013-01-01' + to_days((range % 300)::int)",
            "timestamp '2013-03-01 05:30:00'",
        ),
    ],
)
def test_an_unseen_value_of_any_type_stays_near(db, values, unseen):
    db.train(
        "m",
        f"select {values} as v, 1000 + range % 2 as label from range(400)",
        model_type="linear_reg",
        data_split_method="no_split",
        optimize_strategy="normal_equation",
    )
    [[predicted]] = db.predict("m", f"select {unseen} as v")
    assert 999 < predicted < 1002


@pytest.mark.parametrize("l2_reg", [0.0, 0.5])
def test_gradient_descent_ends_where_the_normal_equation_does(l2_reg):
    data = regression_data()
    exact, descended = (
        fitted(
            LinearRegression,
            data,
            None,
            options(
                "linear_reg",
                l2_reg=l2_reg,
                max_iterations=500,
                min_rel_progress=0.0,
                optimize_strategy=strategy,
            ),
        ).model
        for strategy in ("NORMAL_EQUATION", "BATCH_GRADIENT_DESCENT")
    )
    assert descended.coefficients == pytest.approx(exact.coefficients, abs=1e-4)
    assert descended.intercept == pytest.approx(exact.intercept, abs=1e-4)


def test_auto_strategy_descends_when_rows_are_few_or_l1_is_set():
    few, many = regression_data(rows=29), regression_data(rows=30)
    chosen = [
        fitted(LinearRegression, data, None, options("linear_reg", **given)).options
        for data, given in ((few, {}), (many, {}), (many, {"l1_reg": 0.1}))
    ]
    assert [one["optimize_strategy"] for one in chosen] == [
        "BATCH_GRADIENT_DESCENT",
        "NORMAL_EQUATION",
        "BATCH_GRADIENT_DESCENT",
    ]


def test_l1_makes_weights_exactly_zero():
    data = regression_data()
    noise = Column("noise", "FLOAT64", RNG.normal(size=200))
    data = Dataset([*data.features, noise], data.label)
    model = fitted(LinearRegression, data, None, options("linear_reg", l1_reg=0.5)).model
    assert model.coefficients[-1, 0] == 0
    assert (model.coefficients[:-1] != 0).all()


def test_without_an_intercept_the_model_passes_through_the_mean_at_zero():
    for strategy in ("NORMAL_EQUATION", "BATCH_GRADIENT_DESCENT"):
        model = fitted(
            LinearRegression,
            regression_data(),
            None,
            options("linear_reg", fit_intercept=False, optimize_strategy=strategy),
        ).model
        assert model.intercept.tolist() == [0]


def test_the_training_loss_never_rises_under_line_search():
    # 100 equal columns: every rate the first line search tries is too large.
    column = RNG.normal(size=(100, 1))
    label = Column("label", "FLOAT64", column[:, 0] * 3)
    training = fitted(
        LinearRegression, dataset(column.repeat(100, axis=1), label), None, options("linear_reg")
    )
    losses = [row["loss"] for row in training.iterations]
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.01 * np.var(label.values)


def test_early_stop_ends_with_the_first_small_improvement():
    data = regression_data()
    descend = {"optimize_strategy": "BATCH_GRADIENT_DESCENT", "max_iterations": 50}
    stopped = fitted(LinearRegression, data, None, options("linear_reg", **descend)).iterations
    full = fitted(
        LinearRegression, data, None, options("linear_reg", early_stop=False, **descend)
    ).iterations
    losses = np.array([row["loss"] for row in stopped])
    assert len(stopped) < len(full) == 50
    progress = -np.diff(losses) / losses[:-1]
    assert progress[-1] < 0.01 <= progress[:-1].min()


def test_a_constant_rate_is_kept_and_refused_if_it_diverges():
    descend = {"optimize_strategy": "BATCH_GRADIENT_DESCENT", "learn_rate_strategy": "CONSTANT"}
    training = fitted(
        LinearRegression, regression_data(), None, options("linear_reg", learn_rate=0.2, **descend)
    )
    assert {row["learning_rate"] for row in training.iterations} == {0.2}
    with pytest.raises(ModelError, match=r"'learn_rate' = 1000\.0 makes the training loss grow"):
        fitted(
            LinearRegression,
            regression_data(),
            None,
            options("linear_reg", learn_rate=1000, **descend),
        )


def test_evaluation_loss_is_measured_in_every_iteration():
    data = classification_data(3)
    evaluation = data.take(np.arange(50))
    training = fitted(LogisticRegression, data, evaluation, options("logistic_reg"))
    probabilities = training.model.predict(evaluation.features)
    expected = -np.log(probabilities[np.arange(50), evaluation.label.values]).mean()
    assert training.iterations[-1]["eval_loss"] == pytest.approx(expected)


@pytest.mark.parametrize("count", [2, 3])
def test_probabilities_sum_to_one_and_the_mean_matches_the_class_shares(count):
    # With an intercept and no penalty this holds at the maximum of the likelihood.
    data = classification_data(count)
    training = fitted(
        LogisticRegression,
        data,
        None,
        options("logistic_reg", max_iterations=500, min_rel_progress=0.0),
    )
    probabilities = training.model.predict(data.features)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    shares = np.bincount(data.label.values) / len(data.label.values)
    assert probabilities.mean(axis=0) == pytest.approx(shares, abs=1e-3)


def test_auto_class_weights_equal_the_explicit_balanced_weights():
    data = classification_data(2)
    counts = np.bincount(data.label.values)
    explicit = [[name, 300 / (count * 2)] for name, count in zip("ab", counts, strict=True)]
    models = [
        fitted(LogisticRegression, data, None, options("logistic_reg", **given)).model
        for given in ({"auto_class_weights": True}, {"class_weights": explicit}, {})
    ]
    assert models[0].coefficients == pytest.approx(models[1].coefficients)
    assert models[0].coefficients != pytest.approx(models[2].coefficients)


@pytest.mark.parametrize(
    "weights", [[["a", 1.0]], [["a", 1.0], ["b", 2.0], ["b", 3.0]], [["a", 1.0], ["c", 2.0]]]
)
def test_class_weights_must_name_every_class_once(weights):
    with pytest.raises(ModelError, match="must name every class once; the classes are a, b"):
        fitted(
            LogisticRegression,
            classification_data(2),
            None,
            options("logistic_reg", class_weights=weights),
        )


@pytest.mark.parametrize("count", [1, 51])
def test_the_number_of_classes_is_bounded(count):
    label = Column("y", "INT64", np.arange(count), tuple(map(str, range(count))))
    with pytest.raises(ModelError, match=f"label column 'y' has {count} distinct values"):
        fitted(
            LogisticRegression, dataset(np.ones((count, 1)), label), None, options("logistic_reg")
        )


@pytest.mark.parametrize("count", [2, 3])
def test_an_artifact_restores_the_same_model(count):
    data = classification_data(count)
    model = fitted(LogisticRegression, data, None, options("logistic_reg")).model
    again = restored(model)
    assert artifact_of(again) == artifact_of(model)
    assert np.array_equal(again.predict(data.features), model.predict(data.features))


@given(
    hnp.arrays(np.float64, (5, 3), elements=st.floats(-2000, 2000)),
    hnp.arrays(np.int64, 5, elements=st.integers(0, 2)),
)
def test_the_log_loss_is_exact_for_scores_however_far_apart(scores, target):
    expected = logsumexp(scores, axis=1) - scores[np.arange(5), target]
    assert MULTICLASS_LOG.of_rows(scores, target) == pytest.approx(expected, abs=1e-9)
    residual = softmax(scores, axis=1) - np.eye(3)[target]
    assert MULTICLASS_LOG.residual(scores, target) == pytest.approx(residual, abs=1e-12)


def test_more_rows_than_are_measured_at_once_have_the_same_loss():
    scores, target = RNG.normal(size=(5000, 3)), RNG.integers(0, 3, 5000)
    row_weights = RNG.uniform(size=5000)
    losses = logsumexp(scores, axis=1) - scores[np.arange(5000), target]
    assert MULTICLASS_LOG.mean(scores, target, None) == pytest.approx(losses.mean())
    assert MULTICLASS_LOG.mean(scores, target, row_weights) == pytest.approx(
        np.average(losses, weights=row_weights)
    )


# ---- weights, standard errors and explanations


def mixed_data(rows=400, noise=1.0, classes_of=None):
    """A number with NULLs, a category with NULLs and a number, and a label that needs them all."""
    rng = np.random.default_rng(11)
    x, z = rng.normal(50, 7, rows), rng.exponential(3, rows)
    x[::17] = np.nan
    codes = rng.integers(-1, 3, rows)
    target = 0.3 * np.nan_to_num(x, nan=50) - z + np.array([1.0, -2.0, 4.0, 0.0])[codes]
    target = target + rng.normal(scale=noise, size=rows)
    features = [
        Column("x", "FLOAT64", x),
        Column("kind", "STRING", codes, ("a", "b", "c")),
        Column("z", "FLOAT64", z),
    ]
    if classes_of is None:
        return Dataset(features, Column("label", "FLOAT64", target))
    edges = np.quantile(target, np.linspace(0, 1, classes_of + 1)[1:-1])
    return Dataset(features, classes(np.searchsorted(edges, target), classes_of))


def original_design(data, categories):
    """Numbers with NULL as the mean, and a column of 0 and 1 per category, -1 being NULL."""
    numbers = [np.where(np.isnan(c.values), np.nanmean(c.values), c.values) for c in data.features]
    kind = data.features[1].values
    return np.column_stack(
        [numbers[0], *((kind == code).astype(float) for code in categories), numbers[2]]
    )


MODELS = [
    (LinearRegression, "linear_reg", None),
    (LogisticRegression, "logistic_reg", 2),
    (LogisticRegression, "logistic_reg", 3),
]


def of_categories(row):
    """The weights of a row of ML.WEIGHTS by category."""
    pairs = [tuple(pair.values()) for pair in row["category_weights"]]
    assert all(list(pair) == ["category", "weight"] for pair in row["category_weights"])
    return dict(pairs)


def scores(model, data):
    """Regression: the values; two classes: the log-odds of the higher; more: the scores."""
    predicted = model.predict(data.features)
    if model.classes is None:
        return predicted
    return np.log(predicted[:, 1:] / predicted[:, :1])


@pytest.mark.parametrize("encoding", ["ONE_HOT_ENCODING", "DUMMY_ENCODING"])
@pytest.mark.parametrize(("algorithm", "model_type", "count"), MODELS)
def test_weights_on_the_scale_of_the_features_give_the_prediction(
    algorithm, model_type, count, encoding
):
    data = mixed_data(classes_of=count)
    chosen = options(model_type, category_encoding_method=encoding)
    model = fitted(algorithm, data, None, chosen).model
    rows = model.weights(standardize=False)
    design = original_design(data, [0, 1, 2, -1])
    found = []
    for label in model.classes if count == 3 else [None]:
        x, kind, z, intercept = (row for row in rows if row["class_label"] == label)
        assert [row["processed_input"] for row in (x, kind, z)] == ["x", "kind", "z"]
        assert intercept["processed_input"] == "__INTERCEPT__"
        assert list(of_categories(kind)) == ["a", "b", "c", "_null_filler"]
        assert kind["weight"] is None and not x["category_weights"]
        weights = [x["weight"], *of_categories(kind).values(), z["weight"]]
        has_reference = encoding == "DUMMY_ENCODING" or algorithm is LinearRegression
        assert (0.0 in weights) == has_reference
        found.append(design @ weights + intercept["weight"])
    if count == 3:
        found = [score - found[0] for score in found[1:]]
    assert np.column_stack(found) == pytest.approx(scores(model, data))


def test_standardized_weights_are_per_sample_standard_deviation():
    data = mixed_data()
    model = fitted(LinearRegression, data, None, options("linear_reg")).model
    for plain, standard in zip(model.weights(False)[:-1], model.weights(True)[:-1], strict=True):
        column = {column.name: column for column in data.features}[plain["processed_input"]]
        if column.categories is None:
            stddev = np.nanstd(column.values, ddof=1)
            assert standard["weight"] == pytest.approx(plain["weight"] * stddev)
        else:
            assert standard == plain
    at_means = original_design(data, [0, 1, 2, -1])[:1].copy()
    at_means[0, [0, -1]] = [np.nanmean(data.features[i].values) for i in (0, 2)]
    kind = of_categories(model.weights(True)[1])
    category = ["a", "b", "c", "_null_filler"][int(at_means[0, 1:5].argmax())]
    expected = at_means[0, [0, -1]] @ [model.weights(False)[i]["weight"] for i in (0, 2)]
    expected += kind[category] + model.weights(False)[-1]["weight"]
    assert model.weights(True)[-1]["weight"] + kind[category] == pytest.approx(expected)


DUMMY = {"calculate_p_values": True, "category_encoding_method": "DUMMY_ENCODING"}


def by_input(rows):
    return {(row["processed_input"], row["category"]): row for row in rows}


@pytest.mark.parametrize("count", [None, 2])
def test_standard_errors_are_those_of_the_textbook_with_n_in_the_denominator(count):
    data = mixed_data(classes_of=count)
    algorithm, model_type = MODELS[0 if count is None else 1][:2]
    model = fitted(algorithm, data, None, options(model_type, **DUMMY)).model
    rows = model.advanced_weights(standardize=False)
    kinds = ["a", "b", "c", "_null_filler"]
    frequencies = np.bincount(data.features[1].values % 4, minlength=4)
    dropped = int(frequencies.argmax())
    kept = [code for code in range(4) if code != dropped]
    design = original_design(data, [code if code < 3 else -1 for code in kept])
    design = np.column_stack([design, np.ones(len(design))])
    if count is None:
        residual = data.label.values - model.predict(data.features)[:, 0]
        covariance = np.linalg.inv(design.T @ design) * np.mean(residual**2)
    else:
        probability = model.predict(data.features)[:, 1]
        covariance = np.linalg.inv((design.T * (probability * (1 - probability))) @ design)
    expected = np.sqrt(np.diag(covariance))
    found = by_input(rows)
    names = [("x", None), *(("kind", kinds[code]) for code in kept), ("z", None)]
    errors = [found[name]["standard_error"] for name in names]
    assert errors == pytest.approx(expected[:-1].tolist())
    for name in names:
        row = found[name]
        z = abs(row["weight"] / row["standard_error"])
        tail = 1 + 0.196854 * z + 0.115194 * z**2 + 0.000344 * z**3 + 0.019527 * z**4
        assert row["p_value"] == pytest.approx(tail**-4)
    baseline = found["kind", kinds[dropped]]
    assert (baseline["weight"], baseline["standard_error"]) == (0, 0)
    assert np.isnan(baseline["p_value"])
    assert rows[-1]["processed_input"] == "__INTERCEPT__"
    assert rows[-1]["standard_error"] is rows[-1]["p_value"] is None

    standard = by_input(model.advanced_weights(standardize=True))
    stddev = np.nanstd(data.features[0].values, ddof=1)
    assert standard["x", None]["standard_error"] == pytest.approx(expected[0] * stddev)
    assert standard["x", None]["p_value"] == pytest.approx(found["x", None]["p_value"])
    moved = np.array([np.nanmean(data.features[0].values), 0, 0, 0, 0, 1])
    moved[4] = data.features[2].values.mean()
    assert standard["__INTERCEPT__", None]["standard_error"] == pytest.approx(
        np.sqrt(moved @ covariance @ moved)
    )


def test_without_categories_the_intercept_has_a_p_value_on_both_scales():
    data = regression_data()
    model = fitted(LinearRegression, data, None, options("linear_reg", **DUMMY)).model
    design = np.column_stack([*(c.values for c in data.features), np.ones(200)])
    residual = data.label.values - model.predict(data.features)[:, 0]
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * np.mean(residual**2))
    plain, standard = (model.advanced_weights(standardize)[-1] for standardize in (False, True))
    assert plain["standard_error"] == pytest.approx(errors[-1])
    assert standard["standard_error"] == pytest.approx(np.sqrt(np.mean(residual**2) / 200))
    assert plain["p_value"] > standard["p_value"] > 0


def test_a_weight_that_the_rows_do_not_determine_has_neither_error_nor_p_value():
    data = regression_data()
    twin = Column("twin", "FLOAT64", 2 * data.features[0].values)
    constant = Column("constant", "FLOAT64", np.full(200, 3.0))
    data = Dataset([*data.features, twin, constant], data.label)
    model = fitted(LinearRegression, data, None, options("linear_reg", **DUMMY)).model
    unknown = [
        row["processed_input"]
        for row in model.advanced_weights(False)
        if row["standard_error"] is None
    ]
    # The intercept, too, at the constant's own value, but not where all numbers are at their means.
    assert unknown == ["x0", "twin", "constant", "__INTERCEPT__"]
    assert model.advanced_weights(True)[-1]["p_value"] is not None
    assert artifact_of(restored(model)) == artifact_of(model)


def test_p_values_survive_the_artifact():
    for algorithm, model_type, count in MODELS[:2]:
        data = mixed_data(classes_of=count)
        model = fitted(algorithm, data, None, options(model_type, **DUMMY)).model
        again = restored(model)
        for standardize in (False, True):
            assert str(again.advanced_weights(standardize)) == str(
                model.advanced_weights(standardize)
            )


def test_p_values_are_refused_where_bigquery_has_none():
    wide = Column("w", "STRING", np.arange(400) % 400, tuple(f"{i:03}" for i in range(400)))
    data = mixed_data()
    with pytest.raises(ModelError, match="only be calculated for linear regression and binary"):
        fitted(LogisticRegression, mixed_data(classes_of=3), None, options("logistic_reg", **DUMMY))
    columns = [Column(f"w{i}", "STRING", wide.values, wide.categories) for i in range(3)]
    with pytest.raises(ModelError, match="'calculate_p_values' takes fewer than 1000 encoded col"):
        fitted(LinearRegression, Dataset(columns, data.label), None, options("linear_reg", **DUMMY))
    model = fitted(LinearRegression, data, None, options("linear_reg")).model
    with pytest.raises(ModelError, match=r"was not trained with calculate_p_values = true\."):
        model.advanced_weights(False)


def timed_data():
    """Two features, the first a TIMESTAMP that is encoded in eight parts."""
    rng = np.random.default_rng(5)
    seconds = np.floor(rng.uniform(1.6e9, 1.7e9, 300))
    kind = rng.integers(0, 3, 300)
    label = np.sin(seconds / 86400) + kind
    return Dataset(
        [
            Column("at", "TIMESTAMP", seconds),
            Column("kind", "STRING", kind, ("a", "b", "c")),
            Column("x", "FLOAT64", rng.normal(size=300)),
        ],
        Column("label", "FLOAT64", label),
    )


def test_the_attributions_of_a_regression_add_up_to_the_prediction():
    data = timed_data()
    model = fitted(LinearRegression, data, None, options("linear_reg")).model
    found = model.explain(data.features, None, False)
    assert found.attributions.shape == (300, 3)
    assert found.baseline == pytest.approx(np.full(300, model.weights(True)[-1]["weight"]))
    assert found.value == pytest.approx(model.predict(data.features)[:, 0])
    assert found.baseline + found.attributions.sum(axis=1) == pytest.approx(found.value)
    assert not found.error.any()
    x = data.features[2].values
    assert found.attributions[:, 2] == pytest.approx(
        model.weights(False)[-2]["weight"] * (x - x.mean())
    )
    kinds = np.array([*of_categories(model.weights(False)[-3]).values()])
    assert found.attributions[:, 1] == pytest.approx(kinds[data.features[1].values])


@pytest.mark.parametrize("count", [2, 3])
def test_the_attributions_of_a_class_add_up_to_its_log_odds(count):
    data = mixed_data(classes_of=count)
    model = fitted(LogisticRegression, data, None, options("logistic_reg")).model
    probabilities = model.predict(data.features)
    chosen = np.arange(400) % count
    found = model.explain(data.features, chosen, False)
    assert found.baseline + found.attributions.sum(axis=1) == pytest.approx(found.value)
    if count == 2:
        odds = np.log(probabilities / probabilities[:, ::-1])
        assert found.value == pytest.approx(odds[np.arange(400), chosen])
    else:
        every = [model.explain(data.features, np.full(400, k), False).value for k in range(count)]
        exponentials = np.exp(np.column_stack(every))
        assert exponentials / exponentials.sum(axis=1)[:, None] == pytest.approx(probabilities)
        assert found.value == pytest.approx(np.column_stack(every)[np.arange(400), chosen])


# ---- warm start


@pytest.mark.parametrize(("algorithm", "model_type", "count"), MODELS)
def test_a_warm_start_goes_on_from_the_weights_and_keeps_the_encoder(algorithm, model_type, count):
    data = mixed_data(classes_of=count)
    chosen = options(model_type, warm_start=True, max_iterations=3, l2_reg=0.01)
    first = fitted(algorithm, data, None, chosen)
    assert first.options["optimize_strategy"] == "BATCH_GRADIENT_DESCENT"
    again = fitted(algorithm, data, None, chosen, first.model)
    assert again.iterations[0]["loss"] <= first.iterations[-1]["loss"]
    other = data.take(np.arange(100))
    third = fitted(algorithm, other, None, chosen, restored(first.model))
    assert third.model.encoder.to_json() == first.model.encoder.to_json()
    assert third.model.stddevs == first.model.stddevs


def test_a_warm_start_needs_the_same_classes():
    first = fitted(LogisticRegression, classification_data(2), None, options("logistic_reg")).model
    with pytest.raises(ModelError, match="'label' has the classes a, b, c and had a, b in the mod"):
        fitted(
            LogisticRegression,
            classification_data(3),
            None,
            options("logistic_reg", warm_start=True),
            first,
        )
