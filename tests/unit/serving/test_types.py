"""BigQuery's types in their Python, stored and JSON forms."""

import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from feature_views import VALUES, same
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.errors import UnsupportedError, ValueRefusedError
from serving.types import feature_type, order_of, parsed, stored

names = pytest.mark.parametrize("name", VALUES)


@names
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_value_comes_back_from_its_stored_form(name, data):
    type_ = feature_type(name)
    value = data.draw(VALUES[name])
    kept = stored(value, type_, "x")
    assert same(type_.load(kept) if type_.load else kept, value)


@names
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_value_comes_back_from_json(name, data):
    type_ = feature_type(name)
    value = data.draw(VALUES[name])
    dumped = json.loads(json.dumps(type_.dump(value) if type_.dump else value, allow_nan=False))
    read = parsed(dumped, type_, "x")
    assert same(stored(read, type_, "x"), stored(value, type_, "x"))


@names
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_stored_forms_are_ordered_as_their_values_are(name, data):
    type_ = feature_type(name)
    values = st.lists(st.floats(allow_nan=False)) if name == "ARRAY<FLOAT64>" else VALUES[name]
    one, other = data.draw(values), data.draw(values)
    if one == other or (isinstance(one, float) and (one != one or other != other)):
        return
    one_stored, other_stored = (order_of(stored(value, type_, "x")) for value in (one, other))
    assert (one < other) == (one_stored < other_stored)


def test_null_comes_first_and_nan_last():
    values = [math.nan, 1.0, None, math.inf, -math.inf]
    assert sorted(values, key=order_of)[:4] == [None, -math.inf, 1.0, math.inf]
    array = feature_type("ARRAY<FLOAT64>")
    assert array.store([math.inf]) < array.store([math.nan])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("int64", "INT64"),
        ("Integer", "INT64"),
        ("boolean", "BOOL"),
        ("string(20)", "STRING"),
        ("numeric(10, 2)", "NUMERIC"),
        ("array< float64 >", "ARRAY<FLOAT64>"),
    ],
)
def test_other_names_of_a_type_mean_it(written, name):
    assert feature_type(written).name == name


@pytest.mark.parametrize("name", ["json", "STRUCT<a INT64>", "geography", "array<array<int64>>"])
def test_a_type_that_no_store_holds_is_refused_by_name(name):
    with pytest.raises(UnsupportedError, match=r"feat\.x is .*, which the online store cannot"):
        feature_type(name).require_held("feat.x")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("INT64", "1", "'1' (str)"),
        ("INT64", True, "True (bool)"),
        ("INT64", 1.0, "1.0 (float)"),
        ("INT64", 1 << 63, "64 bits"),
        ("FLOAT64", "1.5", "(str)"),
        ("BOOL", 1, "(int)"),
        ("STRING", b"x", "(bytes)"),
        ("STRING", "\ud800", "surrogates"),
        ("BYTES", "x", "(str)"),
        ("DATE", datetime(2026, 1, 1), "(datetime)"),
        ("TIMESTAMP", datetime(2026, 1, 1), "time zone"),
        ("TIMESTAMP", date(2026, 1, 1), "(date)"),
        ("DATETIME", datetime(2026, 1, 1, tzinfo=UTC), "no time zone"),
        ("TIME", time(1, tzinfo=UTC), "(time)"),
        ("NUMERIC", 1.5, "(float)"),
        ("NUMERIC", Decimal("1e-10"), "9 after"),
        ("NUMERIC", Decimal("1e29"), "29 digits"),
        ("NUMERIC", Decimal("NaN"), "finite"),
        ("ARRAY<INT64>", "12", "(str)"),
        ("ARRAY<INT64>", [1, None], "no NULL"),
        ("ARRAY<INT64>", [1.5], "[1.5] (list)"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_column(name, value, why):
    with pytest.raises(ValueRefusedError) as error:
        stored(value, feature_type(name), "feat.x")
    assert str(error.value).startswith(f"feat.x is {name}; ")
    assert why in str(error.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("INT64", "1.5"),
        ("FLOAT64", "abc"),
        ("BOOL", "yes"),
        ("BYTES", "!"),
        ("DATE", "2026-13-01"),
        ("TIMESTAMP", "2026-01-01T00:00:00"),
        ("NUMERIC", "abc"),
    ],
)
def test_a_text_that_is_no_value_is_refused_with_its_column(name, text):
    with pytest.raises(ValueRefusedError, match=f"feat.x is {name}; "):
        parsed(text, feature_type(name), "feat.x")
