"""What a statement reads: the columns that its rows depend on, and between which bounds.

A column is read if what the statement gives, or which rows it gives, depends on it: what a CTE, a
view or a subquery offers and nobody takes is not read. A field of a STRUCT is read alone. Bounds
are those that a filter sets by comparing a column with a constant, followed down through
projections, CTEs, views, unions, inner joins and the kept side of outer joins to the table.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.message import Message
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_ast_enums_pb2 as enums

from googlesql import messages
from googlesql.messages import innermost

_JOINS = enums.ResolvedJoinScanEnums
_SUBQUERIES = enums.ResolvedSubqueryExprEnums
_MERGES = enums.ResolvedMergeWhenEnums
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = {"date_value": timedelta(days=1), "timestamp_value": timedelta(microseconds=1)}

Leaf = tuple[int, tuple[str, ...]]
"""A column of the resolved statement, by its id, and the fields below it; () is all of it."""


@dataclass(frozen=True)
class Bounds:
    """Moments, UTC: from `low` on, before `high`; None is open. A DATE is its midnight."""

    low: datetime | None = None
    high: datetime | None = None

    def __and__(self, other: "Bounds") -> "Bounds":
        lows = [bound for bound in (self.low, other.low) if bound is not None]
        highs = [bound for bound in (self.high, other.high) if bound is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))


@dataclass(frozen=True)
class Read:
    """One scan of a table. Columns are dotted paths: `flight_date`, `probs.label`."""

    table: tuple[str, ...]
    columns: frozenset[str]
    bounds: dict[str, Bounds] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Reads:
    """What one statement scans, and the table of which it rewrites rows, if it does."""

    scans: tuple[Read, ...] = ()
    rewritten: Read | None = None


def reads_of(statement: Message, table: Callable[[Iterable[str]], Any]) -> Reads:
    """What a resolved statement reads; `table` gives the catalog's entry of a path."""
    kind = statement.DESCRIPTOR.name
    reader = _Reader(table)
    if kind in ("ResolvedMergeStmtProto", "ResolvedDeleteStmtProto", "ResolvedUpdateStmtProto"):
        return reader.change(statement)
    if kind == "ResolvedCreateViewStmtProto":
        return Reads()
    query = _part(statement, "query")
    if query is not None:
        columns = _part(statement, "output_column_list") or []
        outputs = [output.column for output in columns]
        outputs = outputs or list(_part(statement, "query_output_column_list") or [])
        reader.scan(query, {(column.column_id, ()) for column in outputs}, {})
    return Reads(tuple(reader.found))


def _part(node: Message, name: str) -> Any:
    """A field of a node or of the node it extends; None where there is none."""
    try:
        return messages.field(node, name)
    except AttributeError:
        return None


