import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.partition import (
    EVALUATE,
    TEST,
    TRAIN,
    Order,
    canonical_order,
    purposes,
    row_hashes,
)


def numbers(values, name="x", data_type="FLOAT64"):
    return Column(name, data_type, np.array(values, dtype=float))


def split(rows, method="AUTO_SPLIT", fraction=None, column=None, test=None, trials=None):
    """What each of so many rows is for."""
    options = {
        "data_split_method": method,
        "data_split_eval_fraction": fraction,
        "data_split_test_fraction": test,
        "num_trials": trials,
    }
    given = {name: value for name, value in options.items() if value is not None}
    return purposes(given, row_hashes([numbers(np.arange(rows))]), column)


def shares(found):
    return [(found == purpose).mean() for purpose in (TRAIN, EVALUATE, TEST)]


@pytest.mark.parametrize(("rows", "share"), [(499, 0), (500, 0.2), (50_000, 0.2)])
def test_auto_split_keeps_a_fifth_from_500_rows_on(rows, share):
    assert shares(split(rows)) == pytest.approx([1 - share, share, 0], abs=0.05)


def test_auto_split_keeps_ten_thousand_of_more_than_fifty_thousand_rows():
    assert np.bincount(split(50_001), minlength=3).tolist() == [40_001, 10_000, 0]


@pytest.mark.parametrize(("fraction", "share"), [(None, 0.2), (0.1, 0.1), (0.501, 0.5)])
def test_random_split_keeps_about_the_fraction(fraction, share):
    found = split(20_000, "RANDOM", fraction)
    assert shares(found) == pytest.approx([1 - share, share, 0], abs=0.01)


def test_no_split_trains_on_everything():
    assert (split(1000, "NO_SPLIT") == TRAIN).all()
    assert (purposes({}, row_hashes([numbers(np.arange(1000))]), None) == TRAIN).all()


def test_custom_split_evaluates_true_and_null():
    column = Column("c", "BOOL", np.array([0, 1, -1]), ("false", "true"))
    assert split(3, "CUSTOM", column=column).tolist() == [TRAIN, EVALUATE, EVALUATE]


def test_seq_split_evaluates_the_last_rows_and_trains_on_null():
    column = numbers([5, float("nan"), 1, 4, 3])
    assert (split(5, "SEQ", 0.4, column) == EVALUATE).tolist() == [True, False, False, True, False]
    assert split(5, "SEQ", None, column).tolist() == [EVALUATE, TRAIN, TRAIN, TRAIN, TRAIN]


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


# ---- the split of hyperparameter tuning


@pytest.mark.parametrize("rows", [500, 60_000])
def test_trials_split_eight_to_one_to_one(rows):
    assert shares(split(rows, trials=5)) == pytest.approx([0.8, 0.1, 0.1], abs=0.05)
    assert shares(split(rows, "RANDOM", trials=5)) == pytest.approx([0.8, 0.1, 0.1], abs=0.05)


def test_few_rows_all_train_the_trials():
    assert (split(499, trials=5) == TRAIN).all()
    assert (split(5000, "NO_SPLIT", trials=5) == TRAIN).all()


@pytest.mark.parametrize(
    ("evaluate", "test", "expected"),
    [
        (0.2, 0.3, [0.5, 0.2, 0.3]),
        (0.2, None, [0.8, 0.2, 0]),
        (None, 0.3, [0.7, 0, 0.3]),
        (0.0, 0.3, [0.7, 0, 0.3]),
        (0.2, 0.0, [0.8, 0.2, 0]),
        (0.0, 0.0, [1, 0, 0]),
        (0.104, 0.106, [0.79, 0.1, 0.11]),
        (0.5, 0.49, [0.01, 0.5, 0.49]),
    ],
)
def test_random_and_sequential_splits_of_trials_keep_both_fractions(evaluate, test, expected):
    found = split(20_000, "RANDOM", evaluate, test=test, trials=5)
    assert shares(found) == pytest.approx(expected, abs=0.01)
    column = numbers(np.arange(20_000)[::-1])
    found = split(20_000, "SEQ", evaluate, column, test, trials=5)
    assert shares(found) == pytest.approx(expected)
    # in the order of the column: those that train, then those that evaluate, then those that test
    assert (np.diff(found[::-1]) >= 0).all()


def test_a_sequential_split_of_trials_trains_on_null():
    column = numbers([5, float("nan"), 1, 4, 3])
    found = split(5, "SEQ", 0.2, column, 0.4, trials=5)
    assert found.tolist() == [TEST, TRAIN, TRAIN, TEST, EVALUATE]
    ten = numbers(np.arange(10))
    assert split(10, "SEQ", None, ten, trials=5).tolist() == [TRAIN] * 8 + [EVALUATE, TEST]


