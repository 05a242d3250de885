"""Whether a statement says which partitions it reads of a table that demands it.

BigQuery refuses a reading without "a filter over column(s) that can be used for partition
elimination". It counts here if it stands in the WHERE over the table itself, is one of the
conditions that must all hold, and compares the bare column with something constant; `is null` and
`is not null` are such. BigQuery also finds filters that stand further out: what is let pass here is
less than there.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from googlesql import messages

_COMPARISONS = "equal less less_or_equal greater greater_or_equal between in in_array is_null"
_BOUNDS = {f"ZetaSQL:${name}" for name in _COMPARISONS.split()}


def unfiltered(statement: Message, demanded: dict[int, str]) -> str | None:
    """A partition column without a filter; `demanded` has it by the table's id in the catalog."""
    name = statement.DESCRIPTOR.name
    if name == "ResolvedMergeStmtProto":
        written = [_merge_filters(statement)]
    elif name in ("ResolvedUpdateStmtProto", "ResolvedDeleteStmtProto"):
        written = [[statement.where_expr]]
    else:
        written = []
    for filters in written:
        if missing := _missing(statement.table_scan, filters, demanded):
            return missing
    return next(_in_scans(statement, [], demanded, bool(written)), None)


def _merge_filters(statement: Message) -> list[Any]:
    """What holds for all rows of the target that a MERGE reads."""
    merged = messages.innermost(statement.merge_expr)
    if merged.DESCRIPTOR.name != "ResolvedLiteralProto":
        return [statement.merge_expr]
    clauses = [clause for clause in statement.when_clause_list if not clause.HasField("insert_row")]
    return [clause.match_expr for clause in clauses] if len(clauses) == 1 else []


def _in_scans(
    message: Message, filters: list[Any], demanded: dict[int, str], is_written: bool = False
) -> Iterator[str]:
    name = message.DESCRIPTOR.name
    if name == "ResolvedTableScanProto" and not is_written:
        if missing := _missing(message, filters, demanded):
            yield missing
        return
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None or (is_written and descriptor.name == "table_scan"):
            continue
        below = _filters_below(message, name, descriptor.name, filters)
        for item in value if descriptor.is_repeated else [value]:
            yield from _in_scans(messages.innermost(item), below, demanded)


def _filters_below(message: Message, name: str, field: str, filters: list[Any]) -> list[Any]:
    """The conditions that hold for the rows of a scan that stands in a field of another."""
    if name == "ResolvedFilterScanProto" and field == "input_scan":
        return [*filters, message.filter_expr]
    if name == "ResolvedProjectScanProto" and field == "input_scan":
        return filters
    if name == "ResolvedJoinScanProto" and field in ("left_scan", "right_scan"):
        kinds = message.DESCRIPTOR.fields_by_name["join_type"].enum_type.values_by_number
        kind = kinds[message.join_type].name
        if kind == "INNER":
            return [*filters, message.join_expr]
        if kind == "LEFT":
            return filters if field == "left_scan" else [message.join_expr]
    return []


def _missing(scan: Message, filters: list[Any], demanded: dict[int, str]) -> str | None:
    key = demanded.get(scan.table.serialization_id)
    if key is None:
        return None
    columns = messages.field(scan, "column_list")
    ids = [column.column_id for column in columns if column.name.lower() == key.lower()]
    if ids and any(_bounds(expression, ids[0]) for expression in filters):
        return None
    return key


def _bounds(expression: Message, column_id: int) -> bool:
    call = messages.innermost(expression)
    if call.DESCRIPTOR.name != "ResolvedFunctionCallProto":
        return False
    function = messages.field(call, "function").name
    arguments = [messages.innermost(item) for item in messages.field(call, "argument_list")]
    if function == "ZetaSQL:$and":
        return any(_bounds(argument, column_id) for argument in arguments)
    if function == "ZetaSQL:$or":
        return all(_bounds(argument, column_id) for argument in arguments)
    if function == "ZetaSQL:$not":
        inner = arguments[0]
        is_call = inner.DESCRIPTOR.name == "ResolvedFunctionCallProto"
        names_null = is_call and messages.field(inner, "function").name == "ZetaSQL:$is_null"
        return names_null and _bounds(inner, column_id)
    if function not in _BOUNDS:
        return False
    bare = [item for item in arguments if item.DESCRIPTOR.name == "ResolvedColumnRefProto"]
    others = [item for item in arguments if item not in bare]
    return [item.column.column_id for item in bare] == [column_id] and not any(
        part.DESCRIPTOR.name in ("ResolvedColumnRefProto", "ResolvedSubqueryExprProto")
        for item in others
        for part in messages.walk(item)
    )
