"""KMEANS and PCA against values that BigQuery itself printed.

Source of the values: tests of googleapis/python-bigquery-dataframes (data/README.md names the
files). The sign of a principal component is arbitrary, so ours takes BigQuery's. K-means starts
from random rows, which nobody can repeat: the metrics are compared at the centroids printed.
"""

import numpy as np
import pytest
from duckdb_bqml.algorithms.cluster import KMeans
from duckdb_bqml.algorithms.dataset import Dataset
from duckdb_bqml.algorithms.encoding import Encoder, Scaling
from duckdb_bqml.columns import Rows

NEW_PENGUINS = """
    select * from (values
        ('Adelie Penguin (Pygoscelis adeliae)', 'Torgersen', 39.5, 18.8, 196, 3750, 'MALE'),
        ('Adelie Penguin (Pygoscelis adeliae)', 'Torgersen', 38.5, 17.2, 181, 5200, 'FEMALE'),
        ('Chinstrap penguin (Pygoscelis antarctica)', 'Dream', 37.9, 18.1, 188, 3325, 'FEMALE')
    ) as new_penguins(species, island, culmen_length_mm, culmen_depth_mm, flipper_length_mm,
                      body_mass_g, sex)
"""
FOUR_PENGUINS = """
    select * from (values
        (37.5, 18.5, 199, 'MALE'),
        (55.8, 19.8, 207, 'MALE'),
        (39.7, 18.9, 184, 'MALE'),
        (43.8, 13.9, 208, 'FEMALE')
    ) as new_penguins(culmen_length_mm, culmen_depth_mm, flipper_length_mm, sex)
"""

# (eigenvalue, ratio, cumulative ratio) by component
PRINCIPAL_COMPONENT_INFO = [
    (3.278657, 0.469357, 0.469357),
    (1.270829, 0.181926, 0.651283),
    (1.125354, 0.1611, 0.812383),
]
FIRST_COMPONENT = {
    "culmen_length_mm": 0.401489,
    "culmen_depth_mm": -0.377482,
    "flipper_length_mm": 0.524052,
    "body_mass_g": 0.501174,
}
FIRST_COMPONENT_BY_CATEGORY = {
    "Gentoo penguin (Pygoscelis papua)": 0.25068877125667804,
    "Adelie Penguin (Pygoscelis adeliae)": -0.20622291900416198,
    "Chinstrap penguin (Pygoscelis antarctica)": -0.030161149275185855,
    "Biscoe": 0.19761120114410635,
    "Dream": -0.11264736305259061,
    "Torgersen": -0.07065913511418596,
    ".": 0.0015916894448071784,
    "MALE": 0.06869704739750442,
    "FEMALE": -0.052521171596813174,
    "_null_filler": -0.0034628622681684906,
}
PROJECTIONS = [
    (-1.314041, -0.855813, -1.848786),
    (-0.889106, -1.259753, -0.983304),
    (-0.704345, 0.322555, -0.095759),
]


@pytest.fixture
def pca(train):
    train("pca", "select * from penguins", model_type="pca", num_principal_components=3)
    return "pca"


def test_eigenvalues_and_explained_shares_match_bigquery(describe, pca, compare):
    rows = describe(pca, "PRINCIPAL_COMPONENT_INFO")
    columns = {
        "eigenvalue": "eigenvalue",
        "explained_variance_ratio": "ratio",
        "cumulative_explained_variance_ratio": "cumulative ratio",
    }
    for i, (row, printed) in enumerate(zip(rows, PRINCIPAL_COMPONENT_INFO, strict=True)):
        assert list(row) == ["principal_component_id", *columns]
        assert row["principal_component_id"] == i
        for (column, name), bigquery in zip(columns.items(), printed, strict=True):
            compare("C4", f"{name} {i}", bigquery, row[column], rel=1e-6)


def test_the_explained_share_of_the_training_rows_matches_bigquery(
    describe, pca, evaluate, compare
):
    name = "total_explained_variance_ratio"
    [stored] = describe(pca, "EVALUATE")
    assert list(stored) == [name]
    compare("C4", name[:24], 0.812383, stored[name], rel=1e-6)
    assert evaluate(pca, "select * from penguins")[name] == pytest.approx(stored[name])


def test_the_first_component_matches_bigquery(describe, pca, compare):
    parts = describe(pca, "PRINCIPAL_COMPONENTS")
    assert len(parts) == 21
    first = [part for part in parts if part["principal_component_id"] == 0]
    numbers = {part["feature"]: part["numerical_value"] for part in first}
    categories = {
        pair["category"]: pair["value"] for part in first for pair in part["categorical_value"]
    }
    assert categories.keys() == FIRST_COMPONENT_BY_CATEGORY.keys()
    sign = np.sign(numbers["culmen_length_mm"])
    for name, bigquery in FIRST_COMPONENT.items():
        compare("C4", name, bigquery, sign * numbers[name], rel=1e-6)
    for name, bigquery in FIRST_COMPONENT_BY_CATEGORY.items():
        compare("C4", name[:24], bigquery, sign * categories[name], rel=1e-6, decimals=12)


