"""What a model keeps of its training data, against numpy and in the model table."""

import numpy as np
import pytest
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.distribution import KEPT_CATEGORIES, distribution
from hypothesis import given
from hypothesis import strategies as st


def of_numbers(values: list[float]) -> dict:
    return distribution(Column("x", "FLOAT64", np.array(values, dtype=float)))


@given(st.lists(st.integers(-3, 40) | st.floats(-100, 100) | st.just(float("nan")), min_size=1))
def test_buckets_hold_every_number_once(values):
    kept, known = of_numbers(values), np.array([v for v in values if v == v])
    assert kept["row_count"] == len(values)
    assert kept["null_count"] == len(values) - len(known)
    for name in ("histogram", "quantiles"):
        assert sum(bucket["n"] for bucket in kept[name]) == len(known)
    uppers = [bucket["upper"] for bucket in kept["quantiles"]]
    assert uppers == sorted(set(uppers))
    lower = -np.inf
    for bucket in kept["quantiles"]:
        assert bucket["n"] == np.count_nonzero((known > lower) & (known <= bucket["upper"]))
        lower = bucket["upper"]


def test_a_histogram_has_ten_equal_buckets():
    values = np.random.default_rng(0).normal(size=1000)
    counts, edges = np.histogram(values, bins=10)
    kept = of_numbers(values)["histogram"]
    assert [bucket["n"] for bucket in kept] == counts.tolist()
    assert [bucket["low"] for bucket in kept] == pytest.approx(edges[:-1])
    assert [bucket["high"] for bucket in kept] == pytest.approx(edges[1:])


def test_one_value_gets_a_range_around_it():
    kept = of_numbers([7, 7])["histogram"]
    assert (kept[0]["low"], kept[-1]["high"]) == (6.5, 7.5)


def test_infinite_numbers_are_in_the_last_bucket_only():
    kept = of_numbers([1, 2, np.inf])
    assert sum(bucket["n"] for bucket in kept["histogram"]) == 2
    assert kept["quantiles"][-1] == {"upper": np.inf, "n": 1}


def test_numbers_whose_range_is_beyond_float64_have_no_histogram():
    assert of_numbers([-1.7e308, 1.7e308])["histogram"] == []


def test_the_most_frequent_values_are_kept():
    count = KEPT_CATEGORIES + 5
    codes = np.array([*range(count), 7, 7, 3, -1])
    column = Column("k", "STRING", codes, tuple(f"{code:05}" for code in range(count)))
    kept = distribution(column)
    assert kept["null_count"] == 1
    assert kept["categories"][:3] == [
        {"value": "00007", "n": 3}, {"value": "00003", "n": 2}, {"value": "00000", "n": 1},
    ]  # fmt: skip
    assert len(kept["categories"]) == KEPT_CATEGORIES


def test_a_column_without_values_is_kept_as_such():
    assert of_numbers([np.nan]) == {
        "input": "x", "row_count": 1, "null_count": 1, "histogram": [], "quantiles": [],
        "categories": [],
    }  # fmt: skip
