"""How macros are laid out, dispatched and described (M1, M2, M3, M5)."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import jinja2
import pytest
from dbt.parser.schemas import is_valid_type
from dbt_common.clients.jinja import get_environment

SIDE = re.compile(r"^(default|bigquery|duckdb)__")

# written for one engine only
ONE_SIDED = {
    "apply_grants": "it overrides a macro of dbt-duckdb",
    "create_csv_table": "it overrides a macro of dbt; BigQuery loads seeds without a statement",
    "get_partitioned_by": "it overrides a macro of dbt-duckdb",
    "persist_docs": "it overrides a macro of dbt-duckdb",
    "lake_files": "it is DuckDB's half of lake_rows: BigQuery's external tables know their files",
}

# what dbt's own macros for an adapter are recognized by
ADAPTER_MARKS = {"bigquery": ("bigquery", "bq_"), "duckdb": ("duckdb",)}


def base_name(name: str) -> str:
    """The name a macro is known by: without adapter, and without dbt's mark of its kind."""
    name = SIDE.sub("", name)
    name = name.removeprefix("test_")
    return re.sub(r"^materialization_(\w+)_(?:default|bigquery|duckdb)$", r"\1", name)


def file_problem(path: str, names: Iterable[str]) -> str | None:
    """What is wrong with the names of the macros in one file."""
    stem = PurePosixPath(path).stem
    bases = {base_name(name) for name in names}
    public = {base for base in bases if not base.startswith("_")}
    if stem.startswith("_"):
        if public or stem not in bases:
            return (
                f"{path}: a file with a leading underscore holds private macros, one named {stem}."
            )
    elif public != {stem}:
        return (
            f"{path} holds {', '.join(sorted(public))}: one public macro per file, named like it."
        )
    return None


def side_problems(names: set[str]) -> list[str]:
    """Which macros lack a side. A private macro is reached through a public one's default__."""
    problems = []
    for base in sorted({SIDE.sub("", name) for name in names if SIDE.match(name)}):
        wanted = ["bigquery", "duckdb"] if base not in ONE_SIDED else []
        if base in names and not base.startswith("_"):
            wanted.append("default")
        problems += [
            f"macro {base} lacks {side}__{base}: write it, or let it refuse in one sentence."
            for side in wanted
            if f"{side}__{base}" not in names
        ]
    return problems


def dispatch_problems(name: str, sql: str) -> list[str]:
    """Where a macro dispatches to another name, or without this project's namespace."""
    right = f"adapter.dispatch('{name}', 'azekura')"
    return [
        f"macro {name} calls {call}…: write {right}."
        for call in re.findall(r"adapter\.dispatch\([^)]*\)?", sql)
        if call != right
    ]


def description_problems(macro: dict, signature: list[str]) -> list[str]:
    """What the YAML of a macro lacks, given the arguments its definition takes."""
    name = macro["name"]
    folder = PurePosixPath(macro["original_file_path"]).parent
    own = f"{folder}/_{folder.name}__macros.yml"
    if not macro["description"]:
        return [f"macro {name} has no description: describe it in {own}."]
    problems = [
        f"macro {name}: describe argument {argument['name']}, with a type that dbt knows."
        for argument in macro["arguments"]
        if not argument["description"] or not is_valid_type(argument["type"] or "")
    ]
    described = [argument["name"] for argument in macro["arguments"]]
    if described != signature:
        problems.append(f"macro {name}: its YAML lists {described}, it takes {signature}.")
    if macro["patch_path"] != f"azekura://{own}":
        problems.append(f"macro {name} is described in {macro['patch_path']}: move it to {own}.")
    return problems


def callable_names(names: set[str]) -> set[str]:
    """The macros that others call by their whole name: not private, and no side of a dispatch."""
    return {
        name
        for name in names
        if not base_name(name).startswith("_")
        and not (SIDE.match(name) and SIDE.sub("", name) in names)
    }


def signature_of(sql: str) -> list[str]:
    """The names of the arguments of a macro's or generic test's definition."""
    definition = next(get_environment().parse(sql).find_all(jinja2.nodes.Macro))
    names = [argument.name for argument in definition.args]
    # dbt adds this one to a materialization, which takes none
    return [name for name in names if name != "supported_languages"]


@pytest.fixture(scope="session")
def macros(manifest: dict) -> dict[str, dict]:
    found = manifest["macros"].values()
    return {macro["name"]: macro for macro in found if macro["package_name"] == "azekura"}


def test_one_public_macro_per_file_is_named_like_it(macros: dict[str, dict]) -> None:
    files: dict[str, list[str]] = {}
    for name, macro in macros.items():
        files.setdefault(macro["original_file_path"], []).append(name)
    problems = [
        file_problem(path, names)
        for path, names in files.items()
        if not path.startswith("macros/cross_db_shim/")
    ]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


