"""A script with its BigQuery ML run: what is left of it for the emulator."""

import contextlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
from bqml_vocabulary.functions import TABLE_FUNCTIONS
from bqml_vocabulary.model_types import MODEL_TYPES
from zetasql.wasi._pb2.zetasql.parser import ast_enums_pb2

from bqml_proxy import constants, preprocessing, transform_clause
from bqml_proxy.errors import BigQueryError, invalid_query
from bqml_proxy.macros import parameters
from bqml_proxy.models import ModelReference, Models, checked_options
from googlesql.edits import Edits, Span
from googlesql.service import GoogleSQL
from googlesql.syntax import Node

HIDDEN_DATASET = "_bqml_proxy"
"""Where temporary tables go; a dataset whose name begins with _ is not listed."""

# what stands where a statement was that is done
_DONE = "select 1 limit 0"
# options of a model that are not about training
_DETAILS = {
    "description": "a STRING",
    "friendly_name": "a STRING",
    "labels": "an array of pairs of STRING, for example [('team', 'lake')]",
    "expiration_timestamp": "a TIMESTAMP",
}

# asks for a column of links into Vertex AI, which is not here: they are NULL
_LINK_SETTING = "enable_visualization_link"

_MODEL = ast_enums_pb2.SchemaObjectKind.Value("kModel")
_TEMPORARY = ast_enums_pb2.ASTCreateStatementEnums.Scope.Value("TEMPORARY")
_STATEMENTS = {
    "CreateModelStatement": "_create_model",
    "DropStatement": "_drop",
    "AlterModelStatement": "_alter_model",
    "ExportModelStatement": "_export_model",
}
_IN_BRANCH = (
    "cannot stand in a branch or a loop here, as it is run before the script is; move it out."
)
_STORED = (
    "cannot be stored here, as the emulator would have to run it whenever it is read; make a table"
    " of its rows instead."
)
_REFUSED = {
    "IfStatement": _IN_BRANCH,
    "CaseStatement": _IN_BRANCH,
    "LoopStatement": _IN_BRANCH,
    "WhileStatement": _IN_BRANCH,
    "RepeatStatement": _IN_BRANCH,
    "ForInStatement": _IN_BRANCH,
    "CreateViewStatement": _STORED,
    "CreateMaterializedViewStatement": _STORED,
    "CreateFunctionStatement": _STORED,
    "CreateTableFunctionStatement": _STORED,
    "CreateProcedureStatement": _STORED,
}
# statements that mean the same when they are jobs of their own
_RUN_ALONE = (
    "CreateTableStatement",
    "CreateViewStatement",
    "CreateSchemaStatement",
    "CreateModelStatement",
    "DropStatement",
    "InsertStatement",
    "MergeStatement",
    "UpdateStatement",
    "DeleteStatement",
    "TruncateStatement",
)


class Emulator(Protocol):
    """The emulator that runs all other SQL. Each of these raises BigQueryError."""

    def query(self, sql: str, project: str, default_dataset: str | None) -> pa.Table:
        """The rows of a query; types are those of BigQuery as Arrow has them."""

    def load(self, table: str, rows: pa.Table) -> None:
        """Create or replace `project.dataset.table`, and its dataset if there is none."""

    def drop(self, table: str) -> None: ...


class Rewritten(NamedTuple):
    """A script for the emulator, and what the answer to the client has to say of it."""

    sql: str
    statement_type: str | None = None
    """What BigQuery says the job was, where the emulator cannot know it."""
    model: ModelReference | None = None
    """The model that the one statement created, changed or dropped."""
    temporary: list[str] = []  # noqa: RUF012
    """Tables that the script reads, to be dropped after it."""


class Scope(NamedTuple):
    """The tables that a WITH clause names, as far as a place in the text sees them."""

    entries: list[Node]
    is_recursive: bool


