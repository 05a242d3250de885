"""The TRANSFORM clause: fitted on the training rows, replayed on every row a model is given.

What training keeps is data: the expressions as SQL text and their statistics as JSON. Both are
checked again whenever a model is read, and evaluated in a database of their own (`sandbox`), so
that a stranger's model reaches no file and no table.
"""

import functools
import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError

from duckdb_bqml import select_list
from duckdb_bqml.algorithms.dataset import Column, describe
from duckdb_bqml.algorithms.distribution import distribution
from duckdb_bqml.columns import Rows, bigquery_type, require_coercible
from duckdb_bqml.select_list import (
    ROW,
    STATISTICS,
    Expansion,
    Node,
    Output,
    Statistics,
    quoted,
    sandbox,
)

_CHUNK, _NUMBER = "bqml_chunk", "bqml_number"

_DUCKDB_TYPES = {
    "INT64": "BIGINT",
    "NUMERIC": "DECIMAL(38, 9)",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "DATE": "DATE",
    "TIME": "TIME",
}


class _Type(NamedTuple):
    """A type as BigQuery calls it, and the DuckDB type that all its values are cast to."""

    bigquery: str
    duckdb: str

    @classmethod
    def of(cls, arrow_type: pa.DataType) -> Self:
        """ModelError if BigQuery has no such type."""
        if pa.types.is_list(arrow_type) or pa.types.is_fixed_size_list(arrow_type):
            element = cls.of(arrow_type.value_type)
            return cls(f"ARRAY<{element.bigquery}>", f"{element.duckdb}[]")
        if pa.types.is_struct(arrow_type):
            fields = [(field.name, cls.of(field.type)) for field in arrow_type]
            return cls(
                f"STRUCT<{', '.join(f'{name} {field.bigquery}' for name, field in fields)}>",
                f"STRUCT({', '.join(f'{quoted(name)} {field.duckdb}' for name, field in fields)})",
            )
        name = bigquery_type(arrow_type)
        if name is None:
            raise ModelError(f"has the type {arrow_type}, which is not supported; cast it")
        if name == "BIGNUMERIC":
            return cls(name, f"DECIMAL({min(arrow_type.precision, 38)}, {arrow_type.scale})")
        if name == "TIMESTAMP":
            return cls(name, "TIMESTAMPTZ" if arrow_type.tz else "TIMESTAMP")
        return cls(name, _DUCKDB_TYPES[name])


def all_columns(rows: Rows) -> list[Any]:
    """Every column of a query, to tell its rows apart; what is no feature goes in as text."""
    return [
        _feature(rows, name) or _as_text(rows, name).column(name, "column") for name in rows.names
    ]


def describe_input(rows: Rows, name: str) -> dict[str, Any]:
    """One row of ML.FEATURE_INFO, of a column before the clause."""
    column, array = _feature(rows, name), rows.array(name, "column")
    if column is not None:
        return describe(column)
    return {"input": name, "null_count": 0 if bigquery_type(array.type) else array.null_count}


def reference_of_input(rows: Rows, name: str, trained: int) -> dict[str, Any]:
    """The distribution of a column before the clause in its first `trained` rows."""
    column = _feature(rows, name)
    if column is not None:
        return distribution(column.take(slice(trained)))
    nulls = rows.array(name, "column").slice(0, trained).null_count
    return {"input": name, "row_count": trained, "null_count": nulls}


def _feature(rows: Rows, name: str) -> Column | None:
    """The column, or None if no model could take it as it is: the clause may make something of it.

    It is of another type, or holds arrays of different lengths or with a NULL in them.
    """
    try:
        return rows.column(name, "column")
    except ModelError:
        return None


def _as_text(rows: Rows, name: str) -> Rows:
    with sandbox() as connection:
        connection.register(_CHUNK, pa.table({name: rows.array(name, "column")}))
        column = quoted(name)
        return _rows(connection.execute(f"select {column}::varchar as {column} from {_CHUNK}"))


def _rows(result: Any) -> Rows:
    return Rows(result.to_arrow_table().to_struct_array().combine_chunks())


def take(rows: Rows, chosen: np.ndarray[Any, Any]) -> Rows:
    """The rows at the given numbers."""
    indices = pa.array(chosen)
    arrays = [rows.array(name, "column").take(indices) for name in rows.names]
    return Rows(pa.StructArray.from_arrays(arrays, names=rows.names), splits_structs=False)


# ---- fitting


