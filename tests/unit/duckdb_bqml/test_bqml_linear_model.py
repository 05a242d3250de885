import numpy as np
import pytest
from duckdb_bqml.algorithms.linear_model import (
    LinearRegression,
    LogisticRegression,
    normal_equation,
)
from duckdb_bqml.algorithms.preprocessing import Column, Dataset
from duckdb_bqml.errors import ModelError
from duckdb_bqml.options import validate
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_matrix

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
    solution = normal_equation(csr_matrix(features), target, 0.0, fit_intercept)
    design = np.hstack([features, np.ones((len(target), int(fit_intercept)))])
    expected = np.linalg.lstsq(design, target)[0]
    assert solution == pytest.approx(expected, abs=1e-6)
    assert design @ solution == pytest.approx(design @ expected, abs=1e-8)


@pytest.mark.parametrize("l2_reg", [0.0, 0.5])
def test_gradient_descent_ends_where_the_normal_equation_does(l2_reg):
    data = regression_data()
    exact, descended = (
        LinearRegression.fit(
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
        LinearRegression.fit(data, None, options("linear_reg", **given)).options
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
    model = LinearRegression.fit(data, None, options("linear_reg", l1_reg=0.5)).model
    assert model.coefficients[-1, 0] == 0
    assert (model.coefficients[:-1] != 0).all()


def test_without_an_intercept_the_model_passes_through_the_mean_at_zero():
    for strategy in ("NORMAL_EQUATION", "BATCH_GRADIENT_DESCENT"):
        model = LinearRegression.fit(
            regression_data(),
            None,
            options("linear_reg", fit_intercept=False, optimize_strategy=strategy),
        ).model
        assert model.intercept.tolist() == [0]


def test_the_training_loss_never_rises_under_line_search():
    # 100 equal columns: every rate the first line search tries is too large.
    column = RNG.normal(size=(100, 1))
    label = Column("label", "FLOAT64", column[:, 0] * 3)
    training = LinearRegression.fit(
        dataset(column.repeat(100, axis=1), label), None, options("linear_reg")
    )
    losses = [row["loss"] for row in training.iterations]
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.01 * np.var(label.values)


def test_early_stop_ends_with_the_first_small_improvement():
    data = regression_data()
    descend = {"optimize_strategy": "BATCH_GRADIENT_DESCENT", "max_iterations": 50}
    stopped = LinearRegression.fit(data, None, options("linear_reg", **descend)).iterations
    full = LinearRegression.fit(
        data, None, options("linear_reg", early_stop=False, **descend)
    ).iterations
    losses = np.array([row["loss"] for row in stopped])
    assert len(stopped) < len(full) == 50
    progress = -np.diff(losses) / losses[:-1]
    assert progress[-1] < 0.01 <= progress[:-1].min()


def test_a_constant_rate_is_kept_and_refused_if_it_diverges():
    descend = {"optimize_strategy": "BATCH_GRADIENT_DESCENT", "learn_rate_strategy": "CONSTANT"}
    training = LinearRegression.fit(
        regression_data(), None, options("linear_reg", learn_rate=0.2, **descend)
    )
    assert {row["learning_rate"] for row in training.iterations} == {0.2}
    with pytest.raises(ModelError, match=r"'learn_rate' = 1000\.0 makes the training loss grow"):
        LinearRegression.fit(
            regression_data(), None, options("linear_reg", learn_rate=1000, **descend)
        )


def test_evaluation_loss_is_measured_in_every_iteration():
    data = classification_data(3)
    evaluation = data.take(np.arange(50))
    training = LogisticRegression.fit(data, evaluation, options("logistic_reg"))
    probabilities = training.model.predict(evaluation.features)
    expected = -np.log(probabilities[np.arange(50), evaluation.label.values]).mean()
    assert training.iterations[-1]["eval_loss"] == pytest.approx(expected)


@pytest.mark.parametrize("count", [2, 3])
def test_probabilities_sum_to_one_and_the_mean_matches_the_class_shares(count):
    # With an intercept and no penalty this holds at the maximum of the likelihood.
    data = classification_data(count)
    training = LogisticRegression.fit(
        data, None, options("logistic_reg", max_iterations=500, min_rel_progress=0.0)
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
        LogisticRegression.fit(data, None, options("logistic_reg", **given)).model
        for given in ({"auto_class_weights": True}, {"class_weights": explicit}, {})
    ]
    assert models[0].coefficients == pytest.approx(models[1].coefficients)
    assert models[0].coefficients != pytest.approx(models[2].coefficients)


def test_class_weights_must_name_every_class():
    with pytest.raises(ModelError, match="must name every class once; the classes are a, b"):
        LogisticRegression.fit(
            classification_data(2), None, options("logistic_reg", class_weights=[["a", 1.0]])
        )


@pytest.mark.parametrize("count", [1, 51])
def test_the_number_of_classes_is_bounded(count):
    label = Column("y", "INT64", np.arange(count), tuple(map(str, range(count))))
    with pytest.raises(ModelError, match=f"label column 'y' has {count} distinct values"):
        LogisticRegression.fit(dataset(np.ones((count, 1)), label), None, options("logistic_reg"))


@pytest.mark.parametrize("count", [2, 3])
def test_an_artifact_restores_the_same_model(count):
    data = classification_data(count)
    model = LogisticRegression.fit(data, None, options("logistic_reg")).model
    artifact = model.to_bytes()
    restored = LogisticRegression.from_bytes(artifact)
    assert restored.to_bytes() == artifact
    assert np.array_equal(restored.predict(data.features), model.predict(data.features))
