"""Python's modules import each other in one direction only, and all of them are installed."""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping

import pytest

# folders that Python finds modules in, beside the root and what pyproject.toml says
SEARCHED = {"dags": ""}
# what is imported by nobody
APART = ("tests/", "docs/")


def module_name(path: str, places: Mapping[str, str]) -> str:
    """The name that a file is imported by; `places` are the folders of packages with their names.

    >>> module_name("ml/bqml_proxy/__init__.py", {"ml/bqml_proxy": "bqml_proxy"})
    "bqml_proxy"
    """
    for folder, package in places.items():
        if path.startswith(folder + "/"):
            path = f"{package}/{path.removeprefix(folder + '/')}".removeprefix("/")
            break
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_for_types(node: ast.AST) -> bool:
    """Whether it is `if TYPE_CHECKING:`, which Python never enters."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
    )


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that Python may run, those inside functions included."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.orelse if is_for_types(node) else ast.iter_child_nodes(node)


def imports(path: str, module: str, source: str, modules: Iterable[str]) -> set[str]:
    """The modules out of `modules` that a file imports, at its top or inside a function.

    A text that is the dotted name of a module counts, too: tables of modules hold such names, and
    `import_module` loads them. A package is not imported by what imports a module of it: a package
    may pass on what its modules define.
    """
    modules = set(modules)
    package = module if path.endswith("/__init__.py") else module.rpartition(".")[0]
    found = set()
    for node in running(ast.parse(source)):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom():
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = [*above * bool(node.level), *filter(None, [node.module])]
                inside = [".".join([*base, alias.name]) for alias in node.names]
                names = [name if name in modules else ".".join(base) for name in inside]
            case ast.Call(
                func=ast.Name("import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                names = [name]
            case ast.Constant(str(name)) if "." in name:
                names = [name]
            case _:
                names = []
        found |= modules.intersection(names)
    return found


def circle_of(graph: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """A shortest way from a module back to itself; empty if there is none."""
    ways, seen = [[start]], set()
    for way in ways:
        for other in sorted(graph.get(way[-1], ())):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """A shortest circle through each module that is in one; those of the same modules once."""
    found: dict[frozenset[str], list[str]] = {}
    for start in sorted(graph):
        if circle := circle_of(graph, start):
            found.setdefault(frozenset(circle), circle)
    return list(found.values())


def circle_problem(circle: list[str]) -> str:
    return (
        f"{' imports '.join(circle)}: move what they share into a module that imports none of them."
    )


def of_packages(graph: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Which package imports which others, by the first word of their modules' names."""
    found: dict[str, set[str]] = {}
    for module, imported in graph.items():
        package = module.partition(".")[0]
        others = {other.partition(".")[0] for other in imported} - {package}
        found.setdefault(package, set()).update(others)
    return found


def not_installed(packages: Iterable[str], installed: Iterable[str]) -> list[str]:
    return [
        f"pyproject.toml does not install the package {package}: add it to [tool.setuptools]."
        for package in sorted(set(packages) - set(installed))
    ]


@pytest.fixture(scope="module")
def setuptools(texts: dict[str, str]) -> dict:
    """What pyproject.toml says of packages."""
    return tomllib.loads(texts["pyproject.toml"])["tool"]["setuptools"]


@pytest.fixture(scope="module")
def places(setuptools: dict) -> dict[str, str]:
    """Folders of packages, with the names that these are imported by."""
    declared = setuptools["package-dir"]
    return {folder: package for package, folder in declared.items()} | SEARCHED


@pytest.fixture(scope="module")
def graph(texts: dict[str, str], places: dict[str, str]) -> dict[str, set[str]]:
    """Each module of the project and those that it imports."""
    names = {
        path: module_name(path, places)
        for path in texts
        if path.endswith(".py") and not path.startswith(APART)
    }
    return {
        module: imports(path, module, texts[path], names.values()) for path, module in names.items()
    }


def test_no_module_imports_what_imports_it(graph: dict[str, set[str]]) -> None:
    problems = [circle_problem(circle) for circle in circles(graph)]
    assert not problems, "\n".join(problems)


def test_no_package_imports_what_imports_it(graph: dict[str, set[str]]) -> None:
    problems = [circle_problem(circle) for circle in circles(of_packages(graph))]
    assert not problems, "\n".join(problems)


def test_every_package_is_installed(
    texts: dict[str, str], places: dict[str, str], setuptools: dict
) -> None:
    """Those in the folder of the DAGs are Airflow's to find."""
    packages = [
        module_name(path, places)
        for path in texts
        if path.endswith("/__init__.py") and not path.startswith((*APART, "dags/"))
    ]
    problems = not_installed(packages, setuptools["packages"])
    assert "command_line" in packages
    assert not problems, "\n".join(problems)


def test_a_package_that_is_not_installed_is_found() -> None:
    installed = ["shop", "engine"]
    assert not_installed(["shop", "engine"], installed) == []
    assert len(not_installed(["shop", "engine", "engine.parts"], installed)) == 1