@dataclass
class Rewriting:
    """One script on its way."""

    service: GoogleSQL
    models: Models
    emulator: Emulator
    project: str
    default_dataset: str | None
    edits: Edits
    dry_run: bool = False
    temporary: list[str] = field(default_factory=list)
    _changed: list[tuple[str, ModelReference]] = field(default_factory=list)
    _variables: set[str] = field(default_factory=set)

    def run(self, script: Node) -> Rewritten:
        statements = script["statement_list_node"]["statement_list"]
        self._variables = {
            identifier["id_string"]
            for node in script.walk()
            if node.kind == "VariableDeclaration"
            for identifier in node["variable_list"]["identifier_list"]
        }
        try:
            for number, statement in enumerate(statements):
                if _uses_machine_learning(statement):
                    self._run_first(statements[:number], statement)
                    self._visit(statement, [])
                    self._require_nothing_left(statement)
        except BaseException:
            for table in self.temporary:
                with contextlib.suppress(BigQueryError):  # the first error is the one to tell
                    self.emulator.drop(table)
            raise
        is_of_model = len(statements) == 1 and statements[0].kind in _STATEMENTS
        kind, model = self._changed[0] if is_of_model and self._changed else (None, None)
        return Rewritten(self.edits.text(), kind, model, self.temporary)

    def _run_first(self, before: list[Node], statement: Node) -> None:
        """Run what makes the tables that a statement's BigQuery ML reads, as that is run now."""
        read = _tables_read(statement)
        made = [number for number, other in enumerate(before) if _table_made(other) in read]
        for other in before[: made[-1] + 1] if made else []:
            if other.kind == "QueryStatement":
                continue
            if other.kind not in _RUN_ALONE or (
                other.kind == "CreateTableStatement" and (other["scope"] == _TEMPORARY)
            ):
                raise invalid_query(
                    f"line {self.edits.line(statement.span.start)}: its BigQuery ML reads what the"
                    f" script makes before, which cannot be run apart from line"
                    f" {self.edits.line(other.span.start)}; make it a statement of its own."
                )
            text = self.edits.text(other.span)
            if text != _DONE and not self.dry_run:
                self.emulator.query(text, self.project, self.default_dataset)
                self.edits.replace(other.span, _DONE)

    def _visit(self, node: Node, scopes: list[Scope]) -> None:
        """Run the BigQuery ML in a node, what is inside first, in the order of the text."""
        if node.kind in _STATEMENTS:
            getattr(self, _STATEMENTS[node.kind])(node)
        elif node.kind in _REFUSED and _uses_machine_learning(node):
            raise invalid_query(
                f"line {self.edits.line(node.span.start)}: BigQuery ML {_REFUSED[node.kind]}"
            )
        elif node.kind == "Query" and node["with_clause"] is not None:
            clause = node["with_clause"]
            for number, entry in enumerate(clause["with"]):
                self._visit(entry, [*scopes, Scope(clause["with"][:number], clause["recursive"])])
            inside = [*scopes, Scope(clause["with"], clause["recursive"])]
            for child in node.children():
                if child.kind != "WithClause":
                    self._visit(child, inside)
        else:
            for child in node.children():
                self._visit(child, scopes)
            if node.kind == "TVF" and (function := _function(node["name"])):
                self._call(function, node, scopes)
            elif node.kind == "Select":
                self._preprocess(node, scopes)

    def _require_nothing_left(self, statement: Node) -> None:
        for node in statement.walk():
            function = node.kind == "FunctionCall" and _function(node["function"])
            if function and not self.edits.covers(node.span):
                raise invalid_query(
                    f"line {self.edits.line(node.span.start)}: ML.{function} can stand in the list,"
                    " FROM, WHERE or QUALIFY of a SELECT only."
                )

    # ---- models

    def _create_model(self, node: Node) -> None:
        reference = self._reference(node["name"])
        self._changed.append(("CREATE_MODEL", reference))
        given = constants.options(self.service, self.edits, node["options_list"])
        details = _details({name: given.pop(name) for name in [*given] if _is_detail(name, given)})
        if node["transform_clause"] is not None:
            given["transform"] = transform_clause.items(self.edits, node["transform_clause"])
            details["transform_sql"] = transform_clause.named(self.edits, node["transform_clause"])
        options = checked_options(reference.model_id, given)
        if node["is_if_not_exists"] and self.models.exists(reference):
            self.edits.replace(node.span, _DONE)
            return
        if not node["is_or_replace"]:
            self.models.require_none(reference)
        is_taken = MODEL_TYPES[options["model_type"]].query != "none"
        if is_taken != (node["query"] is not None):
            advice = (
                "is trained on one query; write AS SELECT ... behind its options"
                if is_taken
                else "takes no query; leave AS SELECT ... out"
            )
            raise invalid_query(f"Model {reference}: a {options['model_type']} {advice}.")
        rows = None
        if is_taken:
            self._require_no_parameters(node["query"])
            if not self.dry_run:
                self._visit(node["query"], [])
                rows = self._rows(self.edits.text(node["query"].span))
        if not self.dry_run:
            self.models.train(reference, options, details, rows, replace=node["is_or_replace"])
        self.edits.replace(node.span, _DONE)

    def _drop(self, node: Node) -> None:
        if node["schema_object_kind"] != _MODEL:
            return
        reference = self._reference(node["name"])
        self._changed.append(("DROP_MODEL", reference))
        if not node["is_if_exists"]:
            self.models.require(reference)
        if not self.dry_run and self.models.exists(reference):
            self.models.delete(reference)
        self.edits.replace(node.span, _DONE)

    def _alter_model(self, node: Node) -> None:
        reference = self._reference(node["path"])
        self._changed.append(("ALTER_MODEL", reference))
        details: dict[str, Any] = {}
        for action in node["action_list"]["actions"]:
            if action.kind != "SetOptionsAction":
                raise invalid_query("ALTER MODEL takes SET OPTIONS only.")
            details |= constants.options(self.service, self.edits, action["options_list"])
        constants.require_known([name.lower() for name in details], _DETAILS, "ALTER MODEL")
        details = _details(details)
        if not node["is_if_exists"]:
            self.models.require(reference)
        if not self.dry_run and self.models.exists(reference):
            self.models.change(reference, details)
        self.edits.replace(node.span, _DONE)

    def _export_model(self, node: Node) -> None:
        raise invalid_query(
            f"EXPORT MODEL: {self._reference(node['model_name_path'])} is kept in a form of its own"
            " that no other program reads; read it with ML functions or the Models API."
        )

    def _reference(self, path: Node) -> ModelReference:
        parts = path.names()
        if len(parts) == 1:
            if self.default_dataset is None:
                raise invalid_query(
                    f'Model "{parts[0]}" must be qualified with a dataset (e.g. dataset.model).'
                )
            parts = [*self.default_dataset.split("."), *parts]
        if len(parts) == 2:
            parts = [self.project, *parts]
        if len(parts) != 3:
            raise invalid_query(
                f'"{".".join(parts)}" is no name of a model: project.dataset.model.'
            )
        return ModelReference(*parts)

    # ---- functions

    def _call(self, name: str, node: Node, scopes: list[Scope]) -> None:
        """Replace a call of a table function by a table of its rows."""
        signature, macro = TABLE_FUNCTIONS.get(name), f"ml_{name.lower()}"
        taken = parameters(macro)
        if signature is None or taken is None:
            raise invalid_query(f"ML.{name} is not available here.")
        self._require_no_parameters(node)
        arguments = node["argument_entries"]
        kinds = [_kind(argument) for argument in arguments]
        if not signature.takes(kinds):
            raise invalid_query(
                f"ML.{name} takes ({signature.arguments_of(None)}), not ({', '.join(kinds)})."
            )
        reference, given, inputs = None, {}, {}
        has_link = False
        inputs_taken = ("data", "base", "study", "features", "entity_times")
        relations = [name for name in taken if name in inputs_taken]
        for kind, argument in zip(kinds, arguments, strict=True):
            match kind:
                case "model":
                    reference = self._reference(argument["model_clause"]["model_path"])
                    self.models.require(reference)
                case "data":
                    rows = self._rows(self._input(argument, scopes))
                    inputs[relations[len(inputs)]] = rows
                case "numbers":
                    text = self.edits.text(argument.span)
                    given["thresholds"] = constants.constant(
                        self.service, text, f"ML.{name}: the thresholds"
                    )
                case "settings" | "named":
                    text = self.edits.text(argument.span)
                    if kind == "named":
                        named = argument["expr"]
                        text = (
                            f"struct({self.edits.text(named['expr'].span)}"
                            f" as {named['name']['id_string']})"
                        )
                    settings = constants.settings(self.service, text, f"ML.{name}")
                    constants.require_known(settings, signature.settings, f"ML.{name}")
                    constants.require_types(settings, name)
                    has_link |= settings.pop(_LINK_SETTING, False)
                    constants.require_available(settings, taken, f"ML.{name}")
                    if "time" in settings:  # as the macro takes it: SQL
                        settings["time"] = f"timestamp '{settings['time'].removesuffix('Z')}'"
                    given |= settings
        # a model that the macro does not take is only what BigQuery links the result to
        asked = reference if "model" in taken else None
        rows = self.models.call(macro, asked, inputs, given)
        if has_link:
            rows = rows.append_column("visualization_link", pa.nulls(len(rows), pa.string()))
        table = self._load(name, rows)
        self.edits.replace(self._place(node), f"`{table}`")

    def _input(self, argument: Node, scopes: list[Scope]) -> str:
        """The query of a data argument, together with the WITH clauses around that it reads."""
        clause = argument["table_clause"]
        if clause is None:
            text = self.edits.text(argument["expr"]["query"].span)
        else:
            text = f"select * from {self.edits.text((clause['table_path'] or clause['tvf']).span)}"
        return self._within(text, argument, scopes)

    def _within(self, text: str, node: Node, scopes: list[Scope]) -> str:
        """The query `text`, with the WITH clauses that it reads as `node` does."""
        read = _names_read(node)
        for scope in reversed(scopes):
            if any(entry["alias"]["id_string"].lower() in read for entry in scope.entries):
                entries = ", ".join(self.edits.text(entry.span) for entry in scope.entries)
                recursive = "recursive " if scope.is_recursive else ""
                text = f"with {recursive}{entries} select * from (\n{text}\n)"
                read = read.union(*map(_names_read, scope.entries))
        return text

    def _preprocess(self, select: Node, scopes: list[Scope]) -> None:
        """Replace the preprocessing functions in a SELECT by lookups of their values."""
        for call, window, is_where in _preprocessing(select):
            name = _function(call["function"])
            apart = preprocessing.taken_apart(self.service, self.edits, name, call, window)
            self._require_no_parameters(select)
            if not is_where and (select["group_by"] or select["having"]):
                raise invalid_query(
                    f"ML.{name} cannot stand beside GROUP BY here; group in a query inside."
                )
            rest = [select["from_clause"], None if is_where else select["where_clause"]]
            source = " ".join(self.edits.text(clause.span) for clause in rest if clause)
            query = f"select {apart.selected()} {source}"
            rows = self._rows(self._within(query, select, scopes))
            table = self._load(apart.name, self.models.preprocess(apart, rows))
            self.edits.replace(apart.span, apart.lookup(table))

    def _require_no_parameters(self, node: Node) -> None:
        for below in node.walk():
            if below.kind == "ParameterExpr":
                raise invalid_query(
                    f"line {self.edits.line(below.span.start)}: BigQuery ML takes no query"
                    f" parameter here; write a value for {self.edits.original(below.span)}."
                )

    def _rows(self, query: str) -> pa.Table:
        try:
            rows = self.emulator.query(query, self.project, self.default_dataset)
        except BigQueryError as error:
            used = sorted(
                name
                for name in self._variables
                if re.search(rf"\b{re.escape(name)}\b", query, re.I)
            )
            if used:
                raise invalid_query(
                    f"BigQuery ML reads its rows before the script runs, so they cannot hold the"
                    f" variable {used[0]} (if it is one there); write its value. {error.message}"
                ) from error
            raise
        for column in rows.schema:
            if pa.types.is_decimal256(column.type) or pa.types.is_interval(column.type):
                raise invalid_query(
                    f"The column {column.name} is a BIGNUMERIC or an INTERVAL, which BigQuery ML"
                    " cannot be given here; cast it."
                )
        return rows

    def _load(self, function: str, rows: pa.Table) -> str:
        """A temporary table of these rows."""
        table = f"{self.project}.{HIDDEN_DATASET}.{function.lower()}_{uuid.uuid4().hex}"
        self.temporary.append(table)
        self.emulator.load(table, rows)
        return table

    def _place(self, call: Node) -> Span:
        """A call without what may stand behind it: an alias, PIVOT, TABLESAMPLE."""
        last = max(argument.span.end for argument in call["argument_entries"])
        behind = [child.span.start for child in call.children() if child.span.start >= last]
        end = self.edits.closing_bracket(last, min([*behind, call.span.end]))
        return Span(call["name"].span.start, end)