def test_projections_match_bigquery(predict, pca, compare):
    rows = np.array(predict(pca, NEW_PENGUINS))
    for i, printed in enumerate(PROJECTIONS):
        sign = np.sign(rows[0, i] * printed[0])
        for number, bigquery in enumerate(printed, start=1):
            compare(
                "C4", f"component {i + 1} of row {number}", bigquery, sign * rows[number - 1, i],
                rel=1e-6,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("contamination", "expected"), [(0.1, [False, True, False]), (0.25, [True, True, True])]
)
def test_anomalies_of_pca_match_bigquery(db, pca, compare, contamination, expected):
    settings = f'{{"contamination": {contamination}}}'
    found = db.sql(
        f"select found.* from (select bqml_detect_anomalies('{pca}', (select model_version from "
        f"{pca}), '{settings}', r) as found from ({NEW_PENGUINS}) r)"
    ).fetchall()
    assert [is_anomaly for is_anomaly, _, _ in found] == expected
    for number, (bigquery, (_, error, _)) in enumerate(
        zip([0.254188, 0.731243, 0.298889], found, strict=True), start=1
    ):
        compare("C5", f"mean_squared_error {number}", bigquery, error, rel=1e-6)


def columns(db, query):
    rows = Rows(db.sql(query).to_arrow_table().to_struct_array().combine_chunks())
    return [rows.column(name, "column") for name in rows.names]


@pytest.fixture
def kmeans(db):
    """The model that has BigQuery's centroids, its encoder, radii and cutoffs being ours."""
    penguins = columns(
        db, "select culmen_length_mm, culmen_depth_mm, flipper_length_mm, sex from penguins"
    )
    encoder = Encoder.fit(penguins, scaling=Scaling(ddof=1))
    *numbers, sex = encoder.blocks
    assert sex.categories == (".", "FEMALE", "MALE", None)
    # Printed is 217.040123, which 124 lengths in whole millimetres cannot average to: the fourth
    # decimal must be a 3, as in 26,913 / 124.
    means = [
        (47.509677, 14.993548, 217.040323),
        (38.207813, 18.03125, 187.992188),
        (47.036346, 18.834808, 197.1612),
    ]
    shares = [
        (0.008064516129032258, 0.47580645161290325, 0.49193548387096775, 0.024193548387096774),
        (0, 0.625, 0.34375, 0.03125),
        (0, 0.2826086956521739, 0.6847826086956522, 0.03260869565217391),
    ]
    centroids = np.hstack([means, shares])
    for j, block in enumerate(numbers):
        centroids[:, j] = (centroids[:, j] - block.mean) / block.stddev
    model = KMeans(encoder, centroids, "EUCLIDEAN")
    model.measure(encoder.transform(penguins))
    return model


def test_metrics_at_the_printed_centroids_match_bigquery(db, kmeans, compare):
    [metrics] = kmeans.evaluate(Dataset(columns(db, FOUR_PENGUINS), None), {})
    assert list(metrics) == ["davies_bouldin_index", "mean_squared_distance"]
    printed = {"davies_bouldin_index": 1.523606, "mean_squared_distance": 1.965944}
    for metric, bigquery in printed.items():
        compare("C6", metric, bigquery, metrics[metric], rel=1e-6)


def test_the_nearest_centroids_are_bigquerys(db, kmeans):
    nearest = kmeans.predict(columns(db, FOUR_PENGUINS)).argmin(axis=1) + 1
    assert sorted(nearest) == [1, 2, 2, 3]  # printed without order


def test_the_printed_centroids_are_the_means_of_the_assignment_before(db, kmeans):
    penguins = "select culmen_length_mm, culmen_depth_mm, flipper_length_mm, sex from penguins"
    sizes = np.bincount(kmeans.predict(columns(db, penguins)).argmin(axis=1))
    assert sizes.tolist() == [123, 129, 92]  # and not 124, 128, 92, whose means they are
    parts = kmeans.describe("CENTROIDS", {}, [])
    shares = [part for part in parts if part["feature"] == "sex"]
    for part, size in zip(shares, (124, 128, 92), strict=True):
        rows = [pair["value"] * size for pair in part["categorical_value"]]
        assert rows == pytest.approx(np.round(rows), abs=1e-6)