def test_equal_keys_of_a_sequential_split_keep_their_order():
    found = split(10, "SEQ", 0.2, numbers(np.zeros(10)), 0.3, trials=5)
    assert found.tolist() == [TRAIN] * 5 + [EVALUATE] * 2 + [TEST] * 3


def words(codes, categories=("EVAL", "TEST", "TRAIN"), data_type="STRING"):
    return Column("part", data_type, np.array(codes), categories)


def test_custom_split_of_trials_reads_the_words():
    found = split(4, "CUSTOM", column=words([2, 0, 1, 2]), trials=5)
    assert found.tolist() == [TRAIN, EVALUATE, TEST, TRAIN]
    assert split(2, "CUSTOM", column=words([0, 0], ("TRAIN",)), trials=5).tolist() == [TRAIN] * 2


@pytest.mark.parametrize(
    "column",
    [
        words([2, -1]),
        words([0, 1], ("TRAIN", "VALIDATION")),
        words([0, 1], ("TRAIN", "eval")),
        words([0, 1], ("false", "true"), "BOOL"),
        words([0, 1], ("TRAIN", "EVAL"), "BYTES"),
        numbers([0, 1], "part"),
        numbers([0, 1], "part", "INT64"),
    ],
)
def test_custom_split_of_trials_refuses_anything_else(column):
    with pytest.raises(ModelError) as refused:
        split(2, "CUSTOM", column=column, trials=5)
    assert str(refused.value) == (
        f"option 'data_split_col' names 'part' of type {column.data_type}; CUSTOM needs a STRING "
        "column of TRAIN, EVAL, TEST when num_trials is set"
    )


def test_words_are_no_split_without_trials():
    with pytest.raises(ModelError, match="CUSTOM needs a BOOL column"):
        split(2, "CUSTOM", column=words([2, 0]))


@pytest.mark.parametrize(
    ("rows", "method", "evaluate", "test", "column"),
    [
        (10, "SEQ", 0.6, 0.6, numbers(np.arange(10))),
        (3, "SEQ", 0.5, 0.5, numbers(np.arange(3))),
        (10, "SEQ", 0.5, 0.5, numbers(np.arange(10))),
        (2, "SEQ", 0.99, 0.99, numbers(np.arange(2))),
        (1000, "RANDOM", 0.5, 0.5, None),
        (1000, "RANDOM", 0.9, 0.9, None),
        (2, "CUSTOM", None, None, words([0, 1])),
    ],
)
def test_a_split_of_trials_that_trains_on_nothing_is_refused(rows, method, evaluate, test, column):
    with pytest.raises(ModelError, match=f"'data_split_method' = {method} leaves no row to train"):
        split(rows, method, evaluate, column, test, trials=5)


@pytest.mark.parametrize("method", ["AUTO_SPLIT", "RANDOM", "SEQ", "CUSTOM"])
def test_a_split_of_trials_does_not_depend_on_the_order_of_the_rows(method):
    rows = 2_000
    random = np.random.default_rng(3)
    x = numbers(random.integers(0, 1000, rows))
    column = {
        "SEQ": numbers(random.permutation(rows)),
        "CUSTOM": words(random.integers(0, 3, rows)),
    }
    options = {"data_split_method": method, "num_trials": 5}
    if method in ("RANDOM", "SEQ"):
        options |= {"data_split_eval_fraction": 0.2, "data_split_test_fraction": 0.1}
    by = column.get(method)
    found = purposes(options, row_hashes([x]), by)
    assert set(found.tolist()) == {TRAIN, EVALUATE, TEST}
    order = random.permutation(rows)
    again = purposes(options, row_hashes([x.take(order)]), by and by.take(order))
    assert np.array_equal(again, found[order])


# ---- the order


def test_an_order_puts_those_that_train_first_and_those_that_test_last():
    order = np.array([4, 0, 3, 1, 2])
    found = Order.of(order, np.array([TEST, TRAIN, EVALUATE, TRAIN, TEST]))
    assert found.rows.tolist() == [0, 1, 3, 4, 2]
    assert (found.counts, found.trained) == ((2, 1, 2), 2)


def test_an_order_holds_every_row_once_and_equal_rows_in_any_case():
    hashes = row_hashes([numbers([3, 1, 3, 2, 1])])
    order = canonical_order(hashes)
    found = Order.of(order, purposes({"data_split_method": "NO_SPLIT"}, hashes[order], None))
    assert sorted(found.rows.tolist()) == [0, 1, 2, 3, 4]
    assert found.counts == (5, 0, 0)


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