def _is_detail(name: str, given: dict[str, Any]) -> bool:
    """Whether an option is not about training. Labels that are texts are the old name of
    input_label_cols."""
    value = given[name]
    is_old_name = name.lower() == "labels" and isinstance(value, list) and bool(value)
    is_old_name = is_old_name and all(isinstance(label, str) for label in value)
    return name.lower() in _DETAILS and not is_old_name


def _details(given: dict[str, Any]) -> dict[str, Any]:
    """The options that are not about training, names in lower case; NULL is None."""
    details = {name.lower(): value for name, value in given.items()}
    for name, value in details.items():
        is_right = value is None or isinstance(value, str)
        if name == "labels" and value is not None:
            is_right = isinstance(value, list) and all(
                isinstance(pair, list) and [*map(type, pair)] == [str, str] for pair in value
            )
        elif name == "expiration_timestamp" and isinstance(value, str):
            is_right = value.endswith("Z")  # as GoogleSQL's timestamps are written
        if not is_right:
            raise invalid_query(f"Option {name} must be {_DETAILS[name]}.")
    return details


def _uses_machine_learning(node: Node) -> bool:
    return any(
        (below.kind == "TVF" and _function(below["name"]))
        or (below.kind == "FunctionCall" and _function(below["function"]))
        or (below.kind == "DropStatement" and below["schema_object_kind"] == _MODEL)
        or (below.kind in _STATEMENTS and below.kind != "DropStatement")
        for below in node.walk()
    )