def test_overrides_of_an_adapter_stand_in_the_file_of_its_name(macros: dict[str, dict]) -> None:
    problems = [
        f"{path} holds {name}: overrides for an adapter stand in {path.rsplit('/', 1)[0]}/<it>.sql."
        for name, macro in macros.items()
        for path in [macro["original_file_path"]]
        if path.startswith("macros/cross_db_shim/")
        and not any(mark in name for mark in ADAPTER_MARKS.get(PurePosixPath(path).stem, ()))
    ]
    assert not problems, "\n".join(problems)


def test_a_macro_has_a_side_for_every_engine(macros: dict[str, dict]) -> None:
    problems = side_problems(set(macros))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("base", ONE_SIDED)
def test_an_exception_for_one_sided_macros_is_still_needed(
    base: str, macros: dict[str, dict]
) -> None:
    sides = [name for name in macros if SIDE.match(name) and SIDE.sub("", name) == base]
    assert len(sides) == 1, f"take {base} out of ONE_SIDED: it has the sides {sides}"


def test_a_dispatch_names_its_macro_and_this_project(macros: dict[str, dict]) -> None:
    problems = [
        line
        for name, macro in macros.items()
        for line in dispatch_problems(name, macro["macro_sql"])
    ]
    assert not problems, "\n".join(problems)


def test_the_default_side_refuses_by_name(macros: dict[str, dict]) -> None:
    problems = [
        f"{name} must say {{{{ _no_such_side('{SIDE.sub('', name)}') }}}}."
        for name, macro in macros.items()
        if name.startswith("default__")
        and f"_no_such_side('{SIDE.sub('', name)}')" not in macro["macro_sql"]
    ]
    assert not problems, "\n".join(problems)


def test_every_macro_and_argument_is_described(macros: dict[str, dict]) -> None:
    problems = [
        line
        for name in sorted(callable_names(set(macros)))
        for line in description_problems(macros[name], signature_of(macros[name]["macro_sql"]))
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("path", "names", "is_right"),
    [
        ("macros/a/f.sql", ["f", "default__f", "duckdb__f", "_helper"], True),
        ("macros/a/f.sql", ["test_f"], True),
        ("macros/a/f.sql", ["materialization_f_duckdb", "materialization_f_default"], True),
        ("macros/a/_f.sql", ["_f", "_g"], True),
        ("macros/a/f.sql", ["f", "g"], False),
        ("macros/a/f.sql", ["g"], False),
        ("macros/a/f.sql", ["_f"], False),
        ("macros/a/_f.sql", ["_f", "g"], False),
        ("macros/a/_f.sql", ["_g"], False),
    ],
)
def test_a_file_of_wrongly_named_macros_is_found(
    path: str, names: list[str], is_right: bool
) -> None:
    assert (file_problem(path, names) is None) == is_right


def test_a_missing_side_is_found() -> None:
    whole = {"f", "default__f", "bigquery__f", "duckdb__f", "_g", "bigquery___g", "duckdb___g"}
    assert side_problems(whole) == []
    for side in ("default__f", "bigquery__f", "duckdb__f", "duckdb___g"):
        assert len(side_problems(whole - {side})) == 1, side


@pytest.mark.parametrize(
    "call",
    [
        "adapter.dispatch('f')",
        "adapter.dispatch('g', 'azekura')",
        "adapter.dispatch('f', 'dbt')",
        "adapter.dispatch(macro_name='f')",
    ],
)
def test_a_wrong_dispatch_is_found(call: str) -> None:
    assert dispatch_problems("f", "{{ adapter.dispatch('f', 'azekura')(x) }}") == []
    assert len(dispatch_problems("f", f"{{{{ {call}(x) }}}}")) == 1


def test_a_hole_in_a_description_is_found() -> None:
    argument = {"name": "x", "type": "list[string]", "description": "What it is."}
    whole = {
        "name": "f",
        "original_file_path": "macros/a/f.sql",
        "patch_path": "azekura://macros/a/_a__macros.yml",
        "description": "What it does.",
        "arguments": [argument],
    }
    assert description_problems(whole, ["x"]) == []
    assert len(description_problems(whole, ["x", "y"])) == 1
    assert len(description_problems({**whole, "description": ""}, ["x"])) == 1
    assert len(description_problems({**whole, "patch_path": "azekura://a.yml"}, ["x"])) == 1
    for hole in ({"type": None}, {"type": "text"}, {"description": ""}):
        assert len(description_problems({**whole, "arguments": [argument | hole]}, ["x"])) == 1


def test_sides_of_a_dispatch_need_no_description_of_their_own() -> None:
    names = {"f", "duckdb__f", "_g", "duckdb___g", "duckdb__override", "test_h"}
    assert callable_names(names) == {"f", "duckdb__override", "test_h"}


def test_a_signature_is_read_from_the_definition() -> None:
    assert signature_of("{% macro f(a, b=none) %}{{ a }}{% endmacro %}") == ["a", "b"]
    assert signature_of("{% test t(model, column_name) %}x{% endtest %}") == [
        "model",
        "column_name",
    ]
