"""The trained models, each a table of a DuckDB file, and the statements that make and ask them."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from bqml_vocabulary.functions import FUNCTIONS, TABLE_FUNCTIONS, split
from bqml_vocabulary.model_types import now_named
from bqml_vocabulary.options import (
    OPTIONS,
    SERIES_TIMESTAMP,
    by_new_names,
    columns_in_role,
    validate,
)
from duckdb_bqml import ModelError, register
from duckdb_bqml.errors import sentence
from duckdb_bqml.select_list import quoted

from bqml_proxy.errors import (
    BigQueryError,
    already_exists,
    in_bigquery_words,
    invalid_query,
    not_found,
)
from bqml_proxy.macros import Declared, MacroError, Macros, Relation
from bqml_proxy.preprocessing import VALUE, Preprocessing

_FILE = "bqml_proxy.duckdb"
# one row per model; what BigQuery keeps of it beside what training found
_REGISTRY = """
create table if not exists registry (
    project varchar, dataset varchar, model_id varchar,
    options varchar, details varchar, created_at timestamptz, modified_at timestamptz
)
"""
_IS = "project = ? and dataset = ? and model_id = ?"


class ModelReference(NamedTuple):
    """BigQuery's path of a model."""

    project: str
    dataset: str
    model_id: str

    def __str__(self) -> str:
        return f"{self.project}:{self.dataset}.{self.model_id}"

    @property
    def relation(self) -> Relation:
        """Its table here."""
        return Relation(f"{self._schema}.{quoted(self.model_id)}")

    @property
    def _schema(self) -> str:
        return quoted(f"{self.project}.{self.dataset}")


class Record(NamedTuple):
    """What is kept of one model."""

    options: dict[str, Any]
    """As they were given, names in lower case."""
    details: dict[str, Any]
    created_at: datetime
    modified_at: datetime
    trained: dict[str, Any]
    """The row of its table, without the artifact."""

    @property
    def model_type(self) -> str:
        return self.trained["model_type"]

    @property
    def kept(self) -> dict[str, Any]:
        """What the training found that only some model types have."""
        return json.loads(self.trained["details"] or "{}")

    @property
    def trained_options(self) -> dict[str, Any]:
        """With defaults, as the training used them."""
        return json.loads(self.trained["options"])