def _preprocessing(select: Node) -> Iterator[tuple[Node, Node | None, bool]]:
    """The calls in a SELECT but not in one below it, the inner first: the call, the node that puts
    it over a window, and whether it is in WHERE."""

    def below(node: Node, window: Node | None) -> Iterator[tuple[Node, Node | None]]:
        for child in node.children():
            if child.kind != "Query":
                yield from below(child, node if node.kind == "AnalyticFunctionCall" else None)
        if node.kind == "FunctionCall" and _function(node["function"]):
            yield node, window

    where = select["where_clause"]
    for child in select.children():
        for call, window in below(child, None):
            yield call, window, where is not None and child.span == where.span


def _function(path: Node) -> str | None:
    """The name of a function of BigQuery ML in capitals, if the path is one."""
    names = path.names()
    return names[1].upper() if len(names) == 2 and names[0].lower() == "ml" else None


def _kind(argument: Node) -> str:
    """What an argument of a table function is, in the words of TableFunction.arguments."""
    if argument["model_clause"] is not None:
        return "model"
    if argument["table_clause"] is not None:
        return "data"
    kinds = {
        "ExpressionSubquery": "data",
        "StructConstructorWithKeyword": "settings",
        "NamedArgument": "named",
    }
    return kinds.get(argument["expr"].kind, "numbers")


def _names_read(node: Node) -> frozenset[str]:
    """The names without a dataset, in lower case, that a node selects from."""
    paths = _paths_read(node)
    return frozenset(path[0].lower() for path in paths if len(path) == 1)


def _tables_read(node: Node) -> set[str]:
    return {path[-1] for path in _paths_read(node)}


def _paths_read(node: Node) -> list[list[str]]:
    found = []
    for below in node.walk():
        path = None
        if below.kind == "TablePathExpression":
            path = below["path_expr"]
        elif below.kind == "TableClause":
            path = below["table_path"]
        if path is not None:
            found.append(path.names())
    return found


def _table_made(statement: Node) -> str | None:
    """The table that a statement makes or changes: what its first path names."""
    paths = [child for child in statement.children() if child.kind == "PathExpression"]
    return paths[0].names()[-1] if paths and statement.kind != "QueryStatement" else None
