"""Forged models are refused by one sentence, or answer: tests/support/forgeries.py says how."""

import forgeries
import pytest
from duckdb_bqml.algorithms import ALGORITHMS

FEW = 100


@pytest.mark.parametrize("model", forgeries.ORIGINALS)
def test_no_forged_model_ends_the_process_or_shows_a_trace(model):
    counts, wrong = forgeries.tried(model, FEW)
    assert wrong == []
    assert counts.keys() == {forgeries.REFUSED, forgeries.ANSWERED}
    assert counts.total() == FEW


def test_every_model_type_is_forged():
    types = {original.options["model_type"].upper() for original in forgeries.ORIGINALS.values()}
    assert types == set(ALGORITHMS)


def test_a_forgery_is_the_same_by_its_number():
    forger = forgeries.Forger("kmeans")
    found = []
    for number in (3, 4, 3):
        forger.forge(number)
        found.append(forger.connection.execute("from forged").fetchall())
    assert found[0] == found[2] != found[1]
