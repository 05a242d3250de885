"""The select list of a TRANSFORM clause: read, checked and taken apart as DuckDB parses it.

An aggregate with an empty window, `avg(x) over ()`, is a statistic over the training rows. Training
computes it once; from then on the expression around it is evaluated with that value in its place.
Nothing here runs an expression: `transform.py` does.

An expression is a node of DuckDB's syntax tree, as `json_serialize_sql` gives it: a dict with a
"class".
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
from bqml_vocabulary.errors import ModelError

from duckdb_bqml import hashing

Node = dict[str, Any]

ROW, STATISTICS = "bqml_row", "bqml_statistics"
"""The relations that a rewritten expression names: the input row, and the one row of statistics."""

_EXPRESSIONS = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "LAMBDA",
        "OPERATOR",
        "WINDOW",
    }
)
_REASONS = {
    "SUBQUERY": "holds a subquery; join in the training query instead",
    "STAR": "holds a star inside an expression; write the columns out",
    "PARAMETER": "holds a parameter; write the value",
    "POSITIONAL_REFERENCE": "names a column by its position; write its name",
}
# They read or change something outside the row, or give several rows for one.
_FORBIDDEN_FUNCTIONS = frozenset(
    {
        "currval",
        "current_setting",
        "generate_subscripts",
        "getenv",
        "getvariable",
        "nextval",
        "query",
        "setseed",
        "sleep_ms",
        "unnest",
        "write_log",
    }
)
_TYPES = {"float64": "DOUBLE"}  # BigQuery's types that DuckDB calls otherwise; it knows the rest
_TOKEN = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|`([^`]*)`|\*\s*except\s*\(""", re.IGNORECASE
)


def sandbox() -> duckdb.DuckDBPyConnection:
    """A database of its own that reaches no file, no network and no variable of Python.

    One thread, so that a sum over floating-point numbers is taken in the order of the rows.
    """
    connection = duckdb.connect(config={"enable_external_access": "false", "threads": "1"})
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_progress_bar = false",
        "python_enable_replacements = false",
        "timezone = 'UTC'",
        "lambda_syntax = 'ENABLE_SINGLE_ARROW'",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    hashing.register(connection)
    return connection


class _Catalog(NamedTuple):
    """DuckDB's own functions; of macros that are no functions as well, the definitions."""

    connection: duckdb.DuckDBPyConnection
    known: frozenset[str]
    macros: Mapping[str, Sequence[str]]
    aggregates: frozenset[str]
    volatile: frozenset[str]
    take_lambda: frozenset[str]


@functools.cache
def _catalog() -> _Catalog:
    connection = sandbox()

    def names(condition: str) -> frozenset[str]:
        found = connection.execute(
            f"select distinct function_name from duckdb_functions() where {condition}"
        )
        return frozenset(name for (name,) in found.fetchall())

    known = names("function_type in ('scalar', 'aggregate')")
    macros = connection.execute(
        "select function_name, list(macro_definition) from duckdb_functions() "
        "where function_type = 'macro' group by all"
    ).fetchall()
    return _Catalog(
        connection,
        known | {name for name, _ in macros},
        {name: definitions for name, definitions in macros if name not in known},
        names("function_type = 'aggregate'"),
        names("stability = 'VOLATILE'"),
        names("list_contains(parameter_types, 'LAMBDA')"),
    )


class Output(NamedTuple):
    """One named expression over the columns of ROW."""

    item: str
    name: str
    expression: Node

    @property
    def is_bare(self) -> bool:
        """Whether it is one column under its own name."""
        path = self.expression.get("column_names", [])
        return len(path) == 2 and path[1] == self.name

    @property
    def inputs(self) -> set[str]:
        """The columns of ROW it needs."""
        return _names(self.expression, ROW)


class Expansion(NamedTuple):
    """An item `expression.*`, whose fields are known once the expression has a type."""

    item: str
    expression: Node


# ---- reading


def parse(sql: str) -> list[Node]:
    """The expressions of `select {sql}`; ModelError if it is anything but a list of them."""
    # A line of its own, so that a comment at the end ends there.
    try:
        tree = _serialized(f"select {sql}\n")
    except RecursionError:
        raise ModelError("is nested too deeply; take it apart") from None
    if tree["error"]:
        raise ModelError(f"is no expression ({tree['error_message'].partition(chr(10))[0]})")
    statements = tree["statements"]
    if len(statements) != 1:
        raise ModelError("is no list of expressions")
    node, plain = statements[0]["node"], _plain()["node"]
    if {**node, "select_list": plain["select_list"]} != plain:
        raise ModelError("holds more than expressions; it ends where FROM would begin")
    return node["select_list"]


