"""What an emulator leaves out and a client needs, put in on the way.

A bridge is a function of its own that says what is missing and who needs it. It writes a
statement in another form that means the same on BigQuery, or completes a resource; all else it
leaves alone. The gaps are those of local-bigquery 0.4.0; an emulator without them takes no harm.
"""

import re
from collections.abc import Callable
from typing import Any

from googlesql.edits import Edits, Span
from googlesql.service import GoogleSQL, Refused
from googlesql.syntax import Node

Json = dict[str, Any]

# what may stand between two arguments besides their comma
_COMMENT = re.compile(r"--[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)


def mend_sql(service: GoogleSQL, sql: str) -> str:
    """A script in the form that emulators run; as it is where GoogleSQL cannot read it."""
    try:
        script = Node(service.script(sql))
    except Refused:
        return sql
    edits = Edits(sql)
    for node in script.walk():
        for bridge in _STATEMENT_BRIDGES.get(node.kind, []):
            bridge(node, edits)
    return edits.text()


def _set_of_one_variable(node: Node, edits: Edits) -> None:
    """`set (v) = (select as struct x ...)` becomes `set v = (select x ...)`: it is refused with
    "Undeclared variable". dbt's insert_overwrite begins with it."""
    variables, subquery = node["variables"]["identifier_list"], node["struct_expression"]
    if len(variables) != 1 or subquery.kind != "ExpressionSubquery":
        return
    select = subquery["query"]["query_expr"]
    if select.kind != "Select" or select["select_as"] is None:
        return
    name = edits.original(variables[0].span)
    edits.replace(Span(node.span.start, subquery.span.start), f"set {name} = ")
    edits.replace(select["select_as"].span, "")


def _names_of_struct_fields(node: Node, edits: Edits) -> None:
    """`struct(t.a)` becomes `struct(t.a as a)`: a field keeps no name of its own there, and cannot
    be asked for. Point-in-time joins carry rows in structs."""
    if node["struct_type"] is not None:
        return
    for argument in node["fields"]:
        path = argument["expression"]
        if argument["alias"] is None and path.kind == "PathExpression":
            name = edits.original(path["names"][-1].span)
            edits.insert(path.span.end, f" as {name}")


def _time_zone_of_a_row(node: Node, edits: Edits) -> None:
    """`timestamp(x, zone)` becomes `timestamp(concat(cast(x as string), ' ', zone))` unless the
    zone is a literal: only that is accepted. Arrivals are told by the clock of their airport."""
    name, arguments = node["function"].names(), node["arguments"]
    if [part.lower() for part in name] != ["timestamp"] or len(arguments) != 2:
        return
    value, zone = arguments
    if zone.kind == "StringLiteral":
        return
    opening = _find(edits, "(", node["function"].span.end, value.span.start)
    comma = _find(edits, ",", value.span.end, zone.span.start)
    edits.insert(opening + 1, "concat(cast(")
    edits.replace(Span(comma, comma + 1), " as string), ' ',")
    edits.insert(node.span.end - 1, ")")


def _json_in_broken_text(node: Node, edits: Edits) -> None:
    """`json_value(x, path)` of a text that is no JSON is NULL; there the statement fails. So it is
    asked for only where x can be parsed. A lake has lines that are broken."""
    name, arguments = node["function"].names(), node["arguments"]
    if len(name) != 1 or name[0].lower() not in ("json_value", "json_query"):
        return
    if arguments and arguments[0].kind == "PathExpression":
        text = edits.original(arguments[0].span)
        parsed = f"safe.parse_json({text}, wide_number_mode => 'round')"
        edits.insert(node.span.start, f"if({parsed} is null, null, ")
        edits.insert(node.span.end, ")")


def _element_before_the_first(node: Node, edits: Edits) -> None:
    """`a[safe_offset(n)]` is NULL for n below 0; there it counts back from the end. So it is asked
    for only from 0 on, unless n is a number without a sign."""
    position = node["position"]
    if position.kind != "FunctionCall" or len(position["arguments"]) != 1:
        return
    [number] = position["arguments"]
    name = [part.lower() for part in position["function"].names()]
    if name == ["safe_offset"] and number.kind != "IntLiteral":
        edits.insert(node.span.start, f"if(({edits.original(number.span)}) < 0, null, ")
        edits.insert(node.span.end, ")")


def _fields_of_an_array(node: Node, edits: Edits) -> None:
    """`from unnest(a) where f = 1` becomes `from (select e.* from unnest(a) as e) where f = 1`: a
    field of an element is not known by its own name. Probabilities are read so, in a subquery. An
    array without structs has no fields: a query that names none is left alone."""
    clause = node["from_clause"]
    table = clause and clause["table_expression"]
    if table is None or table.kind != "TablePathExpression" or table["unnest_expr"] is None:
        return
    [*arrays] = table["unnest_expr"]["expressions"]
    array, offset = arrays[0]["expression"], table["with_offset"]
    is_path = len(arrays) == 1 and array.kind == "PathExpression"
    if table["alias"] is not None or not is_path or not _has_bare_names(node):
        return
    columns, numbered = "bqml_element.*", ""
    if offset is not None:
        name = "offset" if offset["alias"] is None else offset["alias"]["identifier"]["id_string"]
        columns, numbered = f"{columns}, {name}", f" with offset as {name}"
    unnested = f"unnest({edits.original(array.span)}) as bqml_element{numbered}"
    edits.replace(table.span, f"(select {columns} from {unnested})")


def _has_bare_names(select: Node) -> bool:
    """Whether a name without a qualifier stands in the SELECT, besides its FROM clause."""

    def below(node: Node) -> bool:
        if node.kind == "PathExpression":
            return len(node.names()) == 1
        function = node["function"].span if node.kind == "FunctionCall" else None
        return any(below(child) for child in node.children() if child.span != function)

    return any(below(child) for child in select.children() if child.kind != "FromClause")


_STATEMENT_BRIDGES: dict[str, list[Callable[[Node, Edits], None]]] = {
    "AssignmentFromStruct": [_set_of_one_variable],
    "StructConstructorWithKeyword": [_names_of_struct_fields],
    "ArrayElement": [_element_before_the_first],
    "Select": [_fields_of_an_array],
    "FunctionCall": [_time_zone_of_a_row, _json_in_broken_text],
}


def mend_job(job: Json) -> None:
    """Complete a Job resource in place."""
    _destination_of_created_table(job)


def _destination_of_created_table(job: Json) -> None:
    """BigQuery names the table that `create table as` made as the job's destination; the emulator
    does not. dbt reads the table's row count from there, and fails without."""
    query = job.get("configuration", {}).get("query")
    made = job.get("statistics", {}).get("query", {}).get("ddlTargetTable")
    if query is not None and made:
        query.setdefault("destinationTable", made)


def _find(edits: Edits, sign: str, start: int, end: int) -> int:
    """The offset of a sign between two nodes, where besides it are brackets, space and comments."""
    between = edits.original(Span(start, end))
    blank = _COMMENT.sub(lambda comment: " " * len(comment[0].encode()), between)
    return start + blank.index(sign)