def fit(expressions: Sequence[str], rows: Rows, roles: Mapping[str, str]) -> "Transform":
    """Learn the statistics of the clause from these rows, the training rows.

    `roles` says of the columns that are no features which option names them. ModelError says
    which item, or which column, is wrong.
    """
    rows = rows.whole
    for name, option in roles.items():
        rows.array(name, "label column" if option == "input_label_cols" else "column")
    items = select_list.read_items(expressions, rows.names)
    inputs = _inputs(rows, items)
    casts = _casts(inputs)
    with sandbox() as connection:
        connection.register(_CHUNK, _table(rows, inputs, "training"))
        outputs = list(_expanded(items, connection, f"{casts} where false"))
        _check_outputs(outputs, roles)
        statistics = Statistics()
        replayed = [(output.name, statistics.taken_out(output.expression)) for output in outputs]
        with _explained("the statistics of the transform clause cannot be computed"):
            kept = _fitted(connection, statistics, casts)
    names = {name.lower() for name in roles}
    stored = {
        "expressions": list(expressions),
        "inputs": [
            {"name": name, "data_type": found.bigquery, "duckdb_type": found.duckdb}
            for name, found in inputs.items()
        ],
        "replay": select_list.text(replayed),
        "statistics": kept,
        "outputs": [
            {"name": name, "data_type": "", "is_feature": name.lower() not in names}
            for name, _ in replayed
        ],
    }
    for output, data_type in zip(stored["outputs"], Transform(stored).types(), strict=True):
        output["data_type"] = data_type
    return Transform(stored)


def _inputs(rows: Rows, items: Sequence[Output | Expansion]) -> dict[str, _Type]:
    used = select_list.inputs_of([item.expression for item in items])
    found = {}
    for name in (name for name in rows.names if name in used):
        try:
            found[name] = _Type.of(rows.array(name, "column").type)
        except ModelError as error:
            raise ModelError(f"column '{name}' of the transform clause {error}") from None
    return found


def _casts(inputs: Mapping[str, _Type]) -> str:
    """The chunk as relation ROW, its columns in the types of training and their own names."""
    columns = "".join(
        f", cast({quoted(name)} as {found.duckdb}) as {quoted(name)}"
        for name, found in inputs.items()
    )
    return f"(select {_NUMBER}{columns} from {_CHUNK}) as {ROW}"


def _table(rows: Rows, names: Collection[str], function: str) -> pa.Table:
    arrays = {name: rows.array(name, "column") for name in names}
    length = len(rows.array(rows.names[0], "column"))
    return pa.table(arrays | {_NUMBER: np.arange(length)})


def _expanded(
    items: Sequence[Output | Expansion], connection: duckdb.DuckDBPyConnection, no_rows: str
) -> Iterator[Output]:
    """The outputs, every `expression.*` replaced by its fields."""
    for item in items:
        if isinstance(item, Output):
            yield item
            continue
        with _explained(f"transform item {select_list.shown(item.item)} cannot be computed"):
            sql = select_list.text([("expanded", item.expression)])
            [found] = connection.sql(f"select {sql} from {no_rows}").types
        if found.id != "struct":
            raise ModelError(
                f"transform item {select_list.shown(item.item)} has no fields; it is {found}"
            )
        for name, _ in found.children:
            yield Output(item.item, name, select_list.field(item.expression, name))


def _check_outputs(outputs: Sequence[Output], roles: Mapping[str, str]) -> None:
    found: dict[str, Output] = {}
    for output in outputs:
        if output.name.lower() in found:
            raise ModelError(
                f"transform item {select_list.shown(output.item)} gives a second column "
                f"'{output.name}'; name it otherwise or leave one of the two out"
            )
        found[output.name.lower()] = output
    for name, option in roles.items():
        own = found.get(name.lower())
        if own is None or not own.is_bare:
            raise ModelError(
                f"option '{option}' names the column '{name}', which option 'transform' must hold "
                "as it is; add it by its name or by *"
            )


def _fitted(connection: duckdb.DuckDBPyConnection, statistics: Statistics, casts: str) -> str:
    """The statistics over the rows as JSON text, from one query."""
    if not statistics.expressions:
        return json.dumps({"types": {}, "values": {}})
    sql = select_list.text(list(statistics.expressions.items()))
    connection.execute(f"create temp table fitted as select {sql} from {casts}")
    types = dict(
        connection.execute("select column_name, column_type from (describe fitted)").fetchall()
    )
    values = ", ".join(
        f"{name} := cast({_to_stored_precision(name, found)} as {_text_shape(found)})"
        for name, found in types.items()
    )
    [text] = connection.execute(
        f"select to_json(struct_pack({values}))::varchar from fitted"
    ).fetchone()
    return json.dumps({"types": types, "values": json.loads(text)})


def _to_stored_precision(name: str, duckdb_type: str) -> str:
    """A FLOAT64 with the six significant digits that BigQuery stores of a statistic.

    Not documented, but every scaled value that BigQuery has printed follows from statistics so
    rounded, and none from exact ones: the mean 38.6333 gives its 1.313249, 38.6333333 would give
    1.313198. Statistics of any other type are kept as they are.
    """
    return f"format('{{:.6g}}', {name})" if duckdb_type == "DOUBLE" else name


