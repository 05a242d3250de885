"""What data must be: each node takes what it describes and refuses the rest by a Fault."""

import math

import numpy as np
import pytest
from duckdb_bqml.algorithms.described import (
    ANYTHING,
    NUMBER,
    OBJECT,
    TEXT,
    TRUTH,
    Array,
    Blocks,
    Bytes,
    Described,
    Fault,
    Fields,
    Finite,
    ListOf,
    OneOf,
    Optional,
    Sizes,
    Table,
    Whole,
)
from hypothesis import given
from hypothesis import strategies as st

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = [value]
    return value


def is_so(node, value, known=None):
    try:
        node.check(value, "it", Sizes(known or {}))
    except Fault as fault:
        assert str(fault).startswith("it")
        return False
    return True


@pytest.mark.parametrize(
    ("node", "good", "bad"),
    [
        (Finite(), [0, -1.5, 2**70, 1e308], [None, True, "1", math.nan, math.inf, 10**400, [1]]),
        (Finite(0), [0, -0.0, 3], [-1, -5e-324]),
        (Finite(-2, 2), [2, -2], [2.1]),
        (Whole(1), [1, 2**53], [0, 1.0, True, None, "1", 10**30]),
        (Whole(below="n"), [0, 2], [3, -1]),
        (TEXT, ["", "é", "a\x00"], [None, 1, b"a", "\ud800", ["a"]]),
        (TRUTH, [True, False], [0, 1, None, "true"]),
        (OneOf((None, "a", 2)), [None, "a", 2], [2.0, "b", True, []]),
        (Optional(TEXT), [None, "a"], [1]),
        (NUMBER, [1, "NaN", "-Infinity"], ["nan", "1", math.nan]),
        (ANYTHING, [None, {}, math.nan, nested(40)], [nested(60), {"\ud800": 1}, ["\ud800"]]),
        (ListOf(Finite()), [[], [1, 2.5], (1,)], [None, "12", {1: 2}, [True], [None], [math.nan]]),
        (ListOf(TEXT, "n"), [["a", "b", "c"]], [["a"], []]),
        (ListOf(TEXT, least=1, most=2), [["a"]], [[], ["a"] * 3]),
        (ListOf(Optional(TEXT), is_distinct=True), [["a", None]], [["a", "a"], [None, None]]),
        (Table(Finite(), "rows", "n"), [[], [[1, 2, 3]] * 2], [[[1, 2]], [[1, 2, "3"]], [3]]),
        (OBJECT, [{}, {"a": math.nan}], [None, [], "a", {"a": nested(60)}, {"a": "\ud800"}]),
        (Fields({"a": TEXT}), [{"a": "b"}], [{}, {"a": 1}, {"a": "b", "c": 1}, [], None]),
        (Fields({}, {"a": TEXT}, True), [{}, {"b": 1}, {"a": "b"}], [{"a": 1}]),
        (Array("<f8", ("n",)), [np.ones(3)], [np.ones(2), np.ones((3, 1)), np.ones(3, "<f4")]),
        (Array("<f8", (2, "n")), [np.ones((2, 3))], [np.ones((3, 3)), [[1.0]], None]),
        (Array("<f8", ("n",), least=0), [np.zeros(3)], [np.array([0, -1.0, 0])]),
        (Array("<f8", (1,)), [np.ones(1)], [np.array([np.nan]), np.array([np.inf])]),
        (Array("<f8", (1,), may_be_infinite=True), [np.array([np.inf])], [np.array([np.nan])]),
        (Array("<i4", (1,), below="n"), [np.array([2], "<i4")], [np.array([3], "<i4")]),
        (Bytes(), [b""], [None, "a", np.ones(1)]),
    ],
)
def test_a_node_takes_what_it_describes(node, good, bad):
    for value in good:
        assert is_so(node, value, {"n": 3}), value
    for value in bad:
        assert not is_so(node, value, {"n": 3}), value


