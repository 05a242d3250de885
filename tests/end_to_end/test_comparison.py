"""The comparison of tables finds what differs, and nothing else."""

import pyarrow as pa
import pytest
from both_engines.comparison import difference


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({"a": [1.0, None]}, {"a": [None, 1.0 + 1e-12]}, None),
        ({"a": [1.0]}, {"a": [1.0001]}, "column a differs in 1 of 1 rows"),
        ({"a": [1, 2]}, {"a": [2, 1]}, None),
        ({"a": [1, 1]}, {"a": [1, 2]}, "column a differs"),
        ({"a": ["x", None]}, {"a": [None, "y"]}, "column a differs"),
        ({"a": [1]}, {"a": [1, 1]}, "1 rows and 2 rows"),
        ({"a": [1]}, {"a": [1.0]}, "columns differ"),
        ({"a": [1]}, {"b": [1]}, "columns differ"),
        (
            {"raw_record": ['{"at":"2013-11-01T22:30:00Z"}']},
            {"raw_record": ['{"at":"2013-11-01 22:30:00+00"}']},
            None,
        ),
        (
            {"raw_record": ['{"at":"2013-11-01T22:30:00Z"}']},
            {"raw_record": ['{"at":"2013-11-01 22:30:01+00"}']},
            "column raw_record differs",
        ),
    ],
)
def test_a_difference_is_told(one, other, words):
    told = difference("any", pa.table(one), pa.table(other))
    assert (told is None) if words is None else (words in told)