def _text_shape(duckdb_type: str) -> str:
    """The type with text in place of every scalar: as text, all values outlive JSON unchanged."""

    def shape(found: Any) -> str:
        if found.id in ("list", "array"):
            return f"{shape(found.children[0][1])}[]"
        if found.id == "map":
            return f"MAP(VARCHAR, {shape(found.children[1][1])})"
        if found.id == "struct":
            fields = ", ".join(f"{quoted(name)} {shape(child)}" for name, child in found.children)
            return f"STRUCT({fields})"
        return "VARCHAR"

    return shape(duckdb.sqltype(duckdb_type))


# ---- replaying


class Transform:
    """A fitted clause, as it is stored; safe to use from many threads."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """ModelError unless it holds expressions and data only."""
        self.stored = dict(stored)
        try:
            self._inputs = {
                column["name"]: _Type(column["data_type"], _checked_type(column["duckdb_type"]))
                for column in stored["inputs"]
            }
            kept = json.loads(stored["statistics"])
            self._types = {name: _checked_type(found) for name, found in kept["types"].items()}
            self._values = json.dumps(kept["values"])
            expressions = select_list.parse(stored["replay"])
            select_list.check_stored(expressions, list(self._inputs), set(self._types))
            select_list.check_text(expressions)
            self._shapes = {name: _text_shape(found) for name, found in self._types.items()}
            names = [column["name"] for column in stored["outputs"]]
            if [expression["alias"] for expression in expressions] != names:
                raise ModelError("names other columns than its outputs")
        except (
            LookupError,
            TypeError,
            AttributeError,
            ValueError,
            RecursionError,
            duckdb.Error,
        ) as error:
            reason = error if isinstance(error, ModelError) else "is damaged"
            raise ModelError(
                f"the stored transform clause {reason}; it is not run, train the model again"
            ) from None
        self._expressions = dict(zip(names, expressions, strict=True))
        self._replays: dict[bool, _Replay] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def features(self) -> list[dict[str, str]]:
        """Name and type of each output that is a feature, or of its fields if it is a STRUCT."""
        rows = self._of_no_rows(features_only=True)
        return [
            {"name": name, "data_type": bigquery_type(rows.array(name, "column").type) or ""}
            for name in rows.names
        ]

    @property
    def feature_inputs(self) -> list[dict[str, str]]:
        """Name and type of each raw column that the features need."""
        wanted = self._replay(features_only=True).inputs
        return [{"name": name, "data_type": found.bigquery} for name, found in wanted.items()]

    def types(self) -> list[str]:
        """BigQuery's names of the types of all outputs."""
        rows = self._of_no_rows().whole
        try:
            return [_Type.of(rows.array(name, "column").type).bigquery for name in rows.names]
        except ModelError as error:
            raise ModelError(f"an output of the transform clause {error}") from None

    def _of_no_rows(self, features_only: bool = False) -> Rows:
        empty = {name: pa.nulls(0) for name in self._inputs} or {_NUMBER: pa.nulls(0)}
        rows = Rows(pa.StructArray.from_arrays([*empty.values()], names=[*empty]))
        return self.apply(rows, "training", features_only)

    def apply(self, rows: Rows, function: str, features_only: bool = False) -> Rows:
        """The outputs for these rows; ModelError if a column is missing or has another type."""
        rows = rows.whole
        replay = self._replay(features_only)
        for name, found in replay.inputs.items():
            if name.lower() not in map(str.lower, rows.names):
                raise ModelError(
                    f"column '{name}' is missing from the input of {function}; add it to the "
                    f"query as {found.bigquery}"
                )
            arrow_type = rows.array(name, "column").type
            try:
                given = _Type.of(arrow_type).bigquery
            except ModelError:
                given = None
            require_coercible(name, given, found.bigquery, arrow_type)
        with _explained("the transform clause cannot be computed"):
            return replay.run(_table(rows, replay.inputs, function))

    def _replay(self, features_only: bool) -> "_Replay":
        with self._lock:
            if features_only not in self._replays:
                names = [
                    column["name"]
                    for column in self.stored["outputs"]
                    if column["is_feature"] or not features_only
                ]
                chosen = {name: self._expressions[name] for name in names}
                needed = select_list.inputs_of(list(chosen.values()))
                inputs = {name: self._inputs[name] for name in self._inputs if name in needed}
                self._replays[features_only] = _Replay(chosen, inputs, self._statistics())
            return self._replays[features_only]

    def _statistics(self) -> str:
        """The one row of statistics as a query, empty if there are none."""
        if not self._types:
            return ""
        fields = [
            ", ".join(f"{quoted(name)} {found}" for name, found in types.items())
            for types in (
                self._shapes,
                self._types,
            )
        ]
        literal = self._values.replace("'", "''")
        return (
            f"select unnest(cast(cast('{literal}'::json as STRUCT({fields[0]}))"
            f" as STRUCT({fields[1]})))"
        )

    def sql(self) -> dict[str, Any]:
        """The clause as parts of a query, each fit to be pasted as it is.

        `outputs` and `inputs`, the casts of the columns used, are lists of named expressions;
        `excluded` are the columns used, quoted; `statistics` is the query of STATISTICS. Columns
        that are no features of the model need not be there: they are what the rows hold besides.
        """
        features = [column["name"] for column in self.stored["outputs"] if column["is_feature"]]
        chosen = {name: self._expressions[name] for name in features}
        used = select_list.inputs_of(list(chosen.values()))
        inputs = {name: found for name, found in self._inputs.items() if name in used}
        others = {
            name: expression
            for name, expression in self._expressions.items()
            if name not in chosen and name in inputs
        }
        return {
            "outputs": [
                select_list.text([(name, expression)])
                for name, expression in (chosen | others).items()
            ],
            "inputs": [
                f"cast({quoted(name)} as {found.duckdb}) as {quoted(name)}"
                for name, found in inputs.items()
            ],
            "excluded": [quoted(name) for name in inputs],
            "statistics": self._statistics(),
        }