NODES = [
    Finite(), Whole(), TEXT, TRUTH, NUMBER, OBJECT, Optional(TEXT), ListOf(Finite(), "n"), Bytes(),
    ListOf(Optional(TEXT), is_distinct=True), Table(Whole(), "n", "m"), Array("<f8", ("n",)),
    Fields({"a": TEXT}, {"b": ListOf(TEXT)}), Fields({"a": Whole(length="n")}, is_open=True),
    Blocks({"number": Fields({"mean": Finite()})}, lambda _: [{"kind": "number"}]),
]  # fmt: skip


@given(st.sampled_from(NODES), json_values)
def test_whatever_is_given_nothing_but_a_fault_is_raised(node, value):
    is_so(node, value)


def test_a_length_is_what_the_first_value_says():
    described = Described(
        {"names": ListOf(TEXT, "n"), "weights": Array("<f8", ("n", "k")), "k": Whole(length="k")}
    )
    described.check({"names": ["a", "b"], "weights": np.ones((2, 3)), "k": 3})
    for weights, k in ((np.ones((3, 3)), 3), (np.ones((2, 3)), 2)):
        with pytest.raises(Fault, match="instead of"):
            described.check({"names": ["a", "b"], "weights": weights, "k": k})


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"a": 1, "b": 2}, "b: unknown"),
        ({}, "a: missing"),
        ({"a": "x"}, "a: no whole number"),
        ({"a": 7}, "odd"),
    ],
)
def test_the_parts_are_those_described_and_obey_the_rules(parts, fault):
    described = Described({"a": Whole()}, lambda found, _: "odd" if found["a"] % 2 else None)
    described.check({"a": 6})
    with pytest.raises(Fault, match=fault):
        described.check(parts)


TRIALS = Described(
    {
        "trials/{trial}/names": ListOf(TEXT, "own"),
        "trials/{trial}/weights": Array("<f8", ("own",)),
        "model": Fields({"best": Whole(below="trial")}),
    }
)


def trials(*lengths, best=0):
    parts = {"model": {"best": best}}
    for number, length in enumerate(lengths):
        parts[f"trials/{number}/names"] = ["a"] * length
        parts[f"trials/{number}/weights"] = np.ones(length)
    return parts


def test_numbered_parts_have_lengths_of_their_own():
    TRIALS.check(trials(2, 3, 1, best=2))


@pytest.mark.parametrize(
    "change",
    [
        {"trials/1/weights": np.ones(2)},
        {"trials/3/weights": np.ones(2)},
        {"trials/02/names": ["a"]},
        {"trials/-1/names": ["a"]},
        {"model": {"best": 2}},
        {"trials/x": 1},
    ],
)
def test_numbered_parts_are_without_gaps_and_fit_together(change):
    with pytest.raises(Fault):
        TRIALS.check(trials(2, 3) | change)


BLOCKS = Blocks(
    {
        "number": Fields({"mean": Finite()}),
        "words": Fields({"categories": ListOf(TEXT, "width")}),
        "vector": Fields({"width": Whole(0, 10, length="width")}),
    },
    lambda data_type: [{"kind": "words"} if data_type == "STRING" else {"kind": "number"}],
    most=12,
)
ONE, WORDS = {"kind": "number", "mean": 1}, {"kind": "words", "categories": ["a", "b"]}


def test_blocks_say_how_wide_the_matrix_is():
    sizes = Sizes()
    BLOCKS.check([ONE, WORDS, {"kind": "vector", "width": 4}], "blocks", sizes)
    assert sizes == {"blocks": 3, "width": 7}


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [None],
        [{}],
        [{"kind": "other"}],
        [{"kind": ["number"]}],
        [{"kind": "number"}],
        [{**ONE, "width": 3}],
        [{"kind": "vector", "width": 10**18}],
        [{"kind": "vector", "width": 10}] * 2,
        [{"kind": "vector", "width": -1}],
        {"kind": "number"},
    ],
)
def test_blocks_that_are_none_are_refused(blocks):
    assert not is_so(BLOCKS, blocks)


def test_blocks_are_those_of_the_features():
    BLOCKS.check([ONE, WORDS], "it", Sizes(data_types=["INT64", "STRING"]))
    for types in (["INT64"], ["STRING", "INT64"], ["INT64", "STRING", "STRING"], []):
        with pytest.raises(Fault):
            BLOCKS.check([ONE, WORDS], "it", Sizes(data_types=types))