class _Reader:
    def __init__(self, table: Callable[[Iterable[str]], Any]):
        self._table = table
        self._with: dict[str, Message] = {}
        self._seen: set[tuple] = set()
        self.found: list[Read] = []

    # ---- statements that change rows -------------------------------------------------------------

    def change(self, statement: Message) -> Reads:
        clauses = list(getattr(statement, "when_clause_list", []))
        parts = [
            getattr(statement, name)
            for name in ("merge_expr", "where_expr")
            if hasattr(statement, name)
        ]
        for clause in clauses:
            parts += [clause.match_expr, clause.insert_row]
        # the column that is set is not read for that
        for one in clauses or [statement]:
            parts += [item.set_value for item in getattr(one, "update_item_list", [])]
        needed = set(self._leaves(parts))
        bounds = _bounds_in(statement.where_expr) if hasattr(statement, "where_expr") else {}
        target = statement.table_scan
        self.scan(target, needed, bounds)
        if hasattr(statement, "from_scan") and statement.HasField("from_scan"):
            self.scan(statement.from_scan, needed, {})
        if clauses and {clause.action_type for clause in clauses} == {_MERGES.INSERT}:
            return Reads(tuple(self.found))
        held = self._table(_path(target))
        names = {column.column_id: column.name for column in messages.field(target, "column_list")}
        return Reads(
            tuple(self.found),
            Read(
                _path(target),
                frozenset(held.columns) if held is not None else frozenset(),
                {names[number]: bound for number, bound in bounds.items() if number in names},
            ),
        )

    # ---- scans -----------------------------------------------------------------------------------

    def scan(self, wrapped: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        """Follow what is needed of a scan's columns down to the tables."""
        node = innermost(wrapped)
        kind = node.DESCRIPTOR.name.removeprefix("Resolved").removesuffix("ScanProto")
        getattr(self, f"_scan_{kind}", self._scan_anything)(node, needed, bounds)

    def _scan_Table(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        path = _path(node)
        names = {column.column_id: column.name for column in messages.field(node, "column_list")}
        wanted = {(names[number], fields) for number, fields in needed if number in names}
        table = self._table(path)
        if table is not None and table.query is not None:
            self._scan_view(table.query, names, wanted, bounds)
            return
        pseudo = {name.lower() for name in table.pseudo_columns} if table is not None else set()
        self.found.append(
            Read(
                path,
                frozenset(
                    ".".join((name, *fields))
                    for name, fields in wanted
                    if name.lower() not in pseudo
                ),
                {names[number]: bound for number, bound in bounds.items() if number in names},
            )
        )

    def _scan_view(
        self, view: Message, names: dict[int, str], wanted: set, bounds: dict[int, Bounds]
    ) -> None:
        made = {
            output.name.lower(): output.column.column_id
            for output in messages.field(view, "output_column_list")
        }
        below = _Reader(self._table)
        below.scan(
            messages.field(view, "query"),
            {(made[name.lower()], fields) for name, fields in wanted},
            {
                made[names[number].lower()]: bound
                for number, bound in bounds.items()
                if number in names
            },
        )
        self.found += below.found

    def _scan_Project(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        made = {one.column.column_id: one.expr for one in node.expr_list}
        self.scan(node.input_scan, self._through(made, needed), _renamed(made, bounds))

    def _scan_Filter(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        if _is_never(node.filter_expr):
            return
        merged = dict(bounds)
        for number, bound in _bounds_in(node.filter_expr).items():
            merged[number] = merged.get(number, Bounds()) & bound
        self.scan(node.input_scan, needed | set(self._leaves(node.filter_expr)), merged)

    def _scan_Join(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        needed = needed | set(self._leaves(node.join_expr)) | set(self._leaves(node.parameter_list))
        is_kept = {
            _JOINS.INNER: (True, True),
            _JOINS.LEFT: (True, False),
            _JOINS.RIGHT: (False, True),
            _JOINS.FULL: (False, False),
        }[node.join_type]
        for side, kept in zip((node.left_scan, node.right_scan), is_kept, strict=True):
            self.scan(side, needed, bounds if kept else {})

    def _scan_Aggregate(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        keys = {one.column.column_id: one.expr for one in messages.field(node, "group_by_list")}
        made = {}
        for wrapped in messages.field(node, "aggregate_list"):
            one = innermost(wrapped)
            made[messages.field(one, "column").column_id] = messages.field(one, "expr")
        below = self._through(made, {leaf for leaf in needed if leaf[0] in made})
        for key in keys.values():
            below |= set(self._leaves(key))
        self.scan(messages.field(node, "input_scan"), below, _renamed(keys, bounds, others=False))

    def _scan_Analytic(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        below, kept = set(needed), dict(bounds)
        for group in node.function_group_list:
            made = {}
            for wrapped in group.analytic_function_list:
                one = innermost(wrapped)
                made[messages.field(one, "column").column_id] = messages.field(one, "expr")
            if not any(number in made for number, _ in needed):
                continue
            below = self._through(made, below) | set(self._leaves(group.partition_by))
            below |= set(self._leaves(group.order_by))
            keys = {number for number, _ in self._leaves(group.partition_by)}
            kept = {number: bound for number, bound in kept.items() if number in keys}
        self.scan(node.input_scan, below, kept)

    def _scan_SetOperation(
        self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]
    ) -> None:
        outputs = [column.column_id for column in messages.field(node, "column_list")]
        all_rows = enums.ResolvedSetOperationScanEnums.SetOperationType.Name(node.op_type)
        if not all_rows.endswith("_ALL"):
            needed = {(number, ()) for number in outputs}
        for item in node.input_item_list:
            inner = dict(
                zip(outputs, (column.column_id for column in item.output_column_list), strict=True)
            )
            self.scan(item.scan, *_moved(inner, needed, bounds))

    def _scan_With(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        for entry in node.with_entry_list:
            self._with[entry.with_query_name] = entry.with_subquery
        self.scan(node.query, needed, bounds)

    def _scan_WithRef(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        subquery = self._with[node.with_query_name]
        made = messages.field(innermost(subquery), "column_list")
        inner = {
            outside.column_id: inside.column_id
            for outside, inside in zip(messages.field(node, "column_list"), made, strict=True)
        }
        needed, bounds = _moved(inner, needed, bounds)
        once = (node.with_query_name, frozenset(needed), frozenset(bounds.items()))
        if once not in self._seen:
            self._seen.add(once)
            self.scan(subquery, needed, bounds)

    def _scan_Array(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        below = set(needed)
        for column, array in zip(node.element_column_list, node.array_expr_list, strict=True):
            taken = {fields for number, fields in needed if number == column.column_id}
            for fields in taken or {()}:
                below |= set(self._leaves(array, fields))
        below |= set(self._leaves(node.join_expr))
        if node.HasField("input_scan"):
            self.scan(node.input_scan, below, bounds)

    def _scan_OrderBy(self, node: Message, needed: set[Leaf], bounds: dict[int, Bounds]) -> None:
        self.scan(node.input_scan, needed | set(self._leaves(node.order_by_item_list)), bounds)

    def _scan_LimitOffset(self, node: Message, needed: set[Leaf], _: dict[int, Bounds]) -> None:
        self.scan(node.input_scan, needed, {})

    def _scan_SingleRow(self, *_: Any) -> None:
        pass

    def _scan_anything(self, node: Message, needed: set[Leaf], _: dict[int, Bounds]) -> None:
        """A scan without a rule of its own: all that it could read."""
        for scan in _scans_below(node):
            columns = messages.field(innermost(scan), "column_list")
            everything = {(column.column_id, ()) for column in columns}
            self.scan(scan, needed | everything | set(self._leaves(node)), {})

    # ---- expressions -----------------------------------------------------------------------------

    def _through(self, made: dict[int, Message], needed: set[Leaf]) -> set[Leaf]:
        """What is needed below a scan that computes the columns `made`."""
        below = set()
        for number, fields in needed:
            if number in made:
                below |= set(self._leaves(made[number], fields))
            else:
                below.add((number, fields))
        return below

    def _leaves(self, message: Any, fields: tuple[str, ...] = ()) -> Iterator[Leaf]:
        """The columns in an expression or a list of such; `fields` is what is taken of it."""
        if not isinstance(message, Message):
            for item in message:
                yield from self._leaves(item, fields)
            return
        node = innermost(message)
        kind = node.DESCRIPTOR.name
        if kind == "ResolvedColumnRefProto":
            yield node.column.column_id, fields
        elif kind == "ResolvedGetStructFieldProto":
            held = messages.field(innermost(node.expr), "type").struct_type.field
            yield from self._leaves(node.expr, (held[node.field_idx].field_name, *fields))
        elif kind == "ResolvedSubqueryExprProto":
            yield from self._leaves(node.parameter_list)
            yield from self._leaves(node.in_expr)
            columns = messages.field(innermost(node.subquery), "column_list")
            is_counted = node.subquery_type != _SUBQUERIES.EXISTS
            self.scan(node.subquery, {(c.column_id, ()) for c in columns if is_counted}, {})
        elif not kind.endswith("ScanProto"):
            for _, item in _children(node):
                yield from self._leaves(item)


# the kinds of scans that are followed column by column
RULES = {name.removeprefix("_scan_") for name in vars(_Reader) if name.startswith("_scan_")}


def _path(table_scan: Message) -> tuple[str, ...]:
    return tuple(table_scan.table.full_name.rsplit(".", 2))


def _children(node: Message) -> Iterator[tuple[str, Message]]:
    """The messages below a node that can hold a column."""
    for descriptor, value in node.ListFields():
        held = descriptor.message_type
        is_tree = held is not None and held.name.startswith(("Resolved", "AnyResolved"))
        if is_tree and held.name != "ResolvedColumnProto":
            for item in value if descriptor.is_repeated else [value]:
                yield descriptor.name, item


def _scans_below(node: Message) -> Iterator[Message]:
    """The nearest scans below a node, but for those inside an expression."""
    for _, child in _children(node):
        name = innermost(child).DESCRIPTOR.name
        if name.endswith("ScanProto") and name != "ResolvedScanProto":
            yield child
        elif name != "ResolvedSubqueryExprProto":
            yield from _scans_below(innermost(child))


def _renamed(
    made: dict[int, Message], bounds: dict[int, Bounds], others: bool = True
) -> dict[int, Bounds]:
    """The bounds below a scan that computes `made`: a column that is only renamed keeps its own."""
    below = {}
    for number, bound in bounds.items():
        if number not in made:
            if others:
                below[number] = bound
        elif (node := innermost(made[number])).DESCRIPTOR.name == "ResolvedColumnRefProto":
            below[node.column.column_id] = bound
    return below


def _moved(
    inner: dict[int, int], needed: set[Leaf], bounds: dict[int, Bounds]
) -> tuple[set[Leaf], dict[int, Bounds]]:
    """What is needed, and between which bounds, by the ids that the columns have inside."""
    return (
        {(inner[number], fields) for number, fields in needed if number in inner},
        {inner[number]: bound for number, bound in bounds.items() if number in inner},
    )


def _call(message: Message) -> tuple[str, list[Message]] | None:
    node = innermost(message)
    if node.DESCRIPTOR.name != "ResolvedFunctionCallProto":
        return None
    name = messages.field(node, "function").name.split("$")[-1]
    return name, [innermost(argument) for argument in messages.field(node, "argument_list")]


def _is_never(condition: Message) -> bool:
    """A condition that is FALSE whatever the rows: BigQuery reads nothing for it."""
    node = innermost(condition)
    if node.DESCRIPTOR.name == "ResolvedLiteralProto":
        return node.value.value.WhichOneof("value") == "bool_value" and not (
            node.value.value.bool_value
        )
    call = _call(condition)
    return call is not None and call[0] == "and" and any(_is_never(one) for one in call[1])


def _bounds_in(condition: Message) -> dict[int, Bounds]:
    """The bounds that a condition sets by comparing a column with constants."""
    call = _call(condition)
    if call is None:
        return {}
    name, arguments = call
    if name == "and":
        found: dict[int, Bounds] = {}
        for argument in arguments:
            for number, bound in _bounds_in(argument).items():
                found[number] = found.get(number, Bounds()) & bound
        return found
    if name in _TURNED and arguments[0].DESCRIPTOR.name == "ResolvedLiteralProto":
        name, arguments = _TURNED[name], [arguments[1], arguments[0]]
    values = [_moment(argument) for argument in arguments[1:]]
    is_column = bool(arguments) and arguments[0].DESCRIPTOR.name == "ResolvedColumnRefProto"
    if not is_column or not values or None in values or name not in _COMPARED:
        return {}
    lows, ticks = zip(*values, strict=True)
    return {arguments[0].column.column_id: _COMPARED[name](lows, ticks[0])}


_TURNED = {
    "less": "greater",
    "less_or_equal": "greater_or_equal",
    "greater": "less",
    "greater_or_equal": "less_or_equal",
    "equal": "equal",
}
_COMPARED: dict[str, Callable[[tuple[datetime, ...], timedelta], Bounds]] = {
    "less": lambda values, _: Bounds(None, values[0]),
    "less_or_equal": lambda values, tick: Bounds(None, values[0] + tick),
    "greater": lambda values, tick: Bounds(values[0] + tick, None),
    "greater_or_equal": lambda values, _: Bounds(values[0], None),
    "equal": lambda values, tick: Bounds(values[0], values[0] + tick),
    "between": lambda values, tick: Bounds(values[0], values[1] + tick),
    "in": lambda values, tick: Bounds(min(values), max(values) + tick),
}


def _moment(node: Message) -> tuple[datetime, timedelta] | None:
    """A literal DATE or TIMESTAMP, and the smallest step of its type; None for anything else."""
    if node.DESCRIPTOR.name != "ResolvedLiteralProto":
        return None
    held = node.value.value
    kind = held.WhichOneof("value")
    if kind == "date_value":
        return _EPOCH + timedelta(days=held.date_value), _TICK[kind]
    if kind == "timestamp_value":
        moment = _EPOCH + timedelta(
            seconds=held.timestamp_value.seconds,
            microseconds=held.timestamp_value.nanos // 1000,
        )
        return moment, _TICK[kind]
    return None
