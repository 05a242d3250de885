"""A BigQuery without rows: tables and models are made by the statements that make them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import LABEL, columns_named, held_by, is_series, validate
from google.protobuf.message import Message

from analyzer import ml_calls, partition_filters, table_options
from analyzer.ml_calls import Model, Surroundings
from googlesql import messages, types
from googlesql.service import Catalog, GoogleSQL, Refused
from googlesql.tokens import arguments, line_at, split_paths, statements, tokens
from googlesql.types import Type

Columns = dict[str, Type]

_PARTITION_FUNCTIONS = ("date", "date_trunc", "datetime_trunc", "timestamp_trunc", "range_bucket")
_CLUSTER_TYPES = (
    "BIGNUMERIC BOOL DATE DATETIME GEOGRAPHY INT64 NUMERIC STRING TIMESTAMP".split()  # noqa: SIM905
)
_NUMBERS = ("INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC")
_NO_FEATURES = ("JSON", "INTERVAL")


@dataclass(frozen=True)
class Table:
    columns: Columns
    pseudo_columns: Columns = field(default_factory=dict)
    kind: str = "TABLE"  # or VIEW, EXTERNAL
    query: Message | None = None  # a view's CREATE VIEW, resolved
    options: dict[str, Any] = field(default_factory=dict)
    partitioned_by: str | None = None  # the column
    clustered_by: tuple[str, ...] = ()

    @property
    def must_be_filtered(self) -> bool:
        """Whether BigQuery refuses a reading that does not say which partitions."""
        demands = ("require_partition_filter", "require_hive_partition_filter")
        return any(self.options.get(demand) for demand in demands)


@dataclass(frozen=True)
class Outcome:
    """What a statement is, and what it returned, made or wrote to."""

    kind: str  # GoogleSQL's name of it: QueryStmt, CreateTableAsSelectStmt, ...
    columns: Columns
    target: tuple[str, ...] = ()
    resolved: Message | None = None  # the statement, if GoogleSQL was asked


class Warehouse:
    """Tables and models by (project, dataset, name); names are compared without case."""

    def __init__(self, googlesql_service: GoogleSQL, project: str):
        self._googlesql = googlesql_service
        self._project = project
        self._tables: dict[tuple[str, ...], Table] = {}
        self._models: dict[tuple[str, ...], Model] = {}
        self._connections: set[tuple[str, ...]] = set()
        self._variables: Columns = {}
        self._registered: int | None = None
        self._functions = googlesql_service.catalog()
        ml_calls.library(self._functions, googlesql_service.type_named)

        self.put((project, "region-us", "INFORMATION_SCHEMA", "OBJECT_PRIVILEGES"), self._grants())

    @contextmanager
    def copied(self) -> Iterator["Warehouse"]:
        """For a while, another that starts with what this one holds."""
        other = Warehouse(self._googlesql, self._project)
        other._tables, other._models = dict(self._tables), dict(self._models)
        other._connections = set(self._connections)
        try:
            yield other
        finally:
            other._changed()

    def run(self, script: str) -> list[Outcome]:
        """Analyze each statement of a script, make what it makes, and say what it is."""
        outcomes = []
        try:
            for sql, lines_before in statements(split_paths(script)):
                try:
                    outcomes.append(self._run(sql))
                except Refused as refused:
                    raise Refused(refused.reason, refused.line + lines_before) from None
        finally:
            if self._variables:
                self._variables = {}
                self._changed()
        return outcomes

    def columns(self, query: str) -> dict[str, str]:
        """Names and types of a query's columns."""
        return {name: types.text(type_) for name, type_ in self.run(query)[-1].columns.items()}

    def table(self, path: Iterable[str]) -> Table | None:
        return self._tables.get(self._key(path))

    def model(self, path: Iterable[str]) -> Model | None:
        return self._models.get(self._key(path))

    def names(self, dataset: str) -> list[tuple[str, ...]]:
        return [path for path in (*self._tables, *self._models) if path[1] == dataset.lower()]

    def put(self, path: Iterable[str], table: Table) -> None:
        self._tables[self._key(path)] = table
        self._changed()

    def drop(self, path: Iterable[str]) -> None:
        self._tables.pop(self._key(path), None)
        self._models.pop(self._key(path), None)
        self._changed()

    def copy(self, source: Iterable[str], destination: Iterable[str]) -> bool:
        """Put a copy of a table or model in another place; False if there is none."""
        source, destination = self._key(source), self._key(destination)
        for kept in (self._tables, self._models):
            if source in kept:
                kept[destination] = kept[source]
                self._changed()
                return True
        return False

    def connect(self, *path: str) -> None:
        """Let there be a connection, which no statement makes."""
        self._connections.add(path)
        self._changed()

    def types(self, **columns: str) -> Columns:
        """Columns of types by name."""
        return {
            name: self._googlesql.type_named(type_name.upper())
            for name, type_name in columns.items()
        }

    def _grants(self) -> Table:
        """BigQuery's view of who may do what, as far as dbt asks it."""
        names = ("object_schema", "object_name", "privilege_type", "grantee")
        return Table(self.types(**dict.fromkeys(names, "string")), kind="VIEW")

    def _key(self, path: Iterable[str]) -> tuple[str, ...]:
        parts = [part.lower() for part in path]
        return tuple(parts if len(parts) > 2 else [self._project.lower(), *parts])

    # ---- the catalog -----------------------------------------------------------------------------

    def _changed(self) -> None:
        if self._registered is not None:
            self._googlesql.forget(self._registered)
            self._registered = None

    def _catalog(self) -> Catalog:
        root = Catalog()
        root.CopyFrom(self._functions)
        for name, type_ in self._variables.items():
            constant = root.constant.add(name_path=[name], type=type_)
            constant.value.SetInParent()
        places: dict[tuple[str, ...], Catalog] = {(): root}
        for number, (path, table) in enumerate(self._tables.items(), start=1):
            for place in self._places(places, path):
                held = place.table.add(
                    name=path[-1], full_name=".".join(path), serialization_id=number
                )
                for columns, is_pseudo in ((table.columns, False), (table.pseudo_columns, True)):
                    for name, type_ in columns.items():
                        held.column.add(name=name, type=type_, is_pseudo_column=is_pseudo)
        for path in self._connections:
            self._place(places, path[:-1]).connection.add(name=path[-1])
        for path, model in self._models.items():
            for place in self._places(places, path):
                held_model = place.model.add(name=path[-1])
                for name, type_ in model.features.items():
                    held_model.input.add(name=name, type=type_)
        return root

    def _places(self, places: dict, path: tuple[str, ...]) -> list[Catalog]:
        """Where a path is found: in its project's dataset, and in the dataset alone."""
        return [self._place(places, path[:-1]), self._place(places, path[1:-1])]

    def _place(self, places: dict, names: tuple[str, ...]) -> Catalog:
        if names not in places:
            places[names] = self._place(places, names[:-1]).catalog.add(name=names[-1])
        return places[names]

    def _analyze(self, sql: str) -> Message:
        if re.search(r"\bml\s*\.", sql, re.IGNORECASE):
            return self._analyze_ml(sql)
        if self._registered is None:
            self._registered = self._googlesql.register(self._catalog())
        return self._googlesql.statement(sql, self._registered)

    def _analyze_ml(self, sql: str) -> Message:
        around = Surroundings(
            model=self.model,
            expression=self._googlesql.expression,
            type_named=self._googlesql.type_named,
        )
        while True:
            catalog = self._catalog()
            resolved = ml_calls.resolve(sql, catalog, around)
            try:
                return self._googlesql.statement(resolved, catalog)
            except Refused as refused:
                if ml_calls.NOTHING_LEFT in refused.reason and not around.nothing_left:
                    around.nothing_left = True
                elif ml_calls.NOT_THERE in refused.reason and around.has_label:
                    around.has_label = False
                else:
                    raise Refused(ml_calls.in_words(refused.reason), refused.line) from None

    # ---- statements ------------------------------------------------------------------------------

    def _run(self, sql: str) -> Outcome:
        words = tokens(sql)
        if words[0].is_word("declare"):
            return self._declare(sql)
        if words[0].is_word("set"):
            equals = next(token for token in words if token.text == "=")
            value = re.sub(r"[^\n]", " ", sql[: equals.end]) + sql[equals.end :]
            node = self._analyze(value)
            return Outcome("AssignmentStmt", _output(node), resolved=node)
        node = self._analyze(sql)
        kind = node.DESCRIPTOR.name.removeprefix("Resolved").removesuffix("Proto")
        make = getattr(self, f"_make_{kind}", None)
        if make is None:
            raise Refused(f"a statement that the check does not know: {kind}")
        self._check_filters(node, sql)
        return replace(make(node, sql, kind), resolved=node)

    def _check_filters(self, node: Message, sql: str) -> None:
        demanded = {
            number: table.partitioned_by
            for number, (path, table) in enumerate(self._tables.items(), start=1)
            if table.must_be_filtered and table.partitioned_by and path[-1] in sql.lower()
        }
        if demanded and (column := partition_filters.unfiltered(node, demanded)):
            raise Refused(
                "Cannot query over a table without a filter over column(s)"
                f" '{column}' that can be used for partition elimination"
            )

    def _declare(self, sql: str) -> Outcome:
        match = re.fullmatch(r"declare\s+(\w+)\s+(\S+.*)", sql, re.IGNORECASE | re.DOTALL)
        if match is None:
            raise Refused("a DECLARE that the check does not know")
        self._variables[match[1]] = self._googlesql.type_named(match[2].upper())
        self._changed()
        return Outcome("DeclareStmt", {})

    def _make_QueryStmt(self, node: Message, _: str, kind: str) -> Outcome:
        return Outcome(kind, _output(node))

    def _make_nothing(self, node: Message, _: str, kind: str) -> Outcome:
        return Outcome(kind, {})

    _make_MergeStmt = _make_InsertStmt = _make_DeleteStmt = _make_UpdateStmt = _make_nothing
    _make_CreateSchemaStmt = _make_DropSchemaStmt = _make_nothing

    def _make_CreateTableAsSelectStmt(self, node: Message, sql: str, kind: str) -> Outcome:
        columns = {
            column.name: column.type for column in messages.field(node, "column_definition_list")
        }
        if anonymous := [name for name in columns if name.startswith("$")]:
            raise Refused(
                f"CREATE TABLE columns must be named, but column {anonymous[0]} has no name"
            )
        keys = _check_keys(node, sql)
        options = table_options.checked(messages.field(node, "option_list"), table_options.TABLE)
        _check_columns(node)
        if options.get("require_partition_filter") and not keys["partitioned_by"]:
            raise Refused("option 'require_partition_filter' is for partitioned tables")
        return self._made(node, kind, Table(columns, options=options, **keys))

    def _make_CreateTableStmt(self, node: Message, sql: str, kind: str) -> Outcome:
        return self._make_CreateTableAsSelectStmt(node, sql, kind)

    def _make_CreateExternalTableStmt(self, node: Message, _: str, kind: str) -> Outcome:
        options = table_options.checked(messages.field(node, "option_list"), table_options.EXTERNAL)
        partitions = node.with_partition_columns.column_definition_list
        table_options.check_files(options, bool(partitions), node.parent.HasField("connection"))
        _check_columns(node)
        declared = messages.field(node, "column_definition_list")
        table = Table(
            {column.name: column.type for column in (*declared, *partitions)},
            pseudo_columns=self.types(_file_name="string"),
            kind="EXTERNAL",
            options=options,
            partitioned_by=partitions[0].name if partitions else None,
        )
        return self._made(node, kind, table)

    def _make_AlterTableSetOptionsStmt(self, node: Message, _: str, kind: str) -> Outcome:
        path = tuple(messages.field(node, "name_path"))
        if self.table(path) is None:
            raise Refused(f"Not found: Table {'.'.join(path)}")
        table_options.checked(messages.field(node, "option_list"), table_options.TABLE)
        return Outcome(kind, {}, path)

    def _make_GrantStmt(self, node: Message, _: str, kind: str) -> Outcome:
        path = tuple(messages.field(node, "name_path"))
        if self.table(path) is None:
            raise Refused(f"Not found: Table {'.'.join(path)}")
        return Outcome(kind, {}, path)

    _make_RevokeStmt = _make_GrantStmt

    def _make_CreateViewStmt(self, node: Message, _: str, kind: str) -> Outcome:
        columns = {
            column.name: column.column.type for column in messages.field(node, "output_column_list")
        }
        return self._made(node, kind, Table(columns, kind="VIEW", query=node))

    def _made(self, node: Message, kind: str, table: Table) -> Outcome:
        path = tuple(messages.field(node, "name_path"))
        self.put(path, table)
        return Outcome(kind, table.columns, path)

    def _make_DropStmt(self, node: Message, _: str, kind: str) -> Outcome:
        self.drop(node.name_path)
        return Outcome(kind, {}, tuple(node.name_path))

    def _make_CreateModelStmt(self, node: Message, sql: str, kind: str) -> Outcome:
        path = tuple(messages.field(node, "name_path"))
        options = _options(node, sql, ".".join(path))
        if options.get("warm_start") and self.model(path) is None:
            raise Refused(
                f"there is no model {'.'.join(path)} that warm_start could go on from",
                _line_of(sql, "warm_start"),
            )
        queried = _output(node)
        _check_query(bool(queried), str(options["model_type"]), sql)
        transformed = {
            column.name: column.column.type for column in node.transform_output_column_list
        }
        trained_on = transformed or queried
        label = _label(options)
        roles = columns_named(options)
        _check_roles(trained_on, roles, options, sql)
        features = {name: type_ for name, type_ in queried.items() if name not in roles}
        if transformed:
            read = _columns_read(node)
            features = {name: type_ for name, type_ in features.items() if name in read}
        for name, type_ in features.items():
            if types.text(type_) in _NO_FEATURES:
                raise Refused(f"{types.text(type_)} is no type of a feature (column {name})")
        self._models[self._key(path)] = Model(
            ".".join(path),
            str(options["model_type"]),
            features,
            label,
            trained_on[label] if label else None,
            transformed,
            options,
            {
                name: trained_on[name]
                for name, option in roles.items()
                if is_series(option, options)
            },
        )
        self._changed()
        return Outcome(kind, queried, path)


