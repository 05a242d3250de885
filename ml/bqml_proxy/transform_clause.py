"""A TRANSFORM clause in the words of DuckDB, in which the engine evaluates it.

The engine takes the items of the clause as text, and makes the calls of BigQuery ML in them what
the macros say. The rest has to mean in DuckDB what it means in BigQuery: only what does, and what
can be written so that it does, is let through.
"""

import re
from collections.abc import Callable

from bqml_vocabulary.functions import FUNCTIONS
from zetasql.wasi._pb2.zetasql.parser import ast_enums_pb2
from zetasql.wasi._pb2.zetasql.public import type_pb2

from bqml_proxy.errors import invalid_query
from googlesql.edits import Edits, Span
from googlesql.syntax import Node

# syntax that is the same, if what is inside is
_SAME = frozenset(
    {
        "Alias",
        "AndExpr",
        "ArrayConstructor",
        "BetweenExpression",
        "BooleanLiteral",
        "CaseNoValueExpression",
        "CaseValueExpression",
        "DotIdentifier",
        "DotStar",
        "Identifier",
        "InExpression",
        "InList",
        "IntLiteral",
        "Location",
        "NullLiteral",
        "OrExpr",
        "PathExpression",
        "SelectColumn",
        "Star",
        "StarExceptList",
        "StarModifiers",
        "StarReplaceItem",
        "StarWithModifiers",
        "StructConstructorArg",
        "StructConstructorWithKeyword",
        "UnaryExpression",
    }
)
_FUNCTIONS = frozenset(
    {
        *("abs", "ceil", "ceiling", "exp", "floor", "ln", "mod", "pow", "power", "round", "sign"),
        *("acos", "asin", "atan", "atan2", "cos", "cosh", "sin", "sinh", "sqrt", "tan", "tanh"),
        *("char_length", "ends_with", "length", "lower", "reverse", "starts_with", "upper"),
        *("coalesce", "if", "ifnull", "nullif", "trunc"),
    }
)
# over all rows that train: OVER ()
_STATISTICS = frozenset(
    {
        *("avg", "count", "max", "min", "sum"),
        *("stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance"),
    }
)
_WRITTEN = {
    "log": ("ln({0})", 1),
    "log10": ("log10({0})", 1),
    "safe_divide": ("(({0}) / nullif({1}, 0))", 2),
}
_TYPES = {
    "DATE": "DATE",
    "FLOAT64": "DOUBLE",
    "INT64": "BIGINT",
    "INTEGER": "BIGINT",
    "NUMERIC": "DECIMAL(38, 9)",
    "STRING": "VARCHAR",
}
_PARTS = {
    part: f"extract({part} from {{0}})"
    for part in ("year", "quarter", "month", "day", "hour", "minute", "dayofyear")
} | {
    "dayofweek": "(extract(dayofweek from {0}) + 1)",  # from 1, Sunday
    "isoweek": "extract(week from {0})",
}
_OPERATORS = ast_enums_pb2.ASTBinaryExpressionEnums.Op
_TIMESTAMP = type_pb2.TypeKind.Value("TYPE_TIMESTAMP")
_COMMENT = re.compile(r"--[^\n]*|\#[^\n]*|/\*.*?\*/", re.DOTALL)


def items(edits: Edits, clause: Node) -> list[str]:
    """The items of a clause; BigQueryError names the first thing that DuckDB may read otherwise."""
    writer = _Writer(edits)
    return [writer.text(item) for item in clause["select_list"]["columns"]]


def named(edits: Edits, clause: Node) -> dict[str, str]:
    """The expressions of a clause as they were written, by the names they are given."""
    found = {}
    for item in clause["select_list"]["columns"]:
        expression, alias = item["expression"], item["alias"]
        if alias is not None:
            found[alias["identifier"]["id_string"]] = edits.original(expression.span)
    return found


