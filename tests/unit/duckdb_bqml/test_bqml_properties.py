"""What holds for every data: encoders, splits, and models that travel in a database file."""

import json
import subprocess
import sys

import duckdb
import numpy as np
import pytest
from bqml_vocabulary.functions import TABLE_FUNCTIONS
from bqml_vocabulary.options import OPTIONS
from duckdb_bqml import register
from duckdb_bqml.algorithms import ALGORITHMS
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.design import to_dense
from duckdb_bqml.algorithms.encoding import Encoder, Number, Scaling
from duckdb_bqml.algorithms.partition import EVALUATE, TEST, canonical_order, purposes, row_hashes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

TEXTS = ("", "a", "b", "c", "é", "_null_filler")


@st.composite
def frames(draw, least=1, most=40):
    """Columns of every kind, of as many rows."""
    rows = draw(st.integers(least, most))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    columns = []
    for i, kind in enumerate(
        draw(st.lists(st.sampled_from(list(_COLUMNS)), min_size=1, max_size=5))
    ):
        columns.append(_COLUMNS[kind](f"{kind}{i}", rows, random))
    return columns, random


def _number(name, rows, random):
    values = np.round(random.normal(size=rows), 1) * random.choice([1, 1e-9, 1e9])
    return Column(name, "FLOAT64", np.where(random.random(rows) < 0.2, np.nan, values))


def _timestamp(name, rows, random):
    seconds = random.integers(-(10**10), 10**10, rows).astype(float)
    return Column(name, "TIMESTAMP", np.where(random.random(rows) < 0.2, np.nan, seconds))


def _category(name, rows, random):
    return Column(name, "STRING", random.integers(-1, len(TEXTS), rows), TEXTS)


def _vector(name, rows, random):
    return Column(name, "ARRAY<FLOAT64>", random.normal(size=(rows, 3)))


def _pairs(name, rows, random):
    values = random.normal(size=(rows, 4)) * (random.random((rows, 4)) < 0.5)
    return Column(name, "ARRAY<STRUCT<INT64, FLOAT64>>", csr_matrix(values))


def _set(name, rows, random):
    categories = (*TEXTS, None)
    members = csr_matrix((random.random((rows, len(categories))) < 0.4).astype(float))
    return Column(name, "ARRAY<STRING>", members, categories)


_COLUMNS = {
    "number": _number,
    "timestamp": _timestamp,
    "category": _category,
    "vector": _vector,
    "pairs": _pairs,
    "set": _set,
}

scalings = st.builds(Scaling, st.integers(0, 1), st.booleans(), st.booleans())


@given(frames(), st.booleans(), scalings)
def test_an_encoder_survives_json_and_stays_in_its_width(frame, dummy, scaling):
    columns, _ = frame
    encoder = Encoder.fit(columns, dummy=dummy, scaling=scaling)
    restored = Encoder.from_json(json.loads(json.dumps(encoder.to_json(), allow_nan=False)))
    assert restored.blocks == encoder.blocks
    design = to_dense(encoder.transform(columns))
    assert design.shape == (columns[0].rows, encoder.width)
    assert np.isfinite(design).all()
    assert np.array_equal(to_dense(restored.transform(columns)), design)


@given(frames(), scalings)
def test_what_is_encoded_can_be_decoded(frame, scaling):
    columns, _ = frame
    plain = [column for column in columns if column.data_type != "TIMESTAMP"]
    if not plain:
        return
    encoder = Encoder.fit(plain, scaling=scaling)
    design = to_dense(encoder.transform(plain))
    parts = np.split(design, np.cumsum([block.width for block in encoder.blocks])[:-1], axis=1)
    for column, block, encoded in zip(plain, encoder.blocks, parts, strict=True):
        if isinstance(block, Number):
            decoded = np.array([block.decode(value) for value in encoded[:, 0]])
            known = ~column.is_null
            scale = max(1e-12, np.abs(column.values[known]).max(initial=0))
            assert decoded[known] == pytest.approx(column.values[known], abs=1e-9 * scale)
        elif column.kind == "category":
            names = [block.categories[k] for k in encoded.argmax(axis=1)]
            assert names == [(*column.categories, None)[code] for code in column.values]
        elif column.kind == "vector":
            values = column.values
            assert np.array_equal(encoded, values if block.is_sparse is False else values.toarray())
        else:
            seen = [column.categories.index(name) for name in block.categories]
            assert np.array_equal(encoded, column.values.toarray()[:, seen])


