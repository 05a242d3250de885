"""The size of a value in BigQuery's logical bytes."""

import duckdb
import pytest

from cost import CostError
from cost.sizes import FIXED, VARYING, logical_bytes


def measured(value: str, type_name: str, *steps: str) -> int | None:
    return duckdb.sql(
        f"select {logical_bytes('held', type_name, steps)} from (select {value} as held)"
    ).fetchone()[0]


@pytest.mark.parametrize(
    ("value", "type_name", "bytes_"),
    [
        ("1::bigint", "INT64", 8),
        ("1.5::decimal(38, 9)", "NUMERIC", 16),
        ("interval 1 day", "INTERVAL", 16),
        ("false", "BOOL", 1),
        ("'Zürïc'", "STRING", 2 + 7),
        ("''", "STRING", 2),
        ("'\\x00\\xFF'::blob", "BYTES", 2 + 2),
        ("'{}'::json", "JSON", 2),
    ],
)
def test_a_value_has_the_size_of_its_type(value, type_name, bytes_):
    assert measured(value, type_name) == bytes_


@pytest.mark.parametrize("type_name", [*FIXED, *VARYING])
def test_null_has_none(type_name):
    value = "null::blob" if type_name == "BYTES" else "null"
    assert measured(value, type_name) is None


def test_a_part_is_measured_alone_and_an_array_by_its_elements():
    parts = "[{'a \"b\"': 1, 'names': ['x', null, 'yz']}, {'a \"b\"': null, 'names': []}]"
    assert measured(parts, "INT64", "[]", 'a "b"') == 8
    assert measured(parts, "STRING", "[]", "names", "[]") == 2 + 1 + 2 + 2


def test_a_type_whose_size_is_not_known_is_named():
    with pytest.raises(CostError, match=r"size of a GEOGRAPHY is not known here \(held\)"):
        logical_bytes("held", "GEOGRAPHY")