class Models:
    """The models of a folder, which one process has open at a time; calls wait for one another."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = duckdb.connect(str(directory / _FILE))
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute(_REGISTRY)
        register(self._connection)
        self._clear()

    def _clear(self) -> None:
        """Drop what a training has left that was cut off."""
        left = self._connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'main'"
            " except select concat(project, '.', dataset), model_id from registry"
        )
        for schema, table in left.fetchall():
            self._connection.execute(f"drop table {quoted(schema)}.{quoted(table)}")

    def close(self) -> None:
        self._connection.close()

    def exists(self, reference: ModelReference) -> bool:
        with self._cursor() as cursor:
            found = cursor.execute(f"select 1 from registry where {_IS}", reference)
            return found.fetchone() is not None

    def require(self, reference: ModelReference) -> None:
        if not self.exists(reference):
            raise not_found(f"Model {reference}")

    def require_none(self, reference: ModelReference) -> None:
        if self.exists(reference):
            raise already_exists(f"Model {reference}")

    def train(
        self,
        reference: ModelReference,
        options: dict[str, Any],
        details: dict[str, Any],
        rows: pa.Table | None,
        replace: bool,
    ) -> None:
        """Train a model on all rows of its query, if it has one, in place of the one there is.

        `options` are those of training, checked by the table of options; `details` are all
        others. A training that fails leaves the old model as it was.
        """
        model = Declared(reference.relation, reference.model_id, options)
        trained = Relation(f"{reference._schema}.{quoted(f'training {uuid.uuid4().hex}')}")
        with self._cursor() as cursor:
            if not replace:
                self.require_none(reference)
            self._refuse_other_case(cursor, reference)
            previous = reference.relation if self._goes_on(reference, options) else None
            macros = Macros(model, lambda sql: cursor.execute(sql).fetchall())
            query = ""
            if rows is not None:
                cursor.register("training_query", rows)
                query = "select * from training_query"
            macros.call("_ml_check_query", options, query)
            statement = macros.call("duckdb__ml_model_sql", trained, options, query, previous)
            cursor.execute(f"create schema if not exists {reference._schema}")
            cursor.execute(statement)
            try:
                self._put_in_place(cursor, reference, trained, options, details)
            except duckdb.Error:
                cursor.execute("rollback")
                cursor.execute(f"drop table {trained}")
                raise

    def _goes_on(self, reference: ModelReference, options: dict[str, Any]) -> bool:
        return bool(options.get("warm_start")) and self.exists(reference)

    def _refuse_other_case(
        self, cursor: duckdb.DuckDBPyConnection, reference: ModelReference
    ) -> None:
        """BigQuery tells names by their case, and DuckDB does not."""
        other = cursor.execute(
            f"select project, dataset, model_id from registry where not ({_IS}) and"
            " lower(concat_ws('.', project, dataset, model_id)) = lower(concat_ws('.', ?, ?, ?))",
            [*reference, *reference],
        ).fetchone()
        if other is not None:
            raise invalid_query(
                f"Model {reference} differs from {ModelReference(*other)} in case only, which"
                " models kept here may not; choose another name."
            )

    def _put_in_place(
        self,
        cursor: duckdb.DuckDBPyConnection,
        reference: ModelReference,
        trained: Relation,
        options: dict[str, Any],
        details: dict[str, Any],
    ) -> None:
        cursor.execute("begin")
        cursor.execute(f"drop table if exists {reference.relation}")
        cursor.execute(f"alter table {trained} rename to {quoted(reference.model_id)}")
        cursor.execute(f"delete from registry where {_IS}", reference)
        cursor.execute(
            "insert into registry values (?, ?, ?, ?, ?, now(), now())",
            [*reference, json.dumps(options), _given(details)],
        )
        cursor.execute("commit")

    def call(
        self,
        macro: str,
        reference: ModelReference | None,
        inputs: dict[str, pa.Table],
        settings: dict[str, Any],
    ) -> pa.Table:
        """The rows of a function: what the macro of its name selects.

        `inputs` are the rows of the queries given, by the macro's name of them.
        """
        with self._cursor() as cursor:
            model = None if reference is None else self._declared(cursor, reference)
            for name, rows in inputs.items():
                cursor.register(f"{name}_query", rows)
            macros = Macros(model, lambda sql: cursor.execute(sql).fetchall())
            given = {name: f"{name}_query" for name in inputs} | settings
            if model is not None:
                given["model"] = model.relation
            selected = macros.call(macro, **given)
            rows = cursor.execute(f"select * from {selected}").to_arrow_table()
            return rows if model is None else _in_utc(rows, macro, model.options, settings)

    def preprocess(self, call: Preprocessing, rows: pa.Table) -> pa.Table:
        """The value of a preprocessing function by the key of a row, from what `call` selects."""
        with self._cursor() as cursor:
            cursor.register("argument_rows", rows)
            expression = Macros().call(f"ml_{call.name.lower()}", *call.arguments)
            statement = call.statement(expression, "argument_rows")
            try:
                values = cursor.execute(statement).to_arrow_table()
            except (duckdb.BinderException, duckdb.ConversionException):
                raise invalid_query(_taken(call.name)) from None
            return _in_declared_type(call, values)

    def _declared(self, cursor: duckdb.DuckDBPyConnection, reference: ModelReference) -> Declared:
        found = cursor.execute(f"select options from registry where {_IS}", reference).fetchone()
        if found is None:
            raise not_found(f"Model {reference}")
        return Declared(reference.relation, reference.model_id, json.loads(found[0]))

    def copy(self, source: ModelReference, destination: ModelReference) -> None:
        """Put a copy of a model in another place; a model that is there is replaced as one."""
        copied = Relation(f"{destination._schema}.{quoted(f'training {uuid.uuid4().hex}')}")
        record = self.record(source)
        with self._cursor() as cursor:
            self._refuse_other_case(cursor, destination)
            cursor.execute(f"create schema if not exists {destination._schema}")
            cursor.execute(f"create table {copied} as select * from {source.relation}")
            self._put_in_place(cursor, destination, copied, record.options, record.details)

    def delete(self, reference: ModelReference) -> None:
        with self._cursor() as cursor:
            self.require(reference)
            cursor.execute("begin")
            cursor.execute(f"drop table {reference.relation}")
            cursor.execute(f"delete from registry where {_IS}", reference)
            cursor.execute("commit")

    def record(self, reference: ModelReference) -> Record:
        with self._cursor() as cursor:
            self.require(reference)
            [row] = cursor.execute(
                f"select options, details, created_at, modified_at from registry where {_IS}",
                reference,
            ).fetchall()
            table = cursor.execute(f"select * exclude (artifact) from {reference.relation}")
            names = [column[0] for column in table.description]
            trained = dict(zip(names, table.fetchone(), strict=True))
        return Record(json.loads(row[0]), json.loads(row[1]), row[2], row[3], trained)

    def change(self, reference: ModelReference, details: dict[str, Any]) -> None:
        """Set what is kept of a model beside its training; None takes it away."""
        with self._cursor() as cursor:
            self.require(reference)
            kept = cursor.execute(f"select details from registry where {_IS}", reference)
            merged = json.loads(kept.fetchone()[0]) | details
            cursor.execute(
                f"update registry set details = ?, modified_at = now() where {_IS}",
                [_given(merged), *reference],
            )

    def references(self, project: str, dataset: str) -> list[ModelReference]:
        """The models of a dataset, by name."""
        with self._cursor() as cursor:
            found = cursor.execute(
                "select project, dataset, model_id from registry"
                " where project = ? and dataset = ? order by model_id",
                [project, dataset],
            )
            return [ModelReference(*row) for row in found.fetchall()]

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one call; its errors are those of BigQuery."""
        with self._lock, self._connection.cursor() as cursor:
            try:
                yield cursor
            except BigQueryError:
                raise
            except (ModelError, MacroError) as error:
                raise invalid_query(in_bigquery_words(str(error))) from None
            except duckdb.Error as error:
                said = sentence(str(error)).partition("\n")[0]
                raise invalid_query(in_bigquery_words(said)) from error