@given(frames(least=2))
def test_the_order_of_rows_changes_no_block(frame):
    columns, random = frame
    order = random.permutation(columns[0].rows)
    shuffled = [column.take(order) for column in columns]
    encoder, other = Encoder.fit(columns), Encoder.fit(shuffled)
    for block, again in zip(encoder.blocks, other.blocks, strict=True):
        if isinstance(block, Number):  # sums differ in the last digit: training sorts rows first
            assert (block.mean, block.stddev) == pytest.approx((again.mean, again.stddev))
        else:
            assert block == again
    design = to_dense(encoder.transform(columns))
    assert np.array_equal(to_dense(encoder.transform(shuffled)), design[order])


@given(frames())
def test_the_order_of_columns_only_moves_blocks(frame):
    columns, random = frame
    order = random.permutation(len(columns))
    moved = [columns[i] for i in order]
    pieces = [to_dense(Encoder.fit([column]).transform([column])) for column in moved]
    whole = to_dense(Encoder.fit(moved).transform(moved))
    assert np.array_equal(np.hstack(pieces), whole)
    assert np.array_equal(row_hashes(moved), row_hashes(columns))


@given(frames(least=2))
def test_what_training_has_not_seen_adds_nothing(frame):
    columns, _ = frame
    sets = [column for column in columns if column.categories is not None]
    if not sets:
        return
    encoder = Encoder.fit([column.take(slice(0, 1)) for column in sets])
    design = to_dense(encoder.transform(sets))
    assert design.shape[1] == encoder.width
    assert set(np.unique(design)) <= {0, 1}
    assert np.array_equal(
        design[:1], to_dense(encoder.transform([c.take(slice(0, 1)) for c in sets]))
    )


@given(frames(least=2))
def test_sorted_by_hash_rows_come_in_one_order(frame):
    columns, random = frame
    shuffled = [column.take(random.permutation(columns[0].rows)) for column in columns[:1]]
    first = canonical_order(row_hashes(columns[:1]))
    second = canonical_order(row_hashes(shuffled))
    one, other = columns[0].take(first).values, shuffled[0].take(second).values
    if one.ndim == 2:
        one, other = csr_matrix(one).toarray(), csr_matrix(other).toarray()
    assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1), st.integers(0, 3))
def test_the_order_is_that_of_the_hashes(hashes, times):
    hashes = np.array(hashes * (times + 1), dtype=np.uint64)
    for values in (hashes, hashes >> np.uint64(60), hashes % np.uint64(5)):
        order = canonical_order(values)
        assert sorted(order) == list(range(len(values)))
        assert np.array_equal(values[order], np.sort(values))


@settings(max_examples=25)
@given(
    st.integers(0, 1000),
    st.integers(1_000, 3_000),
    st.sampled_from([0.1, 0.26, 0.5]),
    st.booleans(),
)
def test_a_random_split_depends_on_the_rows_alone(seed, rows, fraction, tunes):
    random = np.random.default_rng(seed)
    x = Column("x", "FLOAT64", random.integers(0, 10**6, rows).astype(float))
    c = Column("c", "STRING", random.integers(-1, len(TEXTS), rows), TEXTS)
    options = {"data_split_method": "RANDOM", "data_split_eval_fraction": fraction}
    if tunes:
        options |= {"num_trials": 3, "data_split_test_fraction": fraction / 2}
    chosen = purposes(options, row_hashes([x, c]), None)
    spread = 5 * np.sqrt(0.25 / rows)
    assert (chosen == EVALUATE).mean() == pytest.approx(fraction, abs=spread)
    assert (chosen == TEST).mean() == pytest.approx(fraction / 2 * tunes, abs=spread)
    order = random.permutation(rows)
    again = purposes(options, row_hashes([c.take(order), x.take(order)]), None)
    assert np.array_equal(again, chosen[order])


