"""Preprocessing functions in a query: looked up in a table of their values.

What such a function gives depends on its arguments and, if it is analytic, on those of all rows.
So the emulator is asked for the arguments of all rows, the macro of that name is evaluated on them,
and in the query a subquery finds the value by the arguments.
"""

from typing import Any, NamedTuple

from bqml_vocabulary.functions import FUNCTIONS

from bqml_proxy import constants
from bqml_proxy.errors import invalid_query
from bqml_proxy.macros import parameters
from googlesql.edits import Edits, Span
from googlesql.service import GoogleSQL
from googlesql.syntax import Node

KEY, VALUE = "bqml_key", "bqml_value"


class Preprocessing(NamedTuple):
    """One call, taken apart."""

    name: str
    span: Span
    """With its OVER ()."""
    columns: dict[str, str]
    """The expressions that differ from row to row, by a name for each."""
    arguments: list[Any]
    """What the macro is called with."""
    takes_terms: bool
    """Its column is an array of texts. A query cannot return one that holds NULL: it is read from
    the key."""

    @property
    def key(self) -> str:
        """What tells rows of other arguments apart, in BigQuery's SQL."""
        texts = [f"coalesce(to_json_string({text}), 'null')" for text in self.columns.values()]
        return " || chr(10) || ".join(texts)

    def selected(self) -> str:
        """The select list that gives key and columns."""
        read = {} if self.takes_terms else self.columns
        columns = [f"{text} as {name}" for name, text in read.items()]
        return ", ".join([f"{self.key} as {KEY}", *columns])

    def statement(self, expression: str, rows: str) -> str:
        """The value of each key, in DuckDB's SQL: `expression` is the macro's, `rows` are those of
        the select list above."""
        source = rows
        if self.takes_terms:
            [column] = self.columns
            terms = f"cast(cast({KEY} as json) as varchar[])"
            source = f"(select {KEY}, {terms} as {column} from {rows})"
        return (
            f"select {KEY}, any_value({VALUE}) as {VALUE}"
            f" from (select {KEY}, {expression} as {VALUE} from {source}) group by {KEY}"
        )

    def lookup(self, table: str) -> str:
        return f"(select {VALUE} from `{table}` where {KEY} = {self.key})"


def taken_apart(
    service: GoogleSQL, edits: Edits, name: str, call: Node, window: Node | None
) -> Preprocessing:
    """The call of a function, with the node that puts it over a window, if there is one."""
    function, taken = FUNCTIONS.get(name), parameters(f"ml_{name.lower()}")
    if function is None or taken is None:
        raise invalid_query(f"ML.{name} is not available here.")
    if function.is_analytic and (window is None or window["window_spec"].children()):
        raise invalid_query(f"ML.{name} needs an empty OVER () behind it.")
    if window is not None and not function.is_analytic:
        raise invalid_query(f"ML.{name} takes no OVER.")
    given = call["arguments"]
    least = min(sum(not type_.endswith("?") for type_ in types) for types, _ in function.signatures)
    if not least <= len(given) <= len(taken):
        raise invalid_query(f"ML.{name} takes ({', '.join(taken)}), not {len(given)} arguments.")
    columns: dict[str, str] = {}

    def column(node: Node) -> str:
        columns[f"bqml_argument_{len(columns)}"] = edits.text(node.span)
        return [*columns][-1]

    arguments: list[Any] = []
    for number, node in enumerate(given):
        if number == 0 and function.fields:
            fields = _fields(name, node)
            arguments.append({field: column(expression) for field, expression in fields.items()})
        elif number == 0 or (name == "DISTANCE" and number == 1):
            arguments.append(column(node))
        else:
            text = edits.text(node.span)
            what = f"ML.{name}: {taken[number]}"
            arguments.append(_setting(constants.constant(service, text, what)))
    takes_terms = all(types[0] == "ARRAY<STRING>" for types, _ in function.signatures)
    return Preprocessing(name, (window or call).span, columns, arguments, takes_terms)


def _fields(name: str, struct: Node) -> dict[str, Node]:
    """The fields of a STRUCT written in place."""
    if struct.kind != "StructConstructorWithKeyword":
        raise invalid_query(f"ML.{name} takes a STRUCT written in place: STRUCT(a, b + 1 AS c).")
    found = {}
    for field in struct["fields"]:
        expression, alias = field["expression"], field["alias"]
        if alias is not None:
            found[alias["identifier"]["id_string"]] = expression
        elif expression.kind == "PathExpression":
            found[expression.names()[-1]] = expression
        else:
            raise invalid_query(f"ML.{name}: every field needs a name; write expression AS name.")
    return found


def _setting(value: Any) -> Any:
    """A value as the macros take it, which read text as an SQL literal."""
    if not isinstance(value, str):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
