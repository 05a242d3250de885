import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.partition import evaluation_rows, row_hashes


def numbers(values, name="x", data_type="FLOAT64"):
    return Column(name, data_type, np.array(values, dtype=float))


def split(rows, method="AUTO_SPLIT", fraction=None, column=None):
    options = {"data_split_method": method}
    if fraction is not None:
        options["data_split_eval_fraction"] = fraction
    return evaluation_rows(options, row_hashes([numbers(np.arange(rows))]), column)


@pytest.mark.parametrize(("rows", "share"), [(499, 0), (500, 0.2), (50_000, 0.2)])
def test_auto_split_keeps_a_fifth_from_500_rows_on(rows, share):
    assert split(rows).mean() == pytest.approx(share, abs=0.05)


def test_auto_split_keeps_ten_thousand_of_more_than_fifty_thousand_rows():
    assert split(50_001).sum() == 10_000


@pytest.mark.parametrize(("fraction", "share"), [(None, 0.2), (0.1, 0.1), (0.501, 0.5)])
def test_random_split_keeps_about_the_fraction(fraction, share):
    assert split(20_000, "RANDOM", fraction).mean() == pytest.approx(share, abs=0.01)


def test_no_split_trains_on_everything():
    assert not split(1000, "NO_SPLIT").any()


def test_custom_split_evaluates_true_and_null():
    column = Column("c", "BOOL", np.array([0, 1, -1]), ("false", "true"))
    assert split(3, "CUSTOM", column=column).tolist() == [False, True, True]


def test_seq_split_evaluates_the_last_rows_and_trains_on_null():
    column = numbers([5, float("nan"), 1, 4, 3])
    assert split(5, "SEQ", 0.4, column).tolist() == [True, False, False, True, False]
    assert split(5, "SEQ", None, column).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("method", "column"),
    [
        ("CUSTOM", numbers([1, 2])),
        ("SEQ", Column("d", "DATE", np.array([0, 1]), ("2020-01-01", "2020-01-02"))),
    ],
)
def test_a_split_column_of_the_wrong_type_is_refused(method, column):
    with pytest.raises(ModelError, match=f"{method} needs"):
        split(2, method, column=column)


def test_a_split_that_trains_on_nothing_is_refused():
    column = Column("c", "BOOL", np.array([0, 0]), ("true",))
    with pytest.raises(ModelError, match="CUSTOM leaves no row to train on"):
        split(2, "CUSTOM", column=column)


def test_a_row_hashes_by_its_contents_wherever_it_stands():
    x, c = (
        numbers([1, 2, 1, float("nan")]),
        Column("c", "STRING", np.array([0, 1, 0, -1]), ("a", "b")),
    )
    hashes = row_hashes([x, c])
    assert hashes[0] == hashes[2]
    assert len(set(hashes)) == 3
    order = np.array([3, 1, 0, 2])
    assert row_hashes([c.take(order), x.take(order)]).tolist() == hashes[order].tolist()


def test_the_hash_depends_on_the_column_names_but_not_on_unused_categories():
    first = Column("c", "STRING", np.array([0]), ("b",))
    wider = Column("C", "STRING", np.array([1]), ("a", "b"))
    renamed = Column("d", "STRING", np.array([0]), ("b",))
    assert row_hashes([first]) == row_hashes([wider])
    assert row_hashes([first]) != row_hashes([renamed])


def test_zero_and_minus_zero_are_one_value():
    assert row_hashes([numbers([0.0])]) == row_hashes([numbers([-0.0])])