def _given(details: dict[str, Any]) -> str:
    """Those that are not NULL, as JSON."""
    return json.dumps({name: value for name, value in details.items() if value is not None})


def _in_utc(
    rows: pa.Table, macro: str, options: dict[str, Any], settings: dict[str, Any]
) -> pa.Table:
    """The rows, with a zone in the columns of the function's own that are TIMESTAMP: without one
    they would be DATETIME."""
    function = TABLE_FUNCTIONS[macro.removeprefix("ml_").upper()]
    declared = function.columns_of(options["model_type"], settings) or ""
    for name, data_type in split(declared):
        if data_type != "TIMESTAMP":
            continue
        for timestamp in columns_in_role(SERIES_TIMESTAMP, options):
            name = name.replace("{timestamp}", timestamp)
        place = rows.column_names.index(name)
        moments = rows.column(place).cast(pa.timestamp("us", "UTC"))
        rows = rows.set_column(place, name, moments)
    return rows


def _taken(name: str) -> str:
    """What a preprocessing function takes, as a sentence."""
    forms = [
        f"({', '.join(type_.removesuffix('?') for type_ in types)})"
        for types, _ in FUNCTIONS[name].signatures
    ]
    return f"ML.{name} takes {' or '.join(forms)}; cast what it is given."


def _in_declared_type(call: Preprocessing, values: pa.Table) -> pa.Table:
    """The values as FLOAT64 where they are another number and the function gives no other."""
    given = {gives for _, gives in FUNCTIONS[call.name].signatures}
    place = values.column_names.index(VALUE)
    type_ = values.schema.field(place).type
    is_other = pa.types.is_integer(type_) or pa.types.is_decimal(type_)
    if not is_other or "FLOAT64" not in given or "INT64" in given:
        return values
    return values.set_column(place, VALUE, values.column(place).cast(pa.float64()))


def checked_options(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options of training, names in lower case, as the table of options takes them."""
    try:
        validate(name, options)
    except ModelError as error:
        raise invalid_query(in_bigquery_words(str(error))) from None
    lowered = {option.lower(): value for option, value in options.items()}
    lowered["model_type"] = now_named(lowered["model_type"])
    return by_new_names(lowered, OPTIONS[lowered["model_type"]])