def text(outputs: Sequence[tuple[str | None, Node]]) -> str:
    """The select list of these named expressions, as SQL."""
    nodes = [expression | {"alias": name or ""} for name, expression in outputs]
    node = _plain()["node"] | {"select_list": nodes}
    tree = {"error": False, "statements": [_plain() | {"node": node}]}
    with _catalog().connection.cursor() as cursor:
        try:
            found = cursor.execute("select json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
        except duckdb.Error:
            raise ModelError("holds a number beyond float64; write a smaller one") from None
    return found[0].removeprefix("SELECT ")


def _serialized(sql: str) -> Node:
    with _catalog().connection.cursor() as cursor:
        return json.loads(cursor.execute("select json_serialize_sql(?)", [sql]).fetchone()[0])


@functools.cache
def _plain() -> Node:
    """The statement `select 1`."""
    return _serialized("select 1")["statements"][0]


def read_items(items: Sequence[str], columns: Sequence[str]) -> list[Output | Expansion]:
    """The items of the clause over a query with these columns; ModelError at the first fault."""
    if not items:
        raise ModelError("option 'transform' is an empty list; give at least one expression")
    found: list[Output | Expansion] = []
    for item in items:
        try:
            found += _read_item(item, {name.lower(): name for name in columns})
        except ModelError as error:
            raise ModelError(f"transform item {shown(item)} {error}") from None
    return found


def shown(item: str) -> str:
    """The item as a message quotes it: on one line, and not all of a long one."""
    line = " ".join(item.split())
    return repr(line if len(line) <= 100 else f"{line[:60]} … {line[-30:]}")


def _read_item(item: str, columns: Mapping[str, str]) -> list[Output | Expansion]:
    sql = _in_duckdb(item).strip()
    expands = sql.endswith(".*")
    nodes = parse(sql.removesuffix(".*") if expands else sql)
    if len(nodes) != 1:
        raise ModelError("holds several expressions; make each an item of the list")
    node = nodes[0]
    if node["class"] == "STAR":
        return [
            Output(item, name, _checked(expression, columns))
            for name, expression in _star(node, columns)
        ]
    name = node["alias"] or _column_name(node)
    expression = _checked(node, columns)
    if expands:
        return [Expansion(item, expression)]
    if not name:
        raise ModelError("has no name; add 'as' and one")
    # A column keeps the case it has in the query.
    is_column = node["class"] == "COLUMN_REF" and not node["alias"]
    return [Output(item, expression["column_names"][-1] if is_column else name, expression)]


def quoted(name: str) -> str:
    """A name as DuckDB's SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _in_duckdb(item: str) -> str:
    """BigQuery's `name` and * except (...), which DuckDB writes "name" and * exclude (...)."""

    def write(token: re.Match[str]) -> str:
        if token[1] is not None:
            return token[1]
        if token[2] is not None:
            return quoted(token[2])
        return "* exclude ("

    return _TOKEN.sub(write, item)


def _column_name(node: Node) -> str:
    return node["column_names"][-1] if node["class"] == "COLUMN_REF" else ""


def column(*path: str) -> Node:
    """The expression that is a column."""
    return {
        "class": "COLUMN_REF",
        "type": "COLUMN_REF",
        "alias": "",
        "query_location": 0,
        "column_names": list(path),
    }


def _star(node: Node, columns: Mapping[str, str]) -> list[tuple[str, Node]]:
    if node["columns"] or node["relation_name"] or node["rename_list"] or node["expr"]:
        raise ModelError("is no star that BigQuery has; write *, * except or * replace")
    left_out = {name.lower() for name in node["exclude_list"]}
    replaced = {pair["key"].lower(): pair["value"] for pair in node["replace_list"]}
    for name in (*left_out, *replaced):
        if name not in columns:
            raise ModelError(f"names the column '{name}', which the training query does not return")
    return [
        (name, replaced.get(key, column(name)))
        for key, name in columns.items()
        if key not in left_out
    ]


# ---- checking


def _nodes(tree: Any) -> Iterator[Node]:
    """All expressions in a tree, outer ones first."""
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for child in tree.values():
            yield from _nodes(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _nodes(child)


def _checked(expression: Node, columns: Mapping[str, str]) -> Node:
    """The expression with its columns named by ROW; ModelError if BigQuery would refuse it."""
    for node in _nodes(expression):
        _check(node)
        if node["class"] == "WINDOW":
            _check_window(node)
    inside = {id(inner) for node in _windows(expression) for inner in _nodes(node)}
    for node in _nodes(expression):
        name = node.get("function_name", "").lower()
        if name in _catalog().aggregates and id(node) not in inside:
            raise ModelError(f"holds the aggregate {name} outside a window; add 'over ()'")
    return _qualified(expression, columns, frozenset())


def check_text(expressions: Sequence[Node]) -> None:
    """ModelError unless these expressions, written as SQL, are read as the same again."""
    written = parse(text([(node["alias"], node) for node in expressions]))
    if _without_place(written) != _without_place(list(expressions)):
        raise ModelError("is read otherwise than it is written")


def check_stored(expressions: Sequence[Node], inputs: Sequence[str], statistics: set[str]) -> None:
    """ModelError unless these are expressions over ROW and STATISTICS and reach nothing else."""
    for expression in expressions:
        parameters = {name for node in _nodes(expression) for name in _bound(node, frozenset())}
        for node in _nodes(expression):
            _check(node)
            name = node.get("function_name", "").lower()
            if node["class"] == "WINDOW" or name in _catalog().aggregates:
                raise ModelError(f"holds the aggregate {name}")
            if node["class"] == "COLUMN_REF":
                head, *rest = node["column_names"]
                known = {ROW: inputs, STATISTICS: statistics}.get(head, ())
                if not (rest and rest[0] in known) and head.lower() not in parameters:
                    raise ModelError(f"names the unknown column {'.'.join(node['column_names'])}")


def _check(node: Node) -> None:
    if node["class"] not in _EXPRESSIONS:
        reason = _REASONS.get(node["class"], f"holds a {node['class'].lower()}, which is not valid")
        raise ModelError(reason)
    if node["class"] in ("FUNCTION", "WINDOW"):
        name = node["function_name"].lower()
        if name in _FORBIDDEN_FUNCTIONS:
            raise ModelError(f"holds {name}, which is not valid here; remove it")
        if name not in _catalog().known or node["schema"] not in ("", "main") or node["catalog"]:
            raise ModelError(f"holds the function {name}, which DuckDB does not know")
        if name in _catalog().macros and not _is_plain(name):
            raise ModelError(f"holds {name}, which is not valid here; remove it")
        node["schema"] = ""  # the parser writes main.struct_pack of {'a': 1}
    if node["class"] == "CAST":
        node["cast_type"] = _known_type(node["cast_type"])


@functools.cache
def _is_plain(macro: str) -> bool:
    """Whether a macro holds nothing that an expression may not hold: no subquery, no sleep."""
    try:
        for definition in _catalog().macros[macro]:
            for node in _nodes(parse(definition)):
                _check(node)
    except ModelError:
        return False
    return True


def _known_type(data_type: Any) -> Any:
    """The type of a cast with BigQuery's FLOAT64 understood; ModelError if it is not known."""
    if isinstance(data_type, list):
        return [_known_type(part) for part in data_type]
    if not isinstance(data_type, dict):
        return data_type
    if data_type.get("id") == "UNBOUND":
        name = data_type["type_info"]["name"].lower()
        if name == "json":
            return data_type
        if name not in _TYPES:
            raise ModelError(f"casts to {name}, a type DuckDB does not know")
        return {"id": _TYPES[name], "type_info": None}
    return {key: _known_type(value) for key, value in data_type.items()}


def _check_window(node: Node) -> None:
    name = node["function_name"]
    if node["type"] != "WINDOW_AGGREGATE":
        raise ModelError(f"holds {name}, which is no statistic; use an aggregate over ()")
    frame = (node["start"], node["end"], node["exclude_clause"])
    if (
        node["partitions"]
        or node["orders"]
        or node["start_expr"]
        or node["end_expr"]
        or node["ignore_nulls"]
        or frame != ("UNBOUNDED_PRECEDING", "CURRENT_ROW_RANGE", "NO_OTHER")
    ):
        raise ModelError(f"holds {name} over a window that is not empty; write 'over ()'")
    if any(inner is not node for inner in _windows(node)):
        raise ModelError(f"holds a window inside the window of {name}; write one of them only")
    if name.lower() not in _catalog().aggregates:
        raise ModelError(f"holds {name} over (), which is no aggregate; remove 'over ()'")


def _windows(tree: Any) -> list[Node]:
    return [node for node in _nodes(tree) if node["class"] == "WINDOW"]


def _bound(node: Node, bound: frozenset[str]) -> frozenset[str]:
    """The names bound in a call's lambdas. DuckDB parses the JSON arrow as a lambda, too."""
    if node.get("function_name", "").lower() not in _catalog().take_lambda:
        return bound
    return bound | {
        inner["column_names"][0].lower()
        for child in node.get("children", ())
        if child["class"] == "LAMBDA"
        for inner in _nodes(child["lhs"])
        if inner["class"] == "COLUMN_REF"
    }


def _qualified(tree: Any, columns: Mapping[str, str], bound: frozenset[str]) -> Any:
    """The tree with every column `x` written `bqml_row.x`, lambda parameters left alone."""
    if isinstance(tree, list):
        return [_qualified(child, columns, bound) for child in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.get("class") == "COLUMN_REF":
        head, *rest = tree["column_names"]
        if head.lower() in bound:
            return tree
        if head.lower() not in columns:
            raise ModelError(
                f"names the column '{head}', which is missing from the query, whose columns are "
                f"{', '.join(columns.values())}"
            )
        return tree | {"column_names": [ROW, columns[head.lower()], *rest]}
    inside = _bound(tree, bound) if "class" in tree else bound
    if tree.get("class") == "WINDOW" and bound & _free_names(tree):
        raise ModelError("holds an aggregate of a lambda's parameter; take it outside the lambda")
    return {key: _qualified(child, columns, inside) for key, child in tree.items()}


def _free_names(tree: Node) -> set[str]:
    return {
        node["column_names"][0].lower() for node in _nodes(tree) if node["class"] == "COLUMN_REF"
    }


# ---- taking apart


class Statistics:
    """The statistics of a select list, each once: name and expression over the training rows."""

    def __init__(self) -> None:
        self.expressions: dict[str, Node] = {}
        self._names: dict[str, str] = {}

    def taken_out(self, tree: Any) -> Any:
        """The tree with each largest part that is the same for all rows replaced by a column.

        Such a part holds a window at least, and nothing of the row outside windows.
        """
        if isinstance(tree, list):
            return [self.taken_out(child) for child in tree]
        if not isinstance(tree, dict):
            return tree
        if "class" in tree and _windows(tree) and not _varies(tree, frozenset()):
            return column(STATISTICS, self._add(tree)) | {"alias": tree["alias"]}
        return {key: self.taken_out(child) for key, child in tree.items()}

    def _add(self, expression: Node) -> str:
        expression = _without_place(_aggregated(expression)) | {"alias": ""}
        key = json.dumps(expression, sort_keys=True)
        if key not in self._names:
            self._names[key] = f"s{len(self._names)}"
            self.expressions[self._names[key]] = expression
        return self._names[key]


def _varies(tree: Any, bound: frozenset[str]) -> bool:
    """Whether an expression has another value from row to row, or from call to call."""
    if isinstance(tree, list):
        return any(_varies(child, bound) for child in tree)
    if not isinstance(tree, dict) or tree.get("class") == "WINDOW":
        return False
    if tree.get("class") == "COLUMN_REF":
        return tree["column_names"][0].lower() not in bound
    if tree.get("function_name", "").lower() in _catalog().volatile:
        return True
    inside = _bound(tree, bound) if "class" in tree else bound
    return any(_varies(child, inside) for child in tree.values())


def _aggregated(tree: Any) -> Any:
    """The tree with every window replaced by its plain aggregate."""
    if isinstance(tree, list):
        return [_aggregated(child) for child in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.get("class") != "WINDOW":
        return {key: _aggregated(child) for key, child in tree.items()}
    return {
        "class": "FUNCTION",
        "type": "FUNCTION",
        "alias": "",
        "function_name": tree["function_name"],
        "schema": tree["schema"],
        "children": tree["children"],
        "filter": tree["filter_expr"],
        "order_bys": {"type": "ORDER_MODIFIER", "orders": tree["arg_orders"]},
        "distinct": tree["distinct"],
        "is_operator": False,
        "export_state": False,
        "catalog": "",
    }


def _without_place(tree: Any) -> Any:
    """The tree without the positions in the text, which tell equal expressions apart."""
    if isinstance(tree, list):
        return [_without_place(child) for child in tree]
    if not isinstance(tree, dict):
        return tree
    return {key: _without_place(child) for key, child in tree.items() if key != "query_location"}


def _names(tree: Any, relation: str) -> set[str]:
    """The columns of one relation that a tree names."""
    return {
        node["column_names"][1]
        for node in _nodes(tree)
        if node["class"] == "COLUMN_REF"
        and node["column_names"][0] == relation
        and len(node["column_names"]) > 1
    }


def inputs_of(expressions: Sequence[Node]) -> set[str]:
    """The columns of ROW that expressions need."""
    return _names(list(expressions), ROW)


def field(struct: Node, name: str) -> Node:
    """The expression that is one field of a struct."""
    [template] = parse("struct_extract(null, '')")
    key = template["children"][1]
    return template | {
        "children": [struct, key | {"value": key["value"] | {"value": name}}],
    }