def test_the_modules_of_every_folder_are_looked_at(graph: dict[str, set[str]]) -> None:
    """An empty graph has no circles: in each folder, some module imports another of its package."""
    packages = {
        module.partition(".")[0]
        for module, imported in graph.items()
        if any(other.startswith(module.partition(".")[0] + ".") for other in imported)
    }
    assert {"analyzer", "cost", "duckdb_bqml", "ingest", "orchestration", "serving"} <= packages
    assert "serving.definitions" in graph["serving.stores.base"]
    assert "serving.stores.redis" in graph["serving.stores.opening"]
    assert "orchestration.settings" in graph["daily_build"]
    assert "command_line" in graph["serving.__main__"]
    assert "ops.local_airflow" in graph


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/till.py", "shop.till"),
        ("shop/__init__.py", "shop"),
        ("ml/engine/__init__.py", "engine"),
        ("ml/engine/parts/wheel.py", "engine.parts.wheel"),
        ("dags/daily.py", "daily"),
        ("dags/steps/__init__.py", "steps"),
    ],
)
def test_a_file_has_the_name_that_it_is_imported_by(path: str, name: str) -> None:
    assert module_name(path, {"ml/engine": "engine", "dags": ""}) == name


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import shop.till", {"shop.till"}),
        ("import shop.till as till, json", {"shop.till"}),
        ("from shop import till", {"shop.till"}),
        ("from shop import Price, till", {"shop", "shop.till"}),
        ("from shop.till import Till", {"shop.till"}),
        ("from . import till", {"shop.till"}),
        ("from .till import Till", {"shop.till"}),
        ("from .. import goods", {"goods"}),
        ("from ..goods import Shelf", {"goods"}),
        ("from .parts.wheel import Wheel", {"shop.parts.wheel"}),
        ("def pay():\n    from shop.till import Till", {"shop.till"}),
        ("class Shop:\n    def pay(self):\n        import shop.till", {"shop.till"}),
        ("try:\n    import goods\nexcept ImportError:\n    goods = None", {"goods"}),
        ("TILLS = {'fast': ('shop.till', 'Till')}", {"shop.till"}),
        ("importlib.import_module('goods')", {"goods"}),
        ("import_module('goods', None)", {"goods"}),
        ("if TYPE_CHECKING:\n    import shop.till\nelse:\n    import goods", {"goods"}),
        ("if typing.TYPE_CHECKING:\n    from shop import till", set()),
        ("import shopping.till\nfrom json import till\nprint('goods', 'see shop.till')", set()),
    ],
)
def test_an_import_is_found_wherever_it_stands(source: str, imported: set[str]) -> None:
    modules = {"shop", "shop.here", "shop.till", "shop.parts.wheel", "goods"}
    assert imports("shop/here.py", "shop.here", source, modules) == imported


def test_a_package_is_where_its_own_imports_begin() -> None:
    modules = {"shop", "shop.till"}
    assert imports("shop/__init__.py", "shop", "from .till import Till", modules) == {"shop.till"}


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, []),
        ({"a": {"a"}}, [["a", "a"]]),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b", "a"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}}, [["b", "c", "d", "b"]]),
        (
            {"a": {"b"}, "b": {"a", "c"}, "c": {"b"}, "d": {"a"}},
            [["a", "b", "a"], ["c", "b", "c"]],
        ),
        ({"x": {"z", "y"}, "y": {"z"}, "z": {"x"}}, [["x", "z", "x"], ["y", "z", "x", "y"]]),
    ],
)
def test_every_circle_is_found(graph: dict[str, set[str]], found: list[list[str]]) -> None:
    assert circles(graph) == found


def test_a_circle_is_told_in_one_sentence() -> None:
    assert circle_problem(["a", "b", "a"]).startswith("a imports b imports a: move what they share")


def test_packages_that_import_each_other_are_found_without_a_circle_of_modules() -> None:
    graph = {"shop.till": {"goods.shelf"}, "goods.stock": {"shop"}, "shop": set(), "goods": set()}
    assert circles(graph) == []
    assert circles(of_packages(graph)) == [["goods", "shop", "goods"]]


# what each of these may import of the project (P1)
GROUND = {
    "bqml_vocabulary": set(),
    "command_line": set(),
    "googlesql": set(),
    "web_server": set(),
    "duckdb_bqml": {"bqml_vocabulary"},
    "analyzer": {"bqml_vocabulary", "googlesql"},
    "bqml_proxy": {"bqml_vocabulary", "command_line", "duckdb_bqml", "googlesql", "web_server"},
}


@pytest.mark.parametrize("package", GROUND)
def test_a_package_imports_what_lies_below_it(
    package: str, graph: dict[str, set[str]], setuptools: dict
) -> None:
    installed = {name.partition(".")[0] for name in setuptools["packages"]}
    assert of_packages(graph)[package] & installed - {"bqml_macros"} <= GROUND[package]


@pytest.mark.parametrize("package", ["analyzer", "cost", "serving", "duckdb_bqml", "googlesql"])
def test_only_the_proxy_knows_how_it_serves(package: str, graph: dict[str, set[str]]) -> None:
    assert "bqml_proxy" not in of_packages(graph)[package]


def test_the_mathematics_knows_arrays_only(graph: dict[str, set[str]]) -> None:
    outside = {
        f"{module} imports {other}"
        for module, others in graph.items()
        if module.startswith("duckdb_bqml.algorithms")
        for other in others
        if not other.startswith(("duckdb_bqml.algorithms", "bqml_vocabulary"))
    }
    assert not outside
