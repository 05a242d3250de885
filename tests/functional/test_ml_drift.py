"""ml_validate_data_drift and _skew against their definition, computed apart from it with NumPy."""

import duckdb
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


MODEL = """
{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'linear_reg', 'input_label_cols': ['id'], 'data_split_method': 'no_split',
    TRANSFORM
}}) }}
select id, root, even, kind, flag from {{ ref('base') }}
"""
TRANSFORM = "'transform': ['ml.standard_scaler(root) over () as scaled', 'kind', 'id'],"


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
    for name, settings in {
        "words": "categorical_metric_type='jensen_shannon_divergence'",
        "single": "thresholds={'Even': 0, 'kind': 0.9}",
        "fine": "num_histogram_buckets=50",
        "ranked": "num_rank_histogram_buckets=1",
    }.items():
        project.model(
            name,
            "select * from {{ ml_validate_data_drift("
            f"'{one}, '{other}, {settings}"
            ") }} as drift",
        )
    mixed = "select flag as root, 1 as kind, even from ' ~ ref('study')"
    project.model(
        "mixed", f"select * from {{{{ ml_validate_data_drift('{one}, '{mixed}) }}}} as drift"
    )
    project.model("model", MODEL.replace("TRANSFORM", ""))
    project.model("transformed", MODEL.replace("TRANSFORM", TRANSFORM))
    for name in ("model", "transformed"):
        project.model(
            f"skew_of_{name}",
            f"select * from {{{{ ml_validate_data_skew(ref('{name}'), '{other}) }}}} as skew",
        )
    project.dbt("run").succeeded()
    return project


def divergence(one: np.ndarray, other: np.ndarray, bins: int = 10) -> float:
    """Base-2 Jensen-Shannon divergence of two histograms on the union of their edges."""
    histograms = [np.histogram(x, bins=bins) for x in (one, other)]
    edges = np.unique(np.concatenate([edges for _, edges in histograms]))
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    p, q = (
        np.where(
            (middle > own[0]) & (middle < own[-1]),
            (counts / counts.sum() / np.diff(own))[
                np.clip(np.searchsorted(own, middle) - 1, 0, bins - 1)
            ],
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


def test_a_column_may_have_a_threshold_of_its_own(project):
    assert project.query(
        "select input, threshold, is_anomaly from single where input in ('even', 'kind', 'root')"
        " order by input"
    ) == [("even", 0, True), ("kind", 0.9, False), ("root", 0.3, True)]


def test_categories_are_compared_by_jensen_shannon_divergence_if_asked(project):
    p, q = np.array([2, 2]) / 4, np.array([3, 1]) / 4
    m = (p + q) / 2
    expected = 0.5 * np.sum(p * np.log2(p / m)) + 0.5 * np.sum(q * np.log2(q / m))
    [(metric, value)] = project.query("select metric, value from words where input = 'kind'")
    assert metric == "JENSEN_SHANNON_DIVERGENCE"
    assert value == pytest.approx(expected)


def test_the_number_of_buckets_counts(project):
    expected = divergence(values(project, "base", "root"), values(project, "study", "root"), 50)
    [(value,)] = project.query("select value from fine where input = 'root'")
    assert value == pytest.approx(expected, abs=1e-9)


def test_only_the_most_frequent_values_of_each_side_count(project):
    """As frequent as another, the first of the alphabet: both sides keep `a`, and all of it."""
    assert project.query("select value from ranked where input = 'kind'") == [(0,)]


def test_a_number_on_one_side_only_has_no_divergence(project):
    found = project.query("select input, metric from mixed order by input")
    assert found == [
        ("even", "JENSEN_SHANNON_DIVERGENCE"), ("kind", "L_INFTY"), ("root", "L_INFTY"),
    ]  # fmt: skip


@pytest.mark.parametrize("model", ["model", "transformed"])
def test_skew_is_drift_from_the_training_rows(project, model):
    """Of the columns before TRANSFORM; the base is what the model has kept."""
    inputs = ["even", "flag", "kind", "root"] if model == "model" else ["kind", "root"]
    columns = "input, metric, threshold, round(value, 9), is_anomaly"
    found = project.query(f"select {columns} from skew_of_{model} order by input")
    names = ", ".join(f"'{name}'" for name in inputs)
    assert found == project.query(
        f"select {columns} from drift where input in ({names}) order by input"
    )


def test_a_model_that_kept_nothing_is_to_be_trained_anew(project):
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("alter table model drop column reference")
    outcome = project.dbt("run", "--select", "skew_of_model")
    outcome.failed_saying(
        "ml_validate_data_skew of model", "train it anew (dbt run --select model)"
    )


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("numerical_default_threshold=1", "must be a number from 0 to below 1, got 1"),
        ("categorical_default_threshold='0.1'", "must be a number from 0 to below 1"),
        ("thresholds={'x': -0.1}", "'thresholds' of x must be a number from 0 to below 1"),
        ("thresholds='x'", "'thresholds' must map columns to numbers"),
        ("categorical_metric_type='PSI'", "must be L_INFTY or JENSEN_SHANNON_DIVERGENCE"),
        ("numerical_metric_type='L_INFTY'", "must be JENSEN_SHANNON_DIVERGENCE, got"),
        ("num_histogram_buckets=0", "must be a whole number from 1 to 1000, got 0"),
        ("num_rank_histogram_buckets=10001", "must be a whole number from 1 to 10000"),
    ],
)
def test_a_setting_out_of_range_is_refused(project, setting, words):
    name = setting.partition("=")[0]
    project.model("wrong", f"from {{{{ ml_validate_data_drift('base', 'study', {setting}) }}}}")
    outcome = project.dbt("compile", "--select", "wrong")
    outcome.failed_saying(f"ml_validate_data_drift in wrong: '{name}'", words)
    (project.root / "models" / "wrong.sql").unlink()