@pytest.mark.parametrize("values", ["whole", "flags", "tiny"])
def test_similar_rows_have_hashes_of_their_own(values):
    """Numbers with few bits, in columns that could cancel each other out."""
    grid = np.array(np.meshgrid(*[np.arange(10)] * 5)).reshape(5, -1).astype(float)
    if values == "flags":
        grid = np.array(np.meshgrid(*[np.arange(2)] * 16)).reshape(16, -1).astype(float)
    if values == "tiny":
        grid = grid * 5e-324
    columns = [Column(f"x{i}", "FLOAT64", row) for i, row in enumerate(grid)]
    hashes = row_hashes(columns)
    assert len(np.unique(hashes)) == grid.shape[1]
    # Evenly spread: of 16 equal parts of the range each has its share.
    counts = np.bincount((hashes >> np.uint64(60)).astype(int), minlength=16)
    assert counts == pytest.approx(grid.shape[1] / 16, rel=0.1)


# ---- models of every type

ROWS = """
    select i as number, i / 7.0::double as ratio, if(i % 9 = 0, null, 'k' || i % 5) as kind,
           timestamp '2024-02-28' + interval (i) hour as at, ['a', 'k' || i % 3] as tags,
           [i % 4, 1.5]::double[] as vector, [{'i': i % 6, 'x': i % 4 - 1.5}] as pairs,
           {'x': i % 11, 'y': i % 2 = 0} as inner, i % 2 as label
    from range(300) t(i)
"""
PREDICTING = [
    model_type
    for model_type in ALGORITHMS
    if TABLE_FUNCTIONS["PREDICT"].columns_of(model_type) is not None
]
REQUIRED = {"PCA": {"num_principal_components": 3}, "KMEANS": {"num_clusters": 3}}
PREDICT_ALL = """
import json, sys, duckdb
from duckdb_bqml import register
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    connection.execute("set enable_progress_bar = false")
    register(connection)
    print(json.dumps({
        name: [
            [value.hex() for value in row]
            for row, in connection.sql(
                f"select bqml_predict('{name}', (select model_version from {name}), r) from t r"
            ).fetchall()
        ]
        for name in sys.argv[2:]
    }))
"""


def _predictions(connection, name, rows):
    """The predictions for a query's rows, of which each is a list of numbers in full."""
    return [
        [value.hex() for value in row]
        for (row,) in connection.sql(
            f"select bqml_predict('{name}', (select model_version from {name}), r) from ({rows}) r"
        ).fetchall()
    ]


def _train_every_type(connection):
    """A table `t` of rows and the names of the models trained on it, one of each type."""
    register(connection)
    connection.execute(f"create table t as {ROWS}")
    for model_type in PREDICTING:
        name = f"m_{model_type.lower()}"
        columns = "*" if "input_label_cols" in OPTIONS[model_type] else "* exclude label"
        connection.execute(
            f"create table {name} as select unnest(bqml_train('{name}', ?, list(r))) "
            f"from (select {columns} from t) r",
            [json.dumps({"model_type": model_type, **REQUIRED.get(model_type, {})})],
        )
        yield name


def test_the_rows_beside_it_change_no_bit_of_a_prediction():
    with duckdb.connect() as connection:
        for name in _train_every_type(connection):
            together = _predictions(connection, name, "from t")
            backwards = _predictions(connection, name, "from t order by number desc")
            assert backwards == together[::-1], name
            for number in (0, 1, 150, 299):
                alone = _predictions(connection, name, f"from t where number = {number}")
                assert alone == [together[number]], name


def test_a_model_predicts_the_same_in_another_process_to_the_last_bit(tmp_path):
    path = str(tmp_path / "models.duckdb")
    with duckdb.connect(path) as connection:
        expected = {
            name: _predictions(connection, name, "from t")
            for name in list(_train_every_type(connection))
        }
    found = subprocess.run(
        [sys.executable, "-c", PREDICT_ALL, path, *expected],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(found.stdout) == expected


@pytest.mark.parametrize(
    "options",
    [
        {"model_type": "linear_reg"},
        {"model_type": "kmeans", "num_clusters": 3},
        {"model_type": "pca", "num_principal_components": 1},
    ],
)
def test_metrics_do_not_depend_on_the_order_of_the_rows(db, options):
    label = ", sin(range) as label" if options["model_type"] == "linear_reg" else ""
    query = f"select ln(range + 1) as x, cos(range) as y{label} from range(2000)"
    db.train("m", query, **options)
    orders = ("range", "-range", "hash(range)")
    measured = [db.evaluate("m", f"{query} order by {order}") for order in orders]
    assert measured[0] == measured[1] == measured[2]