def _output(node: Message) -> Columns:
    columns = messages.field(node, "output_column_list")
    twice = [name for name, count in Counter(c.name.lower() for c in columns).items() if count > 1]
    if twice and not twice[0].startswith("$"):
        raise Refused(f"Duplicate column names in the result are not supported: {twice[0]}")
    return {column.name: column.column.type for column in columns}


def _check_columns(node: Message) -> None:
    for column in messages.field(node, "column_definition_list"):
        table_options.checked(column.annotations.option_list, table_options.COLUMN)


def _check_keys(node: Message, sql: str) -> dict[str, Any]:
    """The columns of its keys: what BigQuery takes for one is narrower than what GoogleSQL does."""
    partitioned_by = None
    for wrapped in messages.field(node, "partition_by_list"):
        key = messages.innermost(wrapped)
        type_name = types.text(messages.field(key, "type"))
        is_call = key.DESCRIPTOR.name == "ResolvedFunctionCallProto"
        called = messages.field(key, "function").name.split(":")[-1] if is_call else ""
        if called not in _PARTITION_FUNCTIONS and (is_call or type_name != "DATE"):
            given = called or type_name
            raise Refused(
                "PARTITION BY takes a DATE, a function that truncates to one, or RANGE_BUCKET,"
                f" not {given}",
                _line_of(sql, "partition"),
            )
        partitioned_by = next(_column_names(key))
    keys = [messages.innermost(wrapped) for wrapped in messages.field(node, "cluster_by_list")]
    if len(keys) > 4:
        raise Refused("CLUSTER BY takes at most four columns", _line_of(sql, "cluster"))
    for key in keys:
        type_name = types.text(messages.field(key, "type"))
        if type_name not in _CLUSTER_TYPES:
            raise Refused(f"CLUSTER BY cannot take {type_name}", _line_of(sql, "cluster"))
    clustered_by = tuple(name for key in keys for name in _column_names(key))
    return {"partitioned_by": partitioned_by, "clustered_by": clustered_by}


