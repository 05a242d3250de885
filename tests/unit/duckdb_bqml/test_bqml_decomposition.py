import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import validate
from duckdb_bqml.algorithms import decomposition
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.decomposition import PCA
from duckdb_bqml.algorithms.design import to_dense
from fitting import artifact_of, fitted, restored

RNG = np.random.default_rng(3)


def options(**given):
    return validate("m", {"model_type": "pca", **given})[0]


def columns(*values):
    return [Column(f"x{j}", "FLOAT64", np.asarray(v, dtype=float)) for j, v in enumerate(values)]


def mixed(rows=200):
    factors = RNG.normal(size=(rows, 2))
    numbers = factors @ RNG.normal(size=(2, 4)) * [1, 5, 100, 0.1] + RNG.normal(size=(rows, 4)) / 9
    numbers[::17, 1] = np.nan
    kind = Column(
        "kind", "STRING", np.where(factors[:, 0] > 1, -1, RNG.integers(0, 3, rows)), ("a", "b", "c")
    )
    return Dataset([*columns(*numbers.T), kind], None)


def fit(data, **given):
    return fitted(PCA, data, None, options(**given))


def dense(model, data):
    return to_dense(model.encoder.transform(data.features))


@pytest.mark.parametrize("scale_features", [True, False])
@pytest.mark.parametrize("pca_solver", ["FULL", "RANDOMIZED"])
def test_components_are_the_eigenvectors_of_the_second_moments(scale_features, pca_solver):
    data = mixed()
    model = fit(
        data, num_principal_components=3, scale_features=scale_features, pca_solver=pca_solver
    ).model
    encoded = dense(model, data)
    assert encoded[:, 0].std(ddof=1) == pytest.approx(
        1 if scale_features else data.features[0].values.std(ddof=1)
    )
    assert encoded[:, 4:].sum(axis=1) == pytest.approx(1)  # one-hot, NULL too, not centred
    values, vectors = np.linalg.eigh(encoded.T @ encoded / (len(encoded) - 1))
    assert model.eigenvalues == pytest.approx(values[::-1][:3], rel=1e-9)
    assert np.abs(model.components @ vectors[:, ::-1][:, :3]) == pytest.approx(np.eye(3), abs=1e-6)
    assert model.total == pytest.approx(values.sum())
    assert model.predict(data.features) == pytest.approx(encoded @ model.components.T)


def test_the_sign_of_a_component_makes_its_largest_entry_positive():
    components = fit(mixed(), num_principal_components=8).model.components
    largest = np.abs(components).argmax(axis=1)
    assert (components[np.arange(8), largest] > 0).all()


@pytest.mark.parametrize("pca_solver", ["FULL", "RANDOMIZED"])
@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.9, 0.999999])
def test_a_ratio_keeps_the_fewest_components_that_explain_more(pca_solver, ratio, monkeypatch):
    monkeypatch.setattr(decomposition, "OVERSAMPLING", 1)  # so that the search has to widen
    data = mixed()
    everything = fit(data, num_principal_components=8).model
    shares = np.cumsum(everything.eigenvalues) / everything.total
    trained = fit(data, pca_explained_variance_ratio=ratio, pca_solver=pca_solver)
    kept = len(trained.model.eigenvalues)
    assert trained.options["num_principal_components"] == kept
    assert shares[kept - 1] > ratio
    assert kept == 1 or shares[kept - 2] <= ratio


def test_the_automatic_solver_is_resolved_by_width(monkeypatch):
    assert fit(mixed(), num_principal_components=1).options["pca_solver"] == "FULL"
    monkeypatch.setattr(decomposition, "FULL_BY_CHOICE_MAX_WIDTH", 3)
    assert fit(mixed(), num_principal_components=1).options["pca_solver"] == "RANDOMIZED"


