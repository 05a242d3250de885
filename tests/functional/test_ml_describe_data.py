"""ml_describe_data against its definition."""

import pytest

ROWS = """
select
    range / 2.0 as half,
    case when range = 9 then 'infinity'::double when range = 8 then 'nan'::double else range end
        as wild,
    range % 3 as third,
    case when range % 5 = 0 then null else ['a', 'bb', 'ccc'][range % 3 + 1] end as kind,
    case when range > 0 then range(range % 3) end as numbers,
    ['q' || range % 3, null] as words,
    date '2020-01-01' as day
from range(10)
"""


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("given", ROWS)
    project.model("described", "select * from {{ ml_describe_data(ref('given')) }}")
    project.model(
        "closer",
        "select * from {{ ml_describe_data(ref('given'), num_quantiles=4, top_k=2,"
        " num_array_length_quantiles=2) }}",
    )
    project.model("empty", "select * from {{ ml_describe_data('select 1 as x where false') }}")
    project.dbt("run").succeeded()
    return project


def described(project, name: str, columns: str, table: str = "closer") -> tuple:
    [row] = project.query(f"select {columns} from {table} where name = '{name}'")
    return row


def test_numbers(project):
    numbers = "num_rows, num_values, num_nulls, num_zeros, min, max, mean, median, quantiles"
    assert described(project, "half", numbers) == (
        10, 10, 0, 1, "0", "4.5", 2.25, 2.0, [0.0, 1.0, 2.0, 3.5, 4.5],
    )  # fmt: skip
    assert described(project, "half", "quantiles", "described") == ([0.0, 2.0, 4.5],)
    assert described(project, "half", 'stddev, "unique", avg_string_length, top_values') == (
        pytest.approx(1.4361406616345072), None, None, None,
    )  # fmt: skip
    assert described(project, "third", "num_zeros, min, max") == (4, "0", "2")


def test_numbers_that_are_not_finite_are_left_out(project):
    assert described(project, "wild", "num_values, max, mean") == (10, "7", 3.5)


def test_everything_else_is_text(project):
    texts = 'num_values, num_nulls, num_zeros, min, max, mean, "unique", avg_string_length'
    assert described(project, "kind", texts) == (8, 2, None, "a", "ccc", None, 3, 1.875)
    assert described(project, "day", 'min, "unique"') == ("2020-01-01", 1)
    # as frequent: by the alphabet
    top = [{"value": "a", "count": 3}, {"value": "bb", "count": 3}]
    assert described(project, "kind", "top_values") == (top,)
    assert described(project, "kind", "top_values", "described") == (top[:1],)


def test_arrays_are_described_by_their_elements_and_lengths(project):
    lengths = (
        "num_rows, num_nulls, num_values, min_array_length, max_array_length, avg_array_length,"
        " total_array_length, array_length_quantiles"
    )
    assert described(project, "numbers", lengths) == (10, 1, 9, 0, 2, 1.0, 9, [0, 1, 2])
    assert described(project, "numbers", "num_zeros, max") == (6, "1")
    assert described(project, "words", 'num_values, "unique", min_array_length') == (10, 3, 2)
    assert described(project, "kind", "min_array_length, dimension") == (None, None)


def test_no_rows_are_described_as_none(project):
    assert project.query("select name, num_rows, num_values, mean from empty") == [
        ("x", 0, 0, None)
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ref('given'), top_k=0", "'top_k' must be a whole number from 1 to 10000, got 0"),
        ("ref('given'), num_quantiles=100001", "'num_quantiles' must be a whole number from 1 to"),
        ("'select {x: 1} as pair'", "a column is a STRUCT; select its fields one by one"),
    ],
)
def test_a_wrong_call_is_refused(project, call, words):
    call = call.replace("{x: 1}", "struct_pack(x := 1)")
    project.model("wrong", f"select * from {{{{ ml_describe_data({call}) }}}}")
    project.dbt("run", "--select", "wrong").failed_saying("ml_describe_data in wrong", words)
    (project.root / "models" / "wrong.sql").unlink()
