"""The packed form of a state."""

import pytest
from feature_views import every_type, make_view, rows_of_every_type, same
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.packed import Packer, packed_key
from serving.stores.base import Batch

VIEW = every_type()
TIMES = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(rows_of_every_type(VIEW), max_size=3), us=TIMES, deleted=st.booleans())
def test_a_state_comes_back_as_it_was_packed(rows, us, deleted):
    batch = Batch.of_rows(VIEW, rows)
    batch = batch._replace(event_us=[us] * len(rows), deleted=[int(deleted)] * len(rows))
    packer = Packer(VIEW)
    for n, data in enumerate(packer.pack_batch(batch)):
        values = tuple(column[n] for column in batch.features)
        assert same(packer.unpack(data), (us, batch.known_us[n], int(deleted), values))


@settings(max_examples=40, deadline=None)
@given(one=st.tuples(TIMES, TIMES), other=st.tuples(TIMES, TIMES))
def test_the_first_bytes_compare_as_the_times_do(one, other):
    packer = Packer(make_view())
    packed = [packer.pack(*times, 0, (1, 1.0))[:16] for times in (one, other)]
    assert (packed[0] < packed[1]) == (one < other)


def test_a_batch_without_null_is_packed_as_its_rows_are():
    view = make_view(features={"visits": "INT64", "is_new": "BOOL"})
    packer = Packer(view)
    batch = Batch([[1, 2]], [5, 6], [7, 8], [0, 0], [[1, 2], [0, 1]])
    rows = [packer.pack(5, 7, 0, (1, 0)), packer.pack(6, 8, 0, (2, 1))]
    assert packer.pack_batch(batch) == rows


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=80))
def test_bytes_that_are_no_state_are_told_apart(data):
    packer = Packer(make_view(features={"name": "STRING"}))
    try:
        packer.unpack(data)
    except ValueError:
        return
    # by chance the right columns, the right length
    assert data[16:18] == bytes.fromhex(make_view(features={"name": "STRING"}).schema_hash[:4])


def test_a_state_of_other_columns_is_refused():
    state = Packer(make_view(features={"visits": "INT64"})).pack(0, 0, 0, (1,))
    with pytest.raises(ValueError, match="no state of feat_user__stats@1"):
        Packer(make_view(features={"rate": "FLOAT64"})).unpack(state)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@settings(max_examples=40, deadline=None)
@given(keys=st.lists(st.tuples(TEXTS, st.binary(max_size=4)), min_size=2, unique=True))
def test_different_entities_have_different_keys(keys):
    view = make_view({"name": "STRING", "data": "BYTES"})
    assert len({packed_key(view, key) for key in keys}) == len(keys)


def test_a_key_says_its_types_and_lengths():
    view = make_view({"airport_code": "STRING", "gate": "INT64"})
    assert packed_key(view, ("JFK", 7), b"p:") == b"p:{s3:JFKi1:7}"