class _Writer:
    def __init__(self, edits: Edits) -> None:
        self._edits = edits
        self._special: dict[str, Callable[[Node], str]] = {
            "AnalyticFunctionCall": self._analytic,
            "BinaryExpression": self._binary,
            "CastExpression": self._cast,
            "DateOrTimeLiteral": self._moment,
            "ExtractExpression": self._extract,
            "FloatLiteral": self._float,
            "FunctionCall": self._function,
            "StringLiteral": lambda node: _literal(node["string_value"]),
        }

    def text(self, node: Node) -> str:
        if node.kind in self._special:
            return self._special[node.kind](node)
        if node.kind not in _SAME:
            raise self._refused(node)
        return self._spliced(node)

    def _spliced(self, node: Node) -> str:
        """The node as it is written, but for what is below it, and without comments."""
        parts, start = [], node.span.start
        for child in node.children():
            parts += [self._between(start, child.span.start), self.text(child)]
            start = child.span.end
        return "".join([*parts, self._between(start, node.span.end)])

    def _between(self, start: int, end: int) -> str:
        return _COMMENT.sub(" ", self._edits.original(Span(start, end)))

    def _function(self, node: Node, statistics: bool = False) -> str:
        names = [name.lower() for name in node["function"].names()]
        arguments = [self.text(argument) for argument in node["arguments"]]
        if names[0] == "ml" and len(names) == 2 and names[1].upper() in FUNCTIONS:
            return f"ml.{names[1]}({', '.join(arguments)})"
        written, count = _WRITTEN.get(names[0], ("", 0))
        if len(names) == 1 and count == len(arguments) > 0:
            return written.format(*arguments)
        to_digits = names[0] in ("round", "trunc") and len(arguments) > 1
        known = _STATISTICS if statistics else _FUNCTIONS
        if len(names) > 1 or names[0] not in known or to_digits:
            raise self._refused(node)
        return f"{names[0]}({', '.join(arguments) or '*'})"

    def _analytic(self, node: Node) -> str:
        if node["window_spec"].children():
            raise self._refused(node)
        is_ml = node["function"]["function"].names()[0].lower() == "ml"
        return f"{self._function(node['function'], statistics=not is_ml)} over ()"

    def _binary(self, node: Node) -> str:
        operator, right = _OPERATORS.Name(node["op"]), node["rhs"]
        # in DuckDB ^ is a power, and LIKE knows no escapes
        if operator == "BITWISE_XOR" or (
            operator == "LIKE" and (right.kind != "StringLiteral" or "\\" in right["string_value"])
        ):
            raise self._refused(node)
        return self._spliced(node)

    def _float(self, node: Node) -> str:
        """In DuckDB a number without an exponent is a DECIMAL."""
        text = self._edits.original(node.span)
        return text if "e" in text.lower() else f"{text}e0"

    def _moment(self, node: Node) -> str:
        if node["type_kind"] != _TIMESTAMP:
            return self._spliced(node)
        return f"timestamptz {self.text(node['string_literal'])}"

    def _cast(self, node: Node) -> str:
        name = node["type"]["type_name"] if node["type"].kind == "SimpleType" else None
        type_name = _TYPES.get(name.names()[0].upper()) if name else None
        if type_name is None or node["format"] is not None:
            raise self._refused(node)
        cast = "try_cast" if node["is_safe_cast"] else "cast"
        expression = self.text(node["expr"])
        given, plain = f"typeof({expression})", f"{cast}({expression} as {type_name})"
        if type_name == "BIGINT":
            # DuckDB rounds a FLOAT64 halfway between two numbers to the even one
            rounded = f"{cast}(round({cast}({expression} as DOUBLE)) as BIGINT)"
            return f"case when {given} = 'DOUBLE' then {rounded} else {plain} end"
        if type_name == "VARCHAR":
            # and writes the zeros behind the point
            return (
                f"case when {given} = 'DOUBLE' then regexp_replace({plain}, '[.]0$', '')"
                f" when starts_with({given}, 'DECIMAL')"
                f" then regexp_replace({plain}, '[.]?0+$', '') else {plain} end"
            )
        return plain

    def _extract(self, node: Node) -> str:
        part = self._edits.original(node["lhs_expr"].span).lower()
        if part not in _PARTS or node["time_zone_expr"] is not None:
            raise self._refused(node)
        return _PARTS[part].format(self.text(node["rhs_expr"]))

    def _refused(self, node: Node) -> Exception:
        return invalid_query(
            f"line {self._edits.line(node.span.start)}: TRANSFORM cannot take"
            f" {self._edits.original(node.span)} here, which is not known to mean the same on"
            " DuckDB; compute it in the query."
        )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
