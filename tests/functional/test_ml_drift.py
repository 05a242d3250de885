"""ml_validate_data_drift against its definition, computed apart from it with NumPy."""

import numpy as np
import pytest

TABLE = """
select
    range as id,
    sqrt(range) * {scale} as root,
    (hash(range + {seed}) % 1000) / 10.0 as even,
    cast(7 as integer) as same,
    case when range % 5 < {cut} then 'a' when range % 5 = 4 then null else 'b' end as kind,
    range % 2 = 0 as flag
from range({rows})
"""


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("base", TABLE.format(scale=1.0, seed=1, cut=2, rows=500))
    project.model("study", TABLE.format(scale=1.5, seed=2, cut=3, rows=900))
    columns = "select root, even, same, kind, flag from ' ~ ref('{name}')"
    one, other = columns.format(name="base"), columns.format(name="study")
    project.model(
        "drift",
        f"select * from {{{{ ml_validate_data_drift('{one}, '{other}) }}}} as drift",
    )
    project.model(
        "none",
        f"select * from {{{{ ml_validate_data_drift('{one}, '{one}) }}}} as drift",
    )
    project.model(
        "strict",
        "select * from {{ ml_validate_data_drift("
        f"'{one}, '{other}, numerical_default_threshold=0.01, categorical_default_threshold=0.01"
        ") }} as drift",
    )
    project.dbt("run").succeeded()
    return project


def divergence(one: np.ndarray, other: np.ndarray) -> float:
    """Base-2 Jensen-Shannon divergence of two 10-bucket histograms on the union of their edges."""
    histograms = [np.histogram(x, bins=10) for x in (one, other)]
    edges = np.unique(np.concatenate([edges for _, edges in histograms]))
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    p, q = (
        np.where(
            (middle > own[0]) & (middle < own[-1]),
            (counts / counts.sum() / np.diff(own))[np.clip(np.searchsorted(own, middle) - 1, 0, 9)],
            0,
        )
        * width
        for counts, own in histograms
    )
    m = (p + q) / 2
    return sum(
        0.5 * np.sum(side[side > 0] * np.log2(side[side > 0] / m[side > 0])) for side in (p, q)
    )


def values(project, table: str, column: str) -> np.ndarray:
    return np.array(project.query(f"select {column} from {table}"), dtype=float).ravel()


@pytest.mark.parametrize("column", ["root", "even"])
def test_numbers_are_compared_by_jensen_shannon_divergence(project, column):
    expected = divergence(values(project, "base", column), values(project, "study", column))
    [(metric, threshold, value)] = project.query(
        f"select metric, threshold, value from drift where input = '{column}'"
    )
    assert (metric, threshold) == ("JENSEN_SHANNON_DIVERGENCE", 0.3)
    assert value == pytest.approx(expected, abs=1e-9)


def test_categories_are_compared_by_their_greatest_difference_without_nulls(project):
    [(metric, value)] = project.query("select metric, value from drift where input = 'kind'")
    assert metric == "L_INFTY"
    assert value == pytest.approx(abs(2 / 4 - 3 / 4))


def test_each_column_is_one_row(project):
    assert project.query("select input from drift order by input") == [
        ("even",), ("flag",), ("kind",), ("root",), ("same",),
    ]  # fmt: skip


def test_equal_sides_do_not_differ(project):
    assert project.query("select max(value), bool_or(is_anomaly) from none") == [(0, False)]


def test_the_thresholds_decide_what_is_an_anomaly(project):
    anomalies = "select input from {} where is_anomaly order by input"
    assert ("kind",) in project.query(anomalies.format("strict"))
    assert ("same",) not in project.query(anomalies.format("strict"))
    assert ("kind",) not in project.query(anomalies.format("drift"))
