"""GoogleSQL's analyzer, BigQuery's own, compiled to WebAssembly and run in this process."""

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import wasmtime
from google._upb import _message
from google.protobuf.message import Message
from zetasql.core import wasm_client
from zetasql.core.exceptions import ServerError
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_node_kind_pb2

from googlesql.client import Client, compiled_once
from googlesql.messages import field, innermost
from googlesql.tokens import joined_paths, split_paths
from googlesql.types import Type, scalar
from googlesql.values import Rows, read_rows, write_rows

Catalog = simple_catalog_pb2.SimpleCatalogProto

# a tree deeper than some thirty expressions is otherwise not read
_message.SetAllowOversizeProtos(True)

# BigQuery's other names of its types; GoogleSQL leaves them to the catalog
_ALIASES = {
    "INT64": ["INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT"],
    "NUMERIC": ["DECIMAL"],
    "BIGNUMERIC": ["BIGDECIMAL"],
}

# what GoogleSQL says of a table function in a correlated subquery: it resolves it, but inlines none
_NOT_INLINED = "TVF arguments that reference columns are not supported"


class Refused(Exception):
    """A statement that BigQuery would refuse: the reason, and the line it is at."""

    def __init__(self, reason: str, line: int = 1):
        super().__init__(reason)
        self.reason = reason
        self.line = line


class GoogleSQL:
    """One instance of the service: half a minute to compile, no time to load from `cache`.

    The cache is machine code that this process will run: it belongs in a folder of the clone.
    """

    def __init__(self, cache: Path):
        self._cache = cache
        self._lock = threading.Lock()  # the instance has one stack
        self._start()
        language = self._call(
            "GetLanguageOptions",
            service.LanguageOptionsRequest(maximum_features=True),
            options_pb2.LanguageOptionsProto,
        )
        language.product_mode = public_options.PRODUCT_EXTERNAL
        del language.supported_statement_kinds[:]
        language.supported_statement_kinds.extend(
            number
            for name, number in resolved_node_kind_pb2.ResolvedNodeKind.items()
            if name.startswith("RESOLVED_") and name.endswith("_STMT")
        )
        for name in ("TABLE_ELEMENT_LIST", "PARTITION_COLUMNS", "CONNECTION"):
            feature = f"FEATURE_CREATE_EXTERNAL_TABLE_WITH_{name}"
            language.enabled_language_features.append(public_options.LanguageFeature.Value(feature))
        self._language = language
        self._options = options_pb2.AnalyzerOptionsProto(
            language_options=language,
            error_message_mode=public_options.ERROR_MESSAGE_ONE_LINE,
            default_timezone="UTC",  # GoogleSQL's own is that of California
        )
        # a call of a table function becomes the query that stands for it
        self._inlining = options_pb2.AnalyzerOptionsProto()
        self._inlining.CopyFrom(self._options)
        self._inlining.enabled_rewrites.append(public_options.REWRITE_INLINE_SQL_TVFS)
        self._empty = self.register(self.catalog())
        self._types: dict[str, Type] = {}

    def _start(self) -> None:
        with compiled_once(self._cache):
            self._client = Client(get_wasm_path())

    def catalog(self) -> Catalog:
        """A catalog of GoogleSQL's own functions and BigQuery's type names."""
        catalog = Catalog(name="bigquery")
        catalog.builtin_function_options.language_options.CopyFrom(self._language)
        for name, aliases in _ALIASES.items():
            for alias in aliases:
                catalog.named_type.add(name=alias, type=scalar(name))
        return catalog

    def register(self, catalog: Catalog) -> int:
        """Keep a catalog for many statements; `forget` it again."""
        request = service.RegisterCatalogRequest(simple_catalog=catalog)
        return self._call("RegisterCatalog", request, service.RegisterResponse).registered_id

    def forget(self, registered: int) -> None:
        self._call("UnregisterCatalog", service.UnregisterRequest(registered_id=registered))

    def statement(self, sql: str, catalog: Catalog | int) -> Message:
        """The resolved statement; Refused if GoogleSQL refuses it."""
        try:
            resolved = self._analyze(catalog, self._inlining, sql_statement=sql)
        except Refused as refused:
            if _NOT_INLINED not in refused.reason:
                raise
            resolved = self._analyze(catalog, self._options, sql_statement=sql)
        return innermost(resolved.resolved_statement)

    def expression(self, sql: str) -> Message:
        """A resolved expression without columns; Refused if GoogleSQL refuses it."""
        resolved = self._analyze(self._empty, self._options, sql_expression=sql)
        return innermost(resolved.resolved_expression)

    def constant(self, sql: str) -> tuple[Any, Type]:
        """What an expression without columns comes to, and its type."""
        type_ = field(self.expression(sql), "type")
        [(held,)] = self.evaluate(f"select {sql}").rows
        return held, type_

    def script(self, sql: str) -> Message:
        """The parse tree of a script; Refused if GoogleSQL cannot read it."""
        request = service.ParseRequest(sql_statement=sql, options=self._language, allow_script=True)
        return self._call("Parse", request, service.ParseResponse).parsed_script

    def evaluate(self, query: str, tables: Mapping[str, Rows] | None = None) -> Rows:
        """A query's rows by GoogleSQL's reference implementation; Refused if it has none to give.

        `tables` holds the rows of each table that the query reads, by `project.dataset.name`.
        """
        tables = tables or {}
        request = service.EvaluateQueryRequest(
            sql=joined_paths(split_paths(query), tables), options=self._options
        )
        request.simple_catalog.CopyFrom(self.catalog())
        for path, table in tables.items():
            held = request.simple_catalog.table.add(name=path)
            for name, type_ in table.columns.items():
                held.column.add(name=name, type=type_)
            write_rows(table, request.table_content[path])
        answer = self._call("EvaluateQuery", request, service.EvaluateQueryResponse)
        columns = {column.name: column.type for column in answer.prepared.columns}
        return read_rows(answer.content, columns)

    def type_named(self, name: str) -> Type:
        """A type by BigQuery's name of it."""
        if name not in self._types:
            self._types[name] = field(self.expression(f"cast(null as {name})"), "type")
        return self._types[name]

    def _analyze(
        self, catalog: Catalog | int, options: Message, **text: str
    ) -> service.AnalyzeResponse:
        request = service.AnalyzeRequest(options=options, **text)
        if isinstance(catalog, int):
            request.registered_catalog_id = catalog
        else:
            request.simple_catalog.CopyFrom(catalog)
        return self._call("Analyze", request, service.AnalyzeResponse)

    def _call(self, method: str, request: Message, response: Any = wasm_client.empty_pb2.Empty):
        try:
            with self._lock:
                return self._client.call_grpc_func(
                    f"ZetaSqlLocalService_{method}", request, response
                )
        except ServerError as error:
            raise _refused(str(error)) from None
        except wasmtime.Trap:
            # its stack is spent, and every later call would fail, too; catalogs are forgotten
            self._start()
            self._empty = self.register(self.catalog())
            raise Refused("the statement is nested too deeply; split it") from None


def _refused(message: str) -> Refused:
    """What the service said, without its code and its columns."""
    place = re.search(r"\[at (\d+):\d+\]", message)
    reason = re.sub(r"^\[\w+\] ", "", re.sub(r" ?\[at \d+:\d+\]", "", message))
    return Refused(re.sub(r"\s+", " ", reason), int(place[1]) if place else 1)
