import math

import numpy as np
import pytest
from duckdb_bqml.algorithms.anomalies import Cutoffs
from duckdb_bqml.artifact import sealed, unsealed

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("rows", [1, 2, 3, 20, 101, 9_999, 10_000])
def test_the_cutoff_of_few_rows_is_the_exact_quantile(rows):
    scores = RNG.permutation(rows) + 1.0  # the score of the element at position p is p
    cutoffs = Cutoffs.of(scores)
    for above in {0, 1, rows // 7, rows // 3, rows // 2}:
        if above <= rows / 2:
            assert cutoffs.at(above / rows) == rows - above


@pytest.mark.parametrize("contamination", [0, 0.0001, 0.01, 0.1, 0.25, 0.3333, 0.35, 0.5])
def test_the_cutoff_of_many_rows_is_exact_to_four_decimals(contamination):
    rows = 123_457
    cutoffs = Cutoffs.of(RNG.permutation(rows) + 1.0)
    parts = round(contamination * 10_000)
    assert cutoffs.at(contamination) == math.ceil((10_000 - parts) * rows / 10_000)
    assert len(cutoffs.scores) <= 5_001


def test_any_other_contamination_takes_the_next_higher_score():
    cutoffs = Cutoffs.of(np.arange(1, 1_000_001.0))
    assert cutoffs.at(0.10005) == cutoffs.at(0.1) == 900_000


def test_no_training_row_is_above_the_cutoff_of_no_contamination():
    assert Cutoffs.of(np.array([3.0, 1.0, 2.0])).at(0) == 3


def test_cutoffs_survive_an_artifact():
    cutoffs = Cutoffs.of(RNG.random(30_000))
    parts = unsealed(sealed({"rows": cutoffs.rows, "scores": cutoffs.scores}))
    restored = Cutoffs(parts["rows"], parts["scores"])
    assert [restored.at(c) for c in (0, 0.2, 0.5)] == [cutoffs.at(c) for c in (0, 0.2, 0.5)]