def _column_names(expression: Message) -> Iterator[str]:
    for message in messages.walk(expression):
        if message.DESCRIPTOR.name == "ResolvedColumnRefProto":
            yield message.column.name


def _line_of(sql: str, word: str) -> int:
    return next((line_at(sql, token.start) for token in tokens(sql) if token.is_word(word)), 1)


def _options(node: Message, sql: str, name: str) -> dict[str, Any]:
    """The options of CREATE MODEL, checked against the project's table of them."""
    given = {option.name: ml_calls.option_value(option.value) for option in node.option_list}
    try:
        effective, _ = validate(name, given, is_local=False)
    except ModelError as error:
        raise Refused(str(error), _option_line(sql, str(error))) from None
    return effective


def _option_line(sql: str, reason: str) -> int:
    found = tokens(sql)
    opening = next((n + 1 for n, token in enumerate(found) if token.is_word("options")), None)
    if opening is None:
        return 1
    for start, end in arguments(sql, found, opening)[0]:
        if f"'{tokens(sql[start:end])[0].text.lower()}'" in reason.lower():
            return line_at(sql, start)
    return line_at(sql, found[opening].start)


def _label(options: dict[str, Any]) -> str | None:
    is_supervised = MODEL_TYPES[str(options["model_type"])].is_supervised
    return options[LABEL][0] if is_supervised else None


