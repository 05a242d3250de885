from itertools import pairwise

import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import validate
from duckdb_bqml.algorithms.cluster import KMeans, distances
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.design import to_dense
from fitting import artifact_of, fitted, restored
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

RNG = np.random.default_rng(11)


def options(**given):
    return validate("m", {"model_type": "kmeans", **given})[0]


def columns(*values):
    return [Column(f"x{j}", "FLOAT64", np.asarray(v, dtype=float)) for j, v in enumerate(values)]


def blobs(rows=300, centres=((0, 0), (10, 0), (0, 10))):
    points = np.array(centres)[np.arange(rows) % len(centres)] + RNG.normal(size=(rows, 2))
    return Dataset(columns(*RNG.permutation(points).T), None)


def marked(data, rows):
    values = np.isin(np.arange(len(data.features[0].values)), rows).astype(int)
    column = Column("is_first", "BOOL", values, ("false", "true"))
    return data._replace(roles={"kmeans_init_col": (column,)})


def fit(data, **given):
    return fitted(KMeans, data, None, options(**given))


def centroids(model, standardize=False):
    return model.describe("CENTROIDS", {"standardize": standardize}, [])


def shares(row):
    """The values of a row of ML.CENTROIDS by category."""
    assert all(list(pair) == ["category", "value"] for pair in row["categorical_value"])
    return [tuple(pair.values()) for pair in row["categorical_value"]]


def custom(data, rows, **given):
    """A training that starts from these rows."""
    method = {"kmeans_init_method": "custom", "kmeans_init_col": "is_first"}
    return fit(marked(data, rows), num_clusters=len(rows), **method, **given)


points = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.integers(-9, 9)
)


@given(points, points)
def test_euclidean_distances_are_the_lengths_of_differences(rows, centroids):
    expected = np.linalg.norm(rows[:, None] - centroids[None], axis=2)
    found = distances(rows, centroids, "EUCLIDEAN")
    assert found == pytest.approx(expected, abs=1e-9)
    assert (found[expected == 0] == 0).all()


@given(points, points)
def test_cosine_distances_are_the_roots_of_one_less_the_cosine(rows, centroids):
    lengths = np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(centroids, axis=1)[None]
    cosines = np.where(lengths > 0, rows @ centroids.T / np.where(lengths > 0, lengths, 1), 0)
    found = distances(rows, centroids, "COSINE")
    assert found**2 == pytest.approx(1 - cosines, abs=1e-12)


@pytest.mark.parametrize("method", ["random", "kmeans++"])
def test_clusters_that_lie_apart_are_found(method):
    data = blobs()
    model = fit(data, num_clusters=3, kmeans_init_method=method, standardize_features=False).model
    found = sorted(
        tuple(
            round(part["numerical_value"]) + 0.0
            for part in centroids(model)
            if part["centroid_id"] == i
        )
        for i in (1, 2, 3)
    )
    assert found == [(0, 0), (0, 10), (10, 0)]


@pytest.mark.parametrize("distance_type", ["EUCLIDEAN", "COSINE"])
@pytest.mark.parametrize("standardize", [True, False])
def test_centroids_are_means_in_the_units_of_the_features(distance_type, standardize):
    data = blobs()
    model = fit(
        data,
        num_clusters=3,
        early_stop=False,
        max_iterations=50,
        distance_type=distance_type,
        standardize_features=standardize,
    ).model
    nearest = model.predict(data.features).argmin(axis=1)
    values = np.array([column.values for column in data.features])
    means = [values[j, nearest == i].mean() for i in range(3) for j in range(2)]
    scores = (values - values.mean(axis=1)[:, None]) / values.std(axis=1, ddof=1)[:, None]
    standardized = [scores[j, nearest == i].mean() for i in range(3) for j in range(2)]
    for is_standardized, expected in ((False, means), (True, standardized)):
        parts = centroids(model, is_standardized)
        assert [part["numerical_value"] for part in parts] == pytest.approx(expected)
    assert model.describe("CENTROIDS", {}, []) == centroids(model, False)


def test_a_category_is_described_by_its_share_where_there_is_one():
    kind = Column("kind", "STRING", np.array([0, 0, 1, -1, 1, 1, 1, 1]), ("a", "b"))
    data = Dataset([*columns([0, 1, 2, 3, 90, 91, 92, 93]), kind], None)
    model = custom(data, [0, 7], standardize_features=False).model
    of_kind = [part for part in centroids(model) if part["feature"] == "kind"]
    assert [shares(part) for part in of_kind] == [
        [("a", 0.5), ("b", 0.25), ("_null_filler", 0.25)],
        [("b", 1.0)],
    ]
    assert [part["numerical_value"] for part in of_kind] == [None, None]
    assert model.describes == ("CENTROIDS",)


def test_reported_after_an_early_stop_are_the_means_of_the_assignment_before():
    data = blobs()
    stopped = custom(data, [0, 1], min_rel_progress=0.9)
    assert [row["iteration"] for row in stopped.iterations] == [0, 1]
    once = custom(data, [0, 1], early_stop=False, max_iterations=1)
    assert np.array_equal(stopped.model.centroids, once.model.centroids)


