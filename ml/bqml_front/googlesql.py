"""GoogleSQL's analyzer, BigQuery's own, compiled to WebAssembly and run in this process."""

import contextlib
import ctypes
import re
import threading
from importlib import metadata
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
from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_node_kind_pb2

Catalog = simple_catalog_pb2.SimpleCatalogProto
Type = type_pb2.TypeProto

_NAMES = {
    "INT64": "INT64",
    "DOUBLE": "FLOAT64",
    "BOOL": "BOOL",
    "STRING": "STRING",
    "BYTES": "BYTES",
    "DATE": "DATE",
    "DATETIME": "DATETIME",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP",
    "NUMERIC": "NUMERIC",
    "BIGNUMERIC": "BIGNUMERIC",
    "GEOGRAPHY": "GEOGRAPHY",
    "JSON": "JSON",
    "INTERVAL": "INTERVAL",
}

# a tree deeper than some thirty expressions is otherwise not read
_message.SetAllowOversizeProtos(True)

# BigQuery's other names of its types; GoogleSQL leaves them to the catalog
_ALIASES = {
    "INT64": ["INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT"],
    "NUMERIC": ["DECIMAL"],
    "BIGNUMERIC": ["BIGDECIMAL"],
}


class Refused(Exception):
    """A statement that BigQuery would refuse: the reason, and the line it is at."""

    def __init__(self, reason: str, line: int = 1):
        super().__init__(reason)
        self.reason = reason
        self.line = line


class _Client(wasm_client.WasmClient):
    """The package's client, which copies a message at once instead of byte by byte."""

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._address(ptr), data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._address(ptr), size)

    def _address(self, ptr: int) -> int:
        return ctypes.addressof(self.memory.data_ptr().contents) + ptr


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
        self._language = language
        self._options = options_pb2.AnalyzerOptionsProto(
            language_options=language,
            error_message_mode=public_options.ERROR_MESSAGE_ONE_LINE,
            default_timezone="UTC",  # GoogleSQL's own is that of California
        )
        self._empty = self.register(self.catalog())
        self._types: dict[str, Type] = {}

    def _start(self) -> None:
        with _compiled_once(self._cache):
            self._client = _Client(get_wasm_path())

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
        return innermost(self._analyze(catalog, sql_statement=sql).resolved_statement)

    def expression(self, sql: str) -> Message:
        """A resolved expression without columns; Refused if GoogleSQL refuses it."""
        return innermost(self._analyze(self._empty, sql_expression=sql).resolved_expression)

    def constant(self, sql: str) -> tuple[Any, Type]:
        """What an expression without columns comes to, and its type; structs are lists."""
        type_ = field(self.expression(sql), "type")
        [(held,)] = self.rows(f"select {sql}")
        return held, type_

    def script(self, sql: str) -> Message:
        """The parse tree of a script; Refused if GoogleSQL cannot read it."""
        request = service.ParseRequest(sql_statement=sql, options=self._language, allow_script=True)
        return self._call("Parse", request, service.ParseResponse).parsed_script

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """A query without tables, evaluated by GoogleSQL's reference implementation."""
        request = service.EvaluateQueryRequest(
            sql=query, options=self._options, registered_catalog_id=self._empty
        )
        answer = self._call("EvaluateQuery", request, service.EvaluateQueryResponse)
        return [tuple(_literal(cell) for cell in row.cell) for row in answer.content.table_data.row]

    def type_named(self, name: str) -> Type:
        """A type by BigQuery's name of it."""
        if name not in self._types:
            self._types[name] = field(self.expression(f"cast(null as {name})"), "type")
        return self._types[name]

    def _analyze(self, catalog: Catalog | int, **text: str) -> service.AnalyzeResponse:
        request = service.AnalyzeRequest(options=self._options, **text)
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


@contextlib.contextmanager
def _compiled_once(folder: Path):
    """Within it, the package's client loads the module kept in `folder`, if there is one."""
    versions = "-".join(metadata.version(name) for name in ("zetasql", "wasmtime"))
    kept = folder / f"zetasql-{versions}.cwasm"
    compiler = wasm_client.Module

    class Kept:
        @staticmethod
        def from_file(engine: wasmtime.Engine, path: str) -> wasmtime.Module:
            with contextlib.suppress(OSError, wasmtime.WasmtimeError):
                return wasmtime.Module.deserialize_file(engine, str(kept))
            module = compiler.from_file(engine, path)
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(".part")
            unfinished.write_bytes(module.serialize())
            unfinished.replace(kept)
            return module

    wasm_client.Module = Kept
    try:
        yield
    finally:
        wasm_client.Module = compiler


def innermost(message: Message) -> Message:
    """GoogleSQL's messages say `any node` by one wrapped in another; this is the node."""
    while "node" in message.DESCRIPTOR.oneofs_by_name and message.WhichOneof("node"):
        message = getattr(message, message.WhichOneof("node"))
    return message


def field(message: Message, name: str) -> Any:
    """A field of a node, or of the node it extends."""
    while name not in message.DESCRIPTOR.fields_by_name:
        message = message.parent
    return getattr(message, name)


def walk(message: Message):
    """A message and all messages below it."""
    yield message
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None:
            for item in value if descriptor.is_repeated else [value]:
                yield from walk(item)


def scalar(name: str) -> Type:
    """A type that is no array and no struct."""
    kinds = {value: key for key, value in _NAMES.items()}
    return Type(type_kind=type_pb2.TypeKind.Value(f"TYPE_{kinds[name]}"))


def text(type_: Type) -> str:
    """A type as BigQuery writes it."""
    kind = type_pb2.TypeKind.Name(type_.type_kind).removeprefix("TYPE_")
    if kind == "ARRAY":
        return f"ARRAY<{text(type_.array_type.element_type)}>"
    if kind == "STRUCT":
        fields = [f"{x.field_name} {text(x.field_type)}".strip() for x in type_.struct_type.field]
        return f"STRUCT<{', '.join(fields)}>"
    return _NAMES.get(kind, kind)


def value(expression: Message) -> Any:
    """A resolved literal, or an array or struct of such, as Python has it; structs are lists."""
    node = innermost(expression)
    if node.DESCRIPTOR.name == "ResolvedLiteralProto":
        return _literal(node.value.value)
    if node.DESCRIPTOR.name == "ResolvedMakeStructProto":
        return [value(item) for item in node.field_list]
    return [value(item) for item in field(node, "argument_list")]


def _literal(held: Message) -> Any:
    kind = held.WhichOneof("value")
    if kind == "array_value":
        return [_literal(item) for item in held.array_value.element]
    if kind == "struct_value":
        return [_literal(item) for item in held.struct_value.field]
    if kind == "timestamp_value":
        return held.timestamp_value.ToJsonString()
    if kind == "numeric_value":
        return int.from_bytes(held.numeric_value, "little", signed=True) / 10**9
    return getattr(held, kind) if kind else None