def _check_query(is_given: bool, model_type: str, sql: str) -> None:
    is_taken = MODEL_TYPES[model_type].query != "none"
    if is_given != is_taken:
        words = "trains on a query; write AS SELECT" if is_taken else "takes no query; leave it out"
        raise Refused(
            f"option 'model_type': {model_type} {words}", _option_line(sql, "'model_type'")
        )


def _check_roles(
    columns: Columns, roles: dict[str, str], options: dict[str, Any], sql: str
) -> None:
    for name, option in roles.items():
        line = _option_line(sql, f"'{option}'")
        if name not in columns:
            raise Refused(
                f"option '{option}' names '{name}', which is none of the columns"
                f" {', '.join(columns)}",
                line,
            )
        type_name = types.text(columns[name])
        wanted = held_by(option, options)
        if wanted == "number" and type_name not in _NUMBERS:
            raise Refused(
                f"option '{option}': the column {name} must be a number, not {type_name}", line
            )
        if wanted not in (None, "number", type_name):
            raise Refused(
                f"option '{option}': the column {name} must be {wanted}, not {type_name}", line
            )


def _columns_read(node: Message) -> set[str]:
    """The columns of the training query that TRANSFORM reads."""
    names = {column.column.column_id: column.name for column in node.transform_input_column_list}
    read = set()
    for part in (*node.transform_list, *node.transform_analytic_function_group_list):
        for message in messages.walk(part):
            if message.DESCRIPTOR.name == "ResolvedColumnRefProto":
                read.add(names.get(message.column.column_id))
    return read - {None}
