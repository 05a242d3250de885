"""The SQL of this project's macros of BigQuery ML on DuckDB, rendered without dbt.

The macros are dbt's: they call one another by name across files, return values, and ask dbt what
the project declares. Here they are told of one trained model, so that the SQL of the functions is
written once: in macros/ml.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import SimpleNamespace
from typing import Any, NamedTuple

import jinja2
from duckdb_bqml.select_list import quoted
from jinja2 import nodes

MACROS = files("bqml_macros")
"""dbt's folder of macros: in a checkout as in what was installed of a wheel."""

_FOLDERS = ("cross_db", "ml")
# what only dbt can render
_DBT_BLOCK = re.compile(r"{%-?\s*(materialization|test|snapshot)\b")
# In the file that defines it, Jinja would call a macro directly. By another name there, all calls
# find what is made of it here.
_PREFIX = "macro__"


class MacroError(Exception):
    """What a macro refuses, in one sentence."""


class Relation(str):
    """A table's name as SQL, which macros also ask to render itself."""

    def render(self) -> str:
        return str(self)


class Declared(NamedTuple):
    """A model as its CREATE MODEL declared it: its table, its name and its options."""

    relation: Relation
    name: str
    options: dict[str, Any]


class Macros:
    """The macros, told of one model. `query` gives the rows of a statement; some ask for them."""

    def __init__(
        self, model: Declared | None = None, query: Callable[[str], list[tuple]] | None = None
    ) -> None:
        self._context: dict[str, Any] = {
            **_environment().globals,
            "adapter": SimpleNamespace(
                dispatch=self._dispatched,
                quote=quoted,
                get_relation=lambda *_path: model and model.relation,
            ),
            "config": {"meta": {"ml": model.options if model else {}}},
            "exceptions": SimpleNamespace(raise_compiler_error=_refuse),
            "execute": True,
            "fromjson": json.loads,
            "get_column_schema_from_query": lambda sql: [
                {"name": row[0]} for row in query(f"describe {sql}")
            ],
            "graph": {"nodes": {model.name: _node(model)} if model else {}},
            "model": {"name": model.name if model else ""},
            "modules": SimpleNamespace(re=re),
            "return": _return,
            "run_query": lambda sql: SimpleNamespace(rows=query(sql)),
            "tojson": json.dumps,
        }
        self._context["context"] = self._context
        for template in _templates():
            for name, macro in vars(template.make_module(self._context, shared=True)).items():
                if name.startswith(_PREFIX):
                    self._context[name.removeprefix(_PREFIX)] = _returning(macro)

    def _dispatched(self, name: str, _project: str) -> Callable[..., Any]:
        """DuckDB's side of a macro, or the one that several engines share."""
        return self._context.get(f"duckdb__{name}") or self._context[f"default__{name}"]

    def call(self, name: str, *arguments: Any, **named: Any) -> Any:
        """What a macro gives: mostly SQL. MacroError if it refuses its arguments."""
        return self._context[name](*arguments, **named)


@functools.cache
def parameters(name: str) -> tuple[str, ...] | None:
    """The names of a macro's parameters; None if there is no such macro on DuckDB."""
    return getattr(Macros()._context.get(name), "arguments", None)


def _node(model: Declared) -> dict[str, Any]:
    """What dbt's graph would hold of the model."""
    return {
        "resource_type": "model",
        "config": {"materialized": "ml_model", "meta": {"ml": model.options}},
        "relation_name": str(model.relation),
        "name": model.name,
    }


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.ChainableUndefined)


@functools.cache
def _templates() -> list[jinja2.Template]:
    environment = _environment()
    found = []
    for file in (file for folder in _FOLDERS for file in _sql_files(MACROS / folder)):
        text = file.read_text("utf-8")
        if _DBT_BLOCK.search(text):
            continue
        tree = environment.parse(text, filename=str(file))
        for macro in tree.find_all(nodes.Macro):
            macro.name = _PREFIX + macro.name
        code = environment.compile(tree, filename=str(file))
        found.append(jinja2.Template.from_code(environment, code, environment.globals))
    return found


def _sql_files(folder: Traversable) -> Iterator[Traversable]:
    """Those of a folder and of all below it, in an order that is always the same."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sql_files(entry)
        elif entry.name.endswith(".sql"):
            yield entry


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def _return(value: Any) -> None:
    raise _Return(value)


def _refuse(sentence: str) -> None:
    raise MacroError(sentence)


def _returning(macro: Any) -> Callable[..., Any]:
    """A macro whose value is what it returns, if it does, rather than its text."""

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return macro(*arguments, **named)
        except _Return as returned:
            return returned.value

    call.arguments = macro.arguments  # type: ignore[attr-defined]
    return call
