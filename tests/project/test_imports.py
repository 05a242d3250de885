"""Which Python package imports which (P1): GoogleSQL below, the proxy and the analyzer above it."""

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

Graph = dict[str, set[str]]


def imported(source: str) -> Iterator[str]:
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def circle(graph: Graph) -> str | None:
    """What is wrong with packages of which each imports others."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return f"{' imports '.join(error.args[1])}: move what they share into a package below."
    return None


@pytest.fixture(scope="module")
def graph(root: Path) -> Graph:
    """The project's packages, and which of them each imports."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    folders = project["tool"]["setuptools"]["package-dir"]
    return {
        package: {
            other
            for file in (root / folder).rglob("*.py")
            for other in imported(file.read_text())
            if other in folders and other != package
        }
        for package, folder in folders.items()
    }


def test_packages_import_one_another_in_no_circle(graph: Graph) -> None:
    assert circle(graph) is None
    said = circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert said is not None
    assert " imports " in said


def test_googlesql_knows_nothing_of_the_project(graph: Graph) -> None:
    assert graph["googlesql"] == set()


def test_only_the_proxy_knows_how_it_serves(graph: Graph) -> None:
    assert "googlesql" in graph["analyzer"] & graph["cost"] & graph["bqml_proxy"]
    assert [package for package in graph if "bqml_proxy" in graph[package]] == []


def test_imports_are_found() -> None:
    source = "import a.b, c\nfrom d.e import f\nfrom . import g\ndef h():\n    import i\n"
    assert [*imported(source)] == ["a", "c", "d", "i"]