def test_every_iteration_reports_its_loss_and_its_clusters():
    data = blobs()
    iterations = fit(data, num_clusters=3).iterations
    losses = [row["loss"] for row in iterations]
    assert losses == sorted(losses, reverse=True)
    for row in iterations:
        assert [info["centroid_id"] for info in row["cluster_info"]] == [1, 2, 3]
        assert sum(info["cluster_size"] for info in row["cluster_info"]) == 300
        squares = [
            info["cluster_radius"] ** 2 * info["cluster_size"] for info in row["cluster_info"]
        ]
        assert sum(squares) / 300 == pytest.approx(row["loss"])


def test_progress_below_the_least_stops_at_once_and_no_early_stop_goes_on():
    data = blobs()
    iterations = fit(data, num_clusters=3).iterations
    losses = [row["loss"] for row in iterations]
    steps = [(a - b) / a for a, b in pairwise(losses)]
    assert steps[-1] <= 0.01 and all(step > 0.01 for step in steps[:-1])
    assert len(fit(data, num_clusters=3, early_stop=False, max_iterations=30).iterations) == 30


@pytest.mark.parametrize(
    ("rows", "clusters"), [(2, 2), (99, 2), (344, 2), (1_000, 3), (9_999, 3), (10_000, 4)]
)
def test_the_default_number_of_clusters_is_the_whole_part_of_the_logarithm(rows, clusters):
    trained = fit(Dataset(columns(np.arange(rows)), None), max_iterations=1)
    assert trained.options["num_clusters"] == len(trained.model.centroids) == clusters


@pytest.mark.parametrize("method", ["random", "kmeans++"])
def test_more_clusters_than_distinct_rows_are_refused(method):
    data = Dataset(columns([1, 2, 2, 1, 1]), None)
    assert fit(data, num_clusters=2, kmeans_init_method=method).model.radii.tolist() == [0, 0]
    with pytest.raises(ModelError, match="'num_clusters' = 3 needs as many distinct rows"):
        fit(data, num_clusters=3, kmeans_init_method=method)


def test_the_initial_column_must_mark_as_many_rows_as_there_are_clusters():
    data = blobs()
    first = custom(data, [3, 5], early_stop=False, max_iterations=1)
    assert first.iterations[0]["loss"] == pytest.approx(
        np.mean(distances(
            first.model.encoder.transform(data.features),
            to_dense(first.model.encoder.transform(data.features)[[3, 5]]),
            "EUCLIDEAN",
        ).min(axis=1) ** 2)
    )  # fmt: skip
    method = {"kmeans_init_method": "custom", "kmeans_init_col": "is_first"}
    with pytest.raises(ModelError, match="'is_first', which is TRUE in 2 rows; num_clusters = 3"):
        fit(marked(data, [3, 5]), num_clusters=3, **method)
    number = data._replace(roles={"kmeans_init_col": (data.features[0],)})
    with pytest.raises(ModelError, match="names 'x0' of type FLOAT64; CUSTOM needs a BOOL column"):
        fit(number, num_clusters=2, **method)


def test_a_null_in_the_initial_column_marks_nothing():
    data = blobs()
    column = Column("is_first", "BOOL", np.where(np.arange(300) < 2, 0, -1), ("true",))
    method = {"kmeans_init_method": "custom", "kmeans_init_col": "is_first"}
    trained = fit(data._replace(roles={"kmeans_init_col": (column,)}), num_clusters=2, **method)
    assert len(trained.model.centroids) == 2


def test_a_cluster_that_loses_its_rows_stays_where_it_is():
    data = Dataset(columns([0, 0, 10, 11]), None)
    model = custom(data, [0, 1, 2], standardize_features=False).model  # two equal centroids
    assert np.isfinite(model.centroids).all()
    assert model.radii[1] == 0


def test_metrics_are_those_of_the_assignment():
    model = custom(Dataset(columns([0, 2, 10, 14]), None), [0, 3], standardize_features=False).model
    [metrics] = model.evaluate(Dataset(columns([0, 2, 10, 14]), None), {})
    assert metrics == {
        "davies_bouldin_index": pytest.approx((1 + 2) / 11),
        "mean_squared_distance": pytest.approx((1 + 1 + 4 + 4) / 4),
    }
    [alone] = model.evaluate(Dataset(columns([0, 2]), None), {})
    assert np.isnan(alone["davies_bouldin_index"])
    with pytest.raises(ModelError, match="setting 'threshold' is not valid for KMEANS"):
        model.evaluate(Dataset(columns([0, 2]), None), {"threshold": 0.5})


def test_an_anomaly_is_measured_in_radii_of_its_cluster():
    model = custom(Dataset(columns([0, 2, 10, 14]), None), [0, 3], standardize_features=False).model
    score, cutoff, cluster = model.anomalies(columns([1, 4, 7, 20]), 0)
    # centroids 1 and 12, radii 1 and 2
    assert score == pytest.approx([0, 3, 2.5, 4])
    assert cluster.tolist() == [1, 1, 2, 2]
    assert cutoff == pytest.approx(1)


def test_a_model_survives_its_artifact():
    data = blobs()
    model = fit(data, num_clusters=4, distance_type="cosine").model
    again = restored(model)
    assert artifact_of(again) == artifact_of(model)
    assert np.array_equal(again.predict(data.features), model.predict(data.features))
    assert again.anomalies(data.features, 0.2).cutoff == model.anomalies(data.features, 0.2).cutoff
    for standardize in (False, True):
        assert centroids(again, standardize) == centroids(model, standardize)
