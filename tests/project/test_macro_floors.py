"""Folders of macros stand on floors: a macro calls its own floor or one below, never one above."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
from constants import ENGINES

# bottom to top; a folder inside one of these belongs to it
FLOORS = (
    "cross_db",
    "incremental",
    "cross_db_shim",
    "lake",
    "features",
    "ml/vocabulary",
    "ml/preprocessing",
    "ml/relations",
    "ml/arguments",
    "ml/output",
    "ml/functions",
    "ml/model",
    "ml/promotion",
    "drift",
    "catalogue",
    "ops",
    "generic_tests",
)


def floor_of(folder: str) -> str | None:
    """The floor that a folder below macros/ belongs to."""
    inside = (str(part) for part in (PurePosixPath(folder), *PurePosixPath(folder).parents))
    return next((part for part in inside if part in FLOORS), None)


def folder_of(macro: dict) -> str:
    return str(PurePosixPath(macro["original_file_path"]).parent.relative_to("macros"))


def chosen(sql: str, macros: dict[str, dict]) -> Iterator[str]:
    """The macros that a macro may choose by name: context['ml_' ~ name] is any of ml_..."""
    for start, joined in re.findall(r"""context\[\s*['"](\w+)['"]\s*(~?)""", sql):
        yield from (name for name in macros if name == start or (joined and name.startswith(start)))


def calls(macros: dict[str, dict], engines: list[str]) -> list[tuple[str, str]]:
    """Which macro calls which. dbt's graph holds the sides of one engine only; all are called. Nor
    does it hold what a macro chooses by name."""
    names = {macro["unique_id"]: name for name, macro in macros.items()}
    found = [
        (name, names[callee])
        for name, macro in macros.items()
        for callee in macro["depends_on"]["macros"]
        if callee in names
    ]
    sides = [(name, f"{side}__{name}") for name in macros for side in ("default", *engines)]
    found += [(name, one) for name in macros for one in chosen(macros[name]["macro_sql"], macros)]
    return sorted({*found, *((name, side) for name, side in sides if side in macros)})


def floor_problems(macros: dict[str, dict], engines: list[str]) -> list[str]:
    """Calls that go up, and folders that stand on no floor."""
    folders = {folder_of(macro) for macro in macros.values()}
    problems = [
        f"macros/{folder} stands on no floor: add it to FLOORS in test_macro_floors.py."
        for folder in sorted(folders)
        if floor_of(folder) is None
    ]
    for name, callee in calls(macros, engines):
        floor, above = (floor_of(folder_of(macros[macro])) for macro in (name, callee))
        if floor and above and FLOORS.index(floor) < FLOORS.index(above):
            problems.append(
                f"macro {name} ({floor}) calls {callee} ({above}), a floor above: "
                f"move one of them, or hand over what it needs."
            )
    return problems


def test_macros_call_downwards(macros) -> None:
    problems = floor_problems(macros, ENGINES)
    assert not problems, "\n".join(problems)


def test_every_floor_is_a_folder(macros) -> None:
    inhabited = {floor_of(folder_of(macro)) for macro in macros.values()}
    empty = [floor for floor in FLOORS if floor not in inhabited]
    assert not empty, f"take out of FLOORS what is no folder of macros/: {', '.join(empty)}."


def _macros(**calls: tuple[str, str]) -> dict[str, dict]:
    """Macros by name: the file of each, and the names of those it calls."""
    return {
        name: {
            "unique_id": f"macro.azekura.{name}",
            "original_file_path": f"macros/{file}",
            "depends_on": {"macros": [f"macro.azekura.{one}" for one in called.split()]},
            "macro_sql": "",
        }
        for name, (file, called) in calls.items()
    }


@pytest.mark.parametrize(
    ("file", "called", "count"),
    [
        ("lake/f.sql", "low same", 0),
        ("lake/f.sql", "high", 1),
        ("lake/f.sql", "high highest", 2),
        ("ml/model/parts/f.sql", "low same", 0),
        ("ml/model/parts/f.sql", "high", 1),
        ("lake/f.sql", "dbt_own_macro", 0),
    ],
)
def test_a_call_upwards_is_found(file: str, called: str, count: int) -> None:
    given = _macros(
        f=(file, called),
        low=("cross_db/low.sql", ""),
        same=("lake/same.sql", ""),
        high=("catalogue/high.sql", "low same"),
        highest=("generic_tests/highest.sql", "high"),
    )
    problems = floor_problems(given, ["duckdb"])
    assert len(problems) == count
    assert all(problem.startswith("macro f (") for problem in problems)


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("{{ context['high']() }}", 1),
        ('{{ context["hi" ~ name]() }}', 1),
        ("{{ context['hi']() }}", 0),
        ("{{ context['lo' ~ name]() }}", 0),
    ],
)
def test_a_macro_chosen_by_name_is_a_call(sql: str, count: int) -> None:
    given = _macros(f=("lake/f.sql", ""), low=("cross_db/low.sql", ""), high=("ops/high.sql", ""))
    given["f"]["macro_sql"] = sql
    assert len(floor_problems(given, ["duckdb"])) == count


@pytest.mark.parametrize("side", ["default__f", "bigquery__f", "duckdb__f"])
def test_a_side_on_a_floor_above_is_found(side: str) -> None:
    given = _macros(**{"f": ("lake/f.sql", ""), side: ("ops/f.sql", "")})
    assert len(floor_problems(given, ["bigquery", "duckdb"])) == 1


@pytest.mark.parametrize("folder", ["attic", "ml", "ml/attic", "lakes"])
def test_a_folder_on_no_floor_is_found(folder: str) -> None:
    problems = floor_problems(_macros(f=(f"{folder}/f.sql", "")), ["duckdb"])
    assert len(problems) == 1
    assert problems[0].startswith(f"macros/{folder} stands on no floor")
