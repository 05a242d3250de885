"""How macros are laid out, dispatched and described (M1, M2, M3, M5)."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import jinja2
import pytest
from constants import ENGINES
from dbt.parser.schemas import is_valid_type
from dbt_common.clients.jinja import get_environment

SIDE = re.compile(rf"^(default|{'|'.join(ENGINES)})__")

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
    return re.sub(rf"^materialization_(\w+)_(?:default|{'|'.join(ENGINES)})$", r"\1", name)


def file_problem(path: str, names: Iterable[str]) -> str | None:
    """What is wrong with the names of the macros in one file."""
    stem = PurePosixPath(path).stem
    names = set(names)
    macro, _, engine = stem.rpartition("__")
    if macro and SIDE.match(f"{engine}__"):
        public = {name for name in names if not base_name(name).startswith("_")}
        side = f"{engine}__{macro}"
        if side not in names or public - {side}:
            return f"{path}: it holds {side}, and private macros of that side."
        return None
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


def body_of(sql: str) -> str:
    """What a macro does: its text without its head and end, comments and the space that is free."""
    sql = re.sub(r"\{#.*?#\}", "", sql, flags=re.DOTALL)
    sql = re.sub(r"\{%-?\s*(?:macro\b.*?|endmacro)\s*-?%\}", "", sql, flags=re.DOTALL)
    return " ".join(re.sub(r"(\{[{%])-|-([%}]\})", r"\1\2", sql).split())


def refuses(sql: str, base: str) -> bool:
    """Whether a default__ does nothing but refuse, in the sentence that all share."""
    return body_of(sql) == f"{{{{ _no_such_side('{base}') }}}}"


def side_problems(macros: dict[str, str], engines: list[str]) -> list[str]:
    """Which macros lack a side, given the text of each.

    An engine is served by its own side, or by a default__ that does not refuse. A private macro
    needs no default__ where each engine has a side: it is reached through a public one's.
    """
    problems = []
    for base in sorted({SIDE.sub("", name) for name in macros if SIDE.match(name)}):
        if base in ONE_SIDED:
            continue
        default = macros.get(f"default__{base}")
        own = [engine for engine in engines if f"{engine}__{base}" in macros]
        if default is None and base in macros and not base.startswith("_"):
            problems.append(
                f"macro {base} lacks default__{base}: write what several engines share, or let it "
                f"say {{{{ _no_such_side('{base}') }}}}."
            )
        if default is None or refuses(default, base):
            problems += [
                f"macro {base} lacks {engine}__{base}: write it, or a default__{base} that is right"
                f" for {engine}."
                for engine in engines
                if engine not in own
            ]
    return problems


def default_problems(macros: dict[str, str], engines: list[str]) -> list[str]:
    """Where a default__ neither refuses nor holds what an engine takes from it."""
    problems = []
    for name, sql in sorted(macros.items()):
        if not name.startswith("default__"):
            continue
        base = SIDE.sub("", name)
        if refuses(sql, base):
            continue
        if "_no_such_side" in sql or not re.sub(r"\{%.*?%\}", "", body_of(sql)).strip():
            problems.append(
                f"{name} must hold SQL, or nothing but {{{{ _no_such_side('{base}') }}}}."
            )
        elif all(f"{engine}__{base}" in macros for engine in engines):
            problems.append(
                f"{name} holds SQL that no engine takes: let it say"
                f" {{{{ _no_such_side('{base}') }}}}, or take out the sides that are like it."
            )
    return problems


def twin_problems(macros: dict[str, str], engines: list[str]) -> list[str]:
    """Where two sides of a macro are the same text."""
    texts: dict[tuple[str, str], list[str]] = {}
    for name, sql in sorted(macros.items()):
        base = SIDE.sub("", name)
        if name != base and base not in ONE_SIDED and not refuses(sql, base):
            texts.setdefault((base, body_of(sql)), []).append(name)
    return [
        f"{' and '.join(names)} are the same text: write it once, as default__{base}."
        for (base, _), names in texts.items()
        if len(names) > 1
    ]


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


def asks_for_the_engine(sql: str) -> bool:
    """Whether a macro branches by the engine; a table that has a key per engine is none."""
    asked = r"target\s*(\.\s*type\b|\[\s*['\"]type)|adapter\.type\(\)\s*(==|!=|in\b|not\b)"
    return bool(re.search(asked, sql))


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
def sql_of(macros: dict[str, dict]) -> dict[str, str]:
    return {name: macro["macro_sql"] for name, macro in macros.items()}


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


def test_a_macro_has_a_side_for_every_engine(sql_of: dict[str, str]) -> None:
    problems = side_problems(sql_of, ENGINES)
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


def test_a_default_side_refuses_or_serves_an_engine(sql_of: dict[str, str]) -> None:
    problems = default_problems(sql_of, ENGINES)
    assert not problems, "\n".join(problems)


def test_what_engines_share_is_written_once(sql_of: dict[str, str]) -> None:
    problems = twin_problems(sql_of, ENGINES)
    assert not problems, "\n".join(problems)


def test_no_macro_asks_which_engine_it_is_on(macros: dict[str, dict]) -> None:
    """Of two engines that is the other one; a third would silently take its side."""
    problems = [
        f"macro {name} asks target.type: dispatch what differs (M2)."
        for name, macro in macros.items()
        if asks_for_the_engine(macro["macro_sql"])
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "sql", ["{% if target.type == 'duckdb' %}", "{% if target['type'] %}", "adapter.type() != 'x'"]
)
def test_a_macro_that_asks_for_the_engine_is_found(sql: str) -> None:
    assert asks_for_the_engine(sql)
    assert not asks_for_the_engine("{{ target.name }} {{ formats.get(adapter.type(), true) }}")


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
        ("macros/a/f__duckdb.sql", ["duckdb__f", "_helper"], True),
        ("macros/a/_f__duckdb.sql", ["duckdb___f"], True),
        ("macros/a/f__duckdb.sql", ["bigquery__f"], False),
        ("macros/a/f__duckdb.sql", ["duckdb__f", "bigquery__f"], False),
        ("macros/a/f__duckdb.sql", ["duckdb__f", "g"], False),
        ("macros/a/f__duckdb.sql", ["_helper"], False),
    ],
)
def test_a_file_of_wrongly_named_macros_is_found(
    path: str, names: list[str], is_right: bool
) -> None:
    assert (file_problem(path, names) is None) == is_right


TWO = ["bigquery", "duckdb"]


def macro(name: str, body: str) -> str:
    return f"{{#- What it is. -#}}\n{{% macro {name}(x) -%}}\n    {body}\n{{%- endmacro %}}"


def whole(*names: str) -> dict[str, str]:
    """Macros by name, each with a text of its own; a default__ refuses."""
    return {
        name: macro(
            name,
            f"{{{{- _no_such_side('{SIDE.sub('', name)}') -}}}}"
            if name.startswith("default__")
            else f"{name}({{{{ x }}}})",
        )
        for name in names
    }


def test_a_missing_side_is_found() -> None:
    names = ["f", "default__f", "bigquery__f", "duckdb__f", "_g", "bigquery___g", "duckdb___g"]
    assert side_problems(whole(*names), TWO) == []
    for side in ("default__f", "bigquery__f", "duckdb__f", "duckdb___g"):
        some = whole(*(name for name in names if name != side))
        assert len(side_problems(some, TWO)) == 1, side
    assert len(side_problems(whole(*names), [*TWO, "spark"])) == 2


def test_a_default_that_holds_sql_serves_the_other_engines() -> None:
    shared = {**whole("f", "bigquery__f"), "default__f": macro("default__f", "shared({{ x }})")}
    assert side_problems(shared, [*TWO, "spark"]) == []
    assert default_problems(shared, [*TWO, "spark"]) == []
    assert twin_problems(shared, TWO) == []
    refused = {**shared, **whole("default__f")}
    assert len(side_problems(refused, [*TWO, "spark"])) == 2
    unread = {**shared, **whole("duckdb__f")}
    assert len(default_problems(unread, TWO)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{#- nothing -#}",
        "{% do log('nothing') %}",
        "{{ _no_such_side('g') }}",
        "{{ _no_such_side('f') }} or so",
        "{% if x %}{{ _no_such_side('f') }}{% endif %}",
    ],
)
def test_a_default_that_neither_refuses_nor_serves_is_found(body: str) -> None:
    given = {**whole("f", "bigquery__f"), "default__f": macro("default__f", body)}
    assert len(default_problems(given, TWO)) == 1


def test_sides_of_one_text_are_found() -> None:
    apart = whole("f", "default__f", "bigquery__f", "duckdb__f")
    assert twin_problems(apart, TWO) == []
    same = {side: macro(side, "same({{- x }})") for side in ("bigquery__f", "duckdb__f")}
    assert len(twin_problems({**apart, **same}, TWO)) == 1
    shared = {"default__f": macro("default__f", "same({{ x }})"), "duckdb__f": same["duckdb__f"]}
    assert len(twin_problems({**apart, **shared}, TWO)) == 1


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