@pytest.mark.parametrize(
    ("solver", "advice"), [("FULL", "use RANDOMIZED"), ("RANDOMIZED", "leave out columns")]
)
def test_too_many_encoded_columns_are_refused(solver, advice, monkeypatch):
    monkeypatch.setattr(decomposition, f"{solver}_MAX_WIDTH", 7)
    with pytest.raises(ModelError, match=f"'pca_solver' = {solver} takes at most 7 .* 8; {advice}"):
        fit(mixed(), num_principal_components=1, pca_solver=solver)


@pytest.mark.parametrize(
    ("data", "count", "message"),
    [
        (columns([1, 2, 3]), 2, "'num_principal_components' = 2 is more than the 1 encoded"),
        (columns([1]), 1, "PCA needs at least two rows"),
        (columns([2, 2, 2]), 1, "no feature varies"),
        (columns([2, np.inf]), 1, "column 'x0' is infinite"),
    ],
)
def test_data_without_components_are_refused(data, count, message):
    with pytest.raises(ModelError, match=message):
        fit(Dataset(data, None), num_principal_components=count)


def test_the_explained_share_of_the_training_rows_is_that_of_the_eigenvalues():
    data = mixed()
    model = fit(data, num_principal_components=2).model
    assert model.evaluate(data, {}) == [
        {"total_explained_variance_ratio": pytest.approx(model.eigenvalues.sum() / model.total)}
    ]
    with pytest.raises(ModelError, match="setting 'threshold' is not valid for PCA"):
        model.evaluate(data, {"threshold": 0.5})


def test_an_anomaly_is_measured_by_what_the_components_do_not_explain():
    data = mixed()
    model = fit(data, num_principal_components=2).model
    encoded = dense(model, data)
    rest = encoded - encoded @ model.components.T @ model.components
    score, cutoff, cluster = model.anomalies(data.features, 0.1)
    assert score == pytest.approx(np.square(rest).sum(axis=1) / 5)  # input columns, not encoded
    assert (score > cutoff).sum() == 20
    assert cluster is None


def test_a_model_survives_its_artifact():
    data = mixed()
    model = fit(data, num_principal_components=2).model
    again = restored(model)
    assert artifact_of(again) == artifact_of(model)
    assert np.array_equal(again.predict(data.features), model.predict(data.features))
    assert again.anomalies(data.features, 0.2).cutoff == model.anomalies(data.features, 0.2).cutoff
    assert model.describes == ("PRINCIPAL_COMPONENTS", "PRINCIPAL_COMPONENT_INFO")
    for function in model.describes:
        assert again.describe(function, {}, []) == model.describe(function, {}, [])


def test_the_components_are_told_by_feature_and_category():
    data = mixed()
    model = fit(data, num_principal_components=2).model
    parts = model.describe("PRINCIPAL_COMPONENTS", {}, [])
    assert [(part["principal_component_id"], part["feature"]) for part in parts] == [
        (i, name) for i in (0, 1) for name in ("x0", "x1", "x2", "x3", "kind")
    ]
    numbers = [part["numerical_value"] for part in parts if part["feature"] != "kind"]
    assert numbers == model.components[:, :4].ravel().tolist()
    for i, part in enumerate(parts[4::5]):
        assert part["numerical_value"] is None
        assert part["categorical_value"] == [
            {"category": name, "value": value}
            for name, value in zip(
                ["a", "b", "c", "_null_filler"], model.components[i, 4:].tolist(), strict=True
            )
        ]
    rows = model.describe("PRINCIPAL_COMPONENT_INFO", {}, [])
    assert [row["principal_component_id"] for row in rows] == [0, 1]
    assert [row["eigenvalue"] for row in rows] == model.eigenvalues.tolist()
    shares = [row["explained_variance_ratio"] for row in rows]
    assert shares == pytest.approx((model.eigenvalues / model.total).tolist())
    assert rows[1]["cumulative_explained_variance_ratio"] == pytest.approx(sum(shares))