_CAST_TO, _CAST_END = "CAST(NULL AS ", ")"


def _checked_type(duckdb_type: str) -> str:
    """The type, written anew from what was read; ModelError if the text is more than its name."""
    found = select_list.parse(f"cast(null as {duckdb_type})")
    written = select_list.text([(None, node) for node in found])
    is_cast = len(found) == 1 and found[0]["class"] == "CAST" and "child" in found[0]
    if not is_cast or found[0]["child"]["class"] != "CONSTANT" or "UNBOUND" in json.dumps(found):
        raise ModelError(f"names the type {duckdb_type!r}, which is none")
    return written.removeprefix(_CAST_TO).removesuffix(_CAST_END)


@contextmanager
def _explained(failure: str) -> Iterator[None]:
    """Turn an error of DuckDB into one sentence."""
    try:
        yield
    except duckdb.Error as error:
        raise ModelError(f"{failure}: {str(error).partition(chr(10))[0]}") from None


class _Source:
    """A relation whose rows can be changed under a prepared statement: DuckDB asks it for its
    stream at every execution, while a table it would keep."""

    table: pa.Table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)


class _Prepared:
    """The replay in a database of its own, planned for chunks of one schema."""

    def __init__(self, sql: str, statistics: str, schema: pa.Schema) -> None:
        self.schema = schema
        self._source = _Source()
        self._source.table = schema.empty_table()
        self._connection = sandbox()
        if statistics:
            self._connection.execute(f"create table {STATISTICS} as {statistics}")
        self._connection.register(_CHUNK, self._source)
        self._connection.execute(f"prepare replay as {sql}")

    def run(self, chunk: pa.Table) -> pa.Table:
        self._source.table = chunk
        try:
            return self._connection.execute("execute replay").to_arrow_table()
        finally:
            self._source.table = self.schema.empty_table()


class _Replay:
    """Some outputs of a clause over chunks of rows; each thread has a database of its own."""

    def __init__(
        self, outputs: Mapping[str, Node], inputs: Mapping[str, _Type], statistics: str
    ) -> None:
        self.inputs = inputs
        columns = [(_NUMBER, select_list.column(ROW, _NUMBER)), *outputs.items()]
        join = f" cross join {STATISTICS}" if statistics else ""
        self._sql = f"select {select_list.text(columns)} from {_casts(inputs)}{join}"
        self._statistics = statistics
        self._idle: list[_Prepared] = []

    def run(self, chunk: pa.Table) -> Rows:
        try:
            prepared = self._idle.pop()
        except IndexError:
            prepared = None
        if prepared is None or prepared.schema != chunk.schema:
            prepared = _Prepared(self._sql, self._statistics, chunk.schema)
        found = prepared.run(chunk)
        self._idle.append(prepared)
        return _in_order(found, len(chunk))


def _in_order(found: pa.Table, rows: int) -> Rows:
    """The outputs in the order of their rows, which a join need not keep."""
    numbers = found.column(_NUMBER).to_numpy()
    if len(numbers) != rows:
        raise ModelError(
            f"the transform clause makes {len(numbers)} rows of {rows}; each of its expressions "
            "must give one value per row"
        )
    if not (numbers[:-1] < numbers[1:]).all():
        found = found.take(np.argsort(numbers))
    return Rows(found.drop_columns([_NUMBER]).to_struct_array().combine_chunks())
