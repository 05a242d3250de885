import json
from datetime import UTC, datetime

import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from duckdb_bqml.algorithms.dataset import Column, describe
from duckdb_bqml.algorithms.design import to_dense
from duckdb_bqml.algorithms.encoding import Encoder, Scaling
from hypothesis import given
from hypothesis import strategies as st

NAN = float("nan")


def number(values, name="x", data_type="FLOAT64"):
    return Column(name, data_type, np.array(values, dtype=float))


def category(values, name="c"):
    categories = sorted({value for value in values if value is not None})
    codes = [-1 if value is None else categories.index(value) for value in values]
    return Column(name, "STRING", np.array(codes, dtype=np.intp), tuple(categories))


def dense(encoder, *columns):
    return to_dense(encoder.transform(columns))


def test_numbers_are_standardized_with_the_population_stddev_and_null_is_the_mean():
    column = number([1, 3, NAN])
    assert dense(Encoder.fit([column]), column).tolist() == [[-1], [1], [0]]


@pytest.mark.parametrize(
    ("scaling", "encoded"),
    [
        (Scaling(ddof=1), [-1, 0, 1, 0]),
        (Scaling(ddof=1, is_scaled=False), [-2, 0, 2, 0]),
        (Scaling(ddof=1, is_centered=False), [1.5, 2.5, 3.5, 2.5]),
        (Scaling(is_centered=False, is_scaled=False), [3, 5, 7, 5]),
    ],
)
def test_a_number_is_centred_and_scaled_as_asked_and_decodes_to_itself(scaling, encoded):
    column = number([3, 5, 7, NAN])
    encoder = Encoder.fit([column], scaling=scaling)
    assert dense(encoder, column)[:, 0] == pytest.approx(encoded)
    (block,) = encoder.blocks
    for value, code in zip([3, 5, 7, 5], encoded, strict=True):
        assert block.decode(code) == pytest.approx(value)
        assert block.decode(code, standardize=True) == pytest.approx((value - 5) / block.stddev)


@pytest.mark.parametrize("values", [[0.1] * 3, [NAN] * 3, [5.0]])
def test_a_column_without_variance_encodes_as_zero(values):
    column = number(values)
    assert not dense(Encoder.fit([column]), column).any()


def test_an_infinite_number_is_refused():
    with pytest.raises(ModelError, match="column 'x' is infinite in 1 rows"):
        Encoder.fit([number([1, float("inf")])])


def test_null_is_a_category_of_its_own_only_if_training_saw_it():
    with_null, without_null = category(["a", None, "b"]), category(["a", "b"])
    assert dense(Encoder.fit([with_null]), with_null).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert dense(Encoder.fit([without_null]), with_null).tolist() == [[1, 0], [0, 0], [0, 1]]


def test_the_text_null_filler_is_not_null():
    column = category([None, "_null_filler"])
    assert dense(Encoder.fit([column]), column).tolist() == [[0, 1], [1, 0]]


def test_an_unseen_category_encodes_as_zeros():
    encoder = Encoder.fit([category(["a", "b"])])
    assert dense(encoder, category(["z", "b"])).tolist() == [[0, 0], [0, 1]]


def test_a_category_absent_from_the_training_rows_is_not_learnt():
    column = category(["a", "b", "c"]).take(np.array([0, 2]))
    assert Encoder.fit([column]).blocks[0].categories == ("a", "c")


@pytest.mark.parametrize(
    ("values", "dropped"), [(["b", "a", "b"], "b"), (["b", "a"], "a"), ([None, None, "a"], None)]
)
def test_dummy_encoding_leaves_the_most_frequent_category_empty(values, dropped):
    column = category(values)
    encoder = Encoder.fit([column], dummy=True)
    block = encoder.blocks[0]
    assert block.categories[block.dropped] == dropped
    assert not dense(encoder, column)[[value == dropped for value in values]].any()
    assert dense(encoder, column).sum() == sum(value != dropped for value in values)


@pytest.mark.parametrize(
    ("moment", "parts"),
    [
        # day of month, day of week (Sunday 1), month, hour, minute, week of year, year
        ("2023-01-01 00:00:00", (1, 1, 1, 0, 0, 1, 2023)),
        ("2022-01-01 23:59:59.5", (1, 7, 1, 23, 59, 0, 2022)),
        ("2024-12-31 12:30:00", (31, 3, 12, 12, 30, 52, 2024)),
        ("1969-12-31 23:59:59.5", (31, 4, 12, 23, 59, 52, 1969)),
    ],
)
def test_a_timestamp_expands_into_calendar_parts(moment, parts):
    seconds = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    blocks = Encoder.fit([number([seconds], "at", "TIMESTAMP")]).blocks
    assert [block.name for block in blocks] == [
        "at",
        *(f"_TS_{part}_at" for part in ("DOM", "DOW", "MOY", "HOD", "MOH", "WOY", "YEAR")),
    ]
    assert tuple(int(block.categories[0]) for block in blocks[1:]) == parts


def test_a_null_timestamp_is_null_in_every_part():
    column = number([0, NAN], "at", "TIMESTAMP")
    blocks = Encoder.fit([column]).blocks
    assert [block.categories[-1] for block in blocks[1:]] == [None] * 7


def test_feature_statistics():
    assert describe(number([4, 1, 3, 2, NAN])) == {
        "input": "x",
        "min": 1,
        "max": 4,
        "mean": 2.5,
        "median": 2,
        "stddev": pytest.approx(np.std([1, 2, 3, 4], ddof=1)),
        "category_count": None,
        "null_count": 1,
    }
    assert describe(category(["a", "b", "a", None])) == {
        "input": "c",
        "category_count": 2,
        "null_count": 1,
    }
    assert describe(number([NAN]))["null_count"] == 1


numbers = st.floats(-1e6, 1e6) | st.just(NAN)
texts = st.none() | st.text(max_size=3)


scalings = st.builds(Scaling, st.integers(0, 1), st.booleans(), st.booleans())


@given(st.lists(st.tuples(numbers, texts), min_size=1, max_size=30), st.booleans(), scalings)
def test_an_encoder_survives_json(rows, dummy, scaling):
    columns = [number([x for x, _ in rows]), category([text for _, text in rows])]
    encoder = Encoder.fit(columns, dummy=dummy, scaling=scaling)
    restored = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert restored.blocks == encoder.blocks
    assert np.array_equal(dense(restored, *columns), dense(encoder, *columns))


@given(st.lists(texts, min_size=1, max_size=30))
def test_one_hot_decodes_to_the_category(values):
    column = category(values)
    encoder = Encoder.fit([column])
    decoded = [encoder.blocks[0].categories[k] for k in dense(encoder, column).argmax(axis=1)]
    assert decoded == values
