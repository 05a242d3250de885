"""The table of formats that SQL asks and the one that Python asks say the same."""

from pathlib import Path

import pytest
from constants import ENGINES, constant

from ingest.formats import FORMATS, Format

CASES = Path("tests/bigquery/cases")
OF_SQL = constant("lake/lake_formats.sql")


def table_problems(of_sql: dict[str, dict], of_python: dict[str, Format]) -> list[str]:
    """Where the tables differ: lake_formats() and ingest.formats.FORMATS."""
    problems = [
        f"format {name} stands in one of lake_formats() and ingest/formats: add it to the other."
        for name in sorted(of_sql.keys() ^ of_python.keys())
    ]
    for name in of_sql.keys() & of_python.keys():
        ours, theirs = of_sql[name], of_python[name]
        if ours["is_typed"] != theirs.is_typed:
            problems.append(f"format {name}: the tables differ in is_typed.")
        if (ours["duckdb"] is None) != (theirs.problem is None):
            problems.append(
                f"format {name}: DuckDB reads it if and only if ingest/formats checks its files."
            )
    return problems


def row_problems(of_sql: dict[str, dict], engines: list[str]) -> list[str]:
    """Where a row of lake_formats() lacks a fact."""
    facts = {"is_typed", "has_days", "has_header", *engines}
    return [
        f"format {name} in lake_formats() says {sorted(row)} instead of {sorted(facts)}."
        for name, row in of_sql.items()
        if row.keys() != facts
    ]


def line_problems(of_sql: dict[str, dict], engines: list[str], macros: set[str]) -> list[str]:
    """Which engines lack the macro that says how they read a line of a text format."""
    wanted = [
        f"{engine}___{name}_line"
        for name, row in of_sql.items()
        for engine in engines
        if not row["is_typed"] and row.get(engine) is not None
    ]
    return [
        f"macro {macro} is missing: lake_rows chooses it by its name."
        for macro in wanted
        if macro not in macros
    ]


def case_problems(of_sql: dict[str, dict], cases: set[str]) -> list[str]:
    """Which formats lack a golden case: of their external table, and of their records."""
    wanted = [f"external_table_sql/{name}" for name in of_sql]
    wanted += [f"_lake_records_of/{name}" for name, row in of_sql.items() if row["has_days"]]
    return [f"{CASES}/{case}.sql is missing." for case in wanted if case not in cases]


def test_both_tables_name_the_same_formats() -> None:
    problems = table_problems(OF_SQL, FORMATS)
    assert not problems, "\n".join(problems)


def test_a_format_has_all_its_facts() -> None:
    problems = row_problems(OF_SQL, ENGINES)
    assert not problems, "\n".join(problems)


def test_a_text_format_has_its_lines_read(macros) -> None:
    problems = line_problems(OF_SQL, ENGINES, set(macros))
    assert not problems, "\n".join(problems)


def test_a_format_has_its_golden_cases(root) -> None:
    folder = root / CASES
    cases = {str(case.relative_to(folder).with_suffix("")) for case in folder.glob("*/*.sql")}
    problems = case_problems(OF_SQL, cases)
    assert not problems, "\n".join(problems)


ROW = {"is_typed": True, "has_days": True, "has_header": False, "bigquery": {}, "duckdb": None}


@pytest.mark.parametrize(
    ("of_sql", "of_python", "count"),
    [
        ({"a": ROW}, {"a": Format(is_typed=True)}, 0),
        ({"a": ROW, "b": ROW}, {"a": Format(is_typed=True)}, 1),
        ({"a": ROW}, {"a": Format(is_typed=True), "b": Format(is_typed=True)}, 1),
        ({"a": ROW}, {"a": Format(is_typed=False)}, 1),
        ({"a": {**ROW, "duckdb": "read_a"}}, {"a": Format(is_typed=True)}, 1),
        ({"a": ROW}, {"a": Format(is_typed=True, problem=lambda file, columns: None)}, 1),
    ],
)
def test_a_difference_between_the_tables_is_found(of_sql, of_python, count) -> None:
    assert len(table_problems(of_sql, of_python)) == count


def test_a_hole_in_a_row_is_found() -> None:
    assert row_problems({"a": ROW}, ["bigquery", "duckdb"]) == []
    assert len(row_problems({"a": ROW}, ["bigquery", "duckdb", "spark"])) == 1


def test_a_line_that_no_macro_reads_is_found() -> None:
    engines = ["bigquery", "duckdb"]
    text = {**ROW, "is_typed": False}
    assert line_problems({"a": ROW}, engines, set()) == []
    assert line_problems({"a": text}, engines, {"bigquery___a_line"}) == []
    assert len(line_problems({"a": text}, engines, {"duckdb___a_line"})) == 1
    assert len(line_problems({"a": {**text, "duckdb": "read_a"}}, engines, set())) == 2


def test_a_missing_golden_case_is_found() -> None:
    both = {"external_table_sql/a", "_lake_records_of/a"}
    assert case_problems({"a": ROW}, both) == []
    assert len(case_problems({"a": ROW}, {"external_table_sql/a"})) == 1
    assert case_problems({"a": {**ROW, "has_days": False}}, {"external_table_sql/a"}) == []
