"""What dbt-bigquery is given for a client of Google's: one that asks the warehouse here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from bqml_front import googlesql
from bqml_front.googlesql import Refused, Type
from dbt.adapters.bigquery.connections import BigQueryConnectionManager
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.contextvars import get_node_info
from dbt_common.exceptions import DbtDatabaseError
from google.api_core.exceptions import NotFound
from google.cloud import bigquery

from analyzer.warehouse import Outcome, Table, Warehouse

_JOB_KINDS = {
    "QueryStmt": "SELECT",
    "CreateTableAsSelectStmt": "CREATE_TABLE_AS_SELECT",
    "CreateViewStmt": "CREATE_VIEW",
    "CreateModelStmt": "CREATE_MODEL",
}
_API_TYPES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
# what dbt asks of a data test: no row fails
_TEST_COLUMNS = ["failures", "should_warn", "should_error"]


@dataclass(frozen=True)
class Statement:
    """One that dbt sent, the node it was sent for, and why it was refused, if it was."""

    sql: str
    node: str
    outcomes: tuple[Outcome, ...] = ()  # of the statements that it is a script of
    refused: Refused | None = None
    job: dict[str, Any] = field(default_factory=dict)  # what the job was configured with

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(outcome.kind for outcome in self.outcomes)


def place(manifest: Manifest, statement: Statement, root: Path) -> str:
    """Where a refused statement went wrong: the dbt file and its line.

    A line of the compiled SQL is one of the file, unless a macro wrote it: then it is quoted.
    """
    assert statement.refused is not None
    nodes = {**manifest.nodes, **manifest.unit_tests}
    lines = statement.sql.splitlines()
    wrong = lines[min(statement.refused.line, len(lines)) - 1].strip()
    compiled = f"line {statement.refused.line} of the statement, `{wrong}`"
    if statement.node not in nodes:
        return compiled
    node = nodes[statement.node]
    if node.unique_id in manifest.unit_tests:
        node = nodes[node.depends_on.nodes[0]]  # the model that it tests
    path = node.original_file_path
    same = [
        number
        for number, line in enumerate((root / path).read_text().splitlines(), start=1)
        if line.strip() == wrong
    ]
    return f"{path}:{same[0]}" if len(same) == 1 else f"{path}, {compiled}"


class _Rows(list):
    schema: list[bigquery.SchemaField]


@dataclass
class Client:
    """The part of google.cloud.bigquery.Client that dbt-bigquery asks for."""

    warehouse: Warehouse
    sent: list[Statement] = field(default_factory=list)
    updates: list[tuple[bigquery.Table, tuple[str, ...]]] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)  # from where to where

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it, dbt-bigquery asks this client and opens no connection."""

        def opened(_manager: type, connection: Any) -> Any:
            connection.handle = self
            connection.state = "open"
            return connection

        def answered(
            _manager: Any, _connection: Any, sql: str, job: Any, *_: Any, **__: Any
        ) -> Any:
            return self.query(sql, job)

        with (
            patch.object(BigQueryConnectionManager, "open", classmethod(opened)),
            patch.object(BigQueryConnectionManager, "_query_and_results", answered),
        ):
            yield

    def query(self, sql: str, job: dict[str, Any]) -> tuple[SimpleNamespace, "_Rows"]:
        """A job and its rows."""
        node = get_node_info().get("unique_id", "")
        sql = re.sub(r"^\s*/\*.*?\*/\s*", "", sql, flags=re.DOTALL)
        try:
            outcomes = self.warehouse.run(sql)
        except Refused as refused:
            self.sent.append(Statement(sql, node, refused=refused, job=job))
            raise DbtDatabaseError(f"line {refused.line}: {refused.reason}") from None
        self.sent.append(Statement(sql, node, tuple(outcomes), job=job))
        return self._job(outcomes), _rows(outcomes[-1])

    def _job(self, outcomes: list[Outcome]) -> SimpleNamespace:
        is_script = len(outcomes) > 1
        return SimpleNamespace(
            statement_type="SCRIPT" if is_script else _JOB_KINDS.get(outcomes[0].kind, "OTHER"),
            destination=outcomes[-1],
            total_bytes_processed=0,
            total_bytes_billed=0,
            slot_millis=0,
            location="US",
            job_id="",
            project="",
            num_dml_affected_rows=0,
        )

    def get_table(self, reference: Any) -> Any:
        if isinstance(reference, Outcome):
            return SimpleNamespace(num_rows=0, schema=_schema(reference.columns))
        path = (reference.project, reference.dataset_id, reference.table_id)
        table = self.warehouse.table(path)
        if table is not None:
            return _table(reference, table)
        if self.warehouse.model(path) is not None:
            # BigQuery lists a model among the tables of its dataset, as of type MODEL
            return _of_type(bigquery.Table(reference), "MODEL")
        raise NotFound(f"Not found: Table {'.'.join(path)}")

    def list_tables(self, dataset: Any, max_results: int | None = None) -> list[bigquery.Table]:
        paths = self.warehouse.names(dataset.dataset_id)
        return [self.get_table(bigquery.TableReference(dataset, path[-1])) for path in paths]

    def list_routines(self, _dataset: Any) -> list[Any]:
        return []

    def get_routine(self, reference: Any) -> Any:
        raise NotFound(f"Not found: Routine {reference}")

    def list_datasets(self, **_: Any) -> list[Any]:
        return []

    def create_dataset(self, *_: Any, **__: Any) -> None:
        pass

    def get_dataset(self, _reference: Any) -> Any:
        return SimpleNamespace(location="US")

    def update_table(self, table: bigquery.Table, fields: list[str]) -> None:
        self.updates.append((table, tuple(fields)))

    def copy_table(self, sources: list[Any], destination: Any, **_: Any) -> SimpleNamespace:
        for source in sources:
            paths = [(x.project, x.dataset_id, x.table_id) for x in (source, destination)]
            if not self.warehouse.copy(*paths):
                raise NotFound(f"Not found: Table {'.'.join(paths[0])}")
            self.copies.append((".".join(paths[0]), ".".join(paths[1])))
        return SimpleNamespace(result=lambda timeout=None: None)

    def load_table_from_file(
        self, _file: Any, reference: Any, *, job_config: Any, **_: Any
    ) -> SimpleNamespace:
        """The job by which dbt loads a seed: a table is made anew, of the columns that it says."""
        path = (reference.project, reference.dataset_id, reference.table_id)
        types = {column.name: column.field_type for column in job_config.schema}
        self.warehouse.put(path, Table(self.warehouse.types(**types)))
        done = SimpleNamespace(state="DONE", error_result=None)
        return SimpleNamespace(result=lambda retry=None: done)

    def delete_dataset(self, dataset: Any, **_: Any) -> None:
        for path in self.warehouse.names(dataset.dataset_id):
            self.warehouse.drop(path)

    def delete_table(self, reference: Any, **_: Any) -> None:
        self.warehouse.drop((reference.project, reference.dataset_id, reference.table_id))

    def close(self) -> None:
        pass


def _table(reference: Any, table: Any) -> bigquery.Table:
    return _of_type(bigquery.Table(reference, schema=_schema(table.columns)), table.kind)


def _of_type(table: bigquery.Table, kind: str) -> bigquery.Table:
    table._properties["type"] = kind
    table._properties["numRows"] = "0"
    return table


def _schema(columns: dict[str, Type]) -> list[bigquery.SchemaField]:
    return [_field(name, type_) for name, type_ in columns.items()]


def _field(name: str, type_: Type) -> bigquery.SchemaField:
    mode = "NULLABLE"
    if type_.HasField("array_type"):
        mode, type_ = "REPEATED", type_.array_type.element_type
    if type_.HasField("struct_type"):
        fields = [_field(x.field_name, x.field_type) for x in type_.struct_type.field]
        return bigquery.SchemaField(name, "RECORD", mode, fields=fields)
    type_name = googlesql.text(type_)
    return bigquery.SchemaField(name, _API_TYPES.get(type_name, type_name), mode)


def _rows(outcome: Outcome) -> _Rows:
    rows = _Rows()
    rows.schema = _schema(outcome.columns)
    if list(outcome.columns) == _TEST_COLUMNS:
        rows.append(dict.fromkeys(_TEST_COLUMNS, 0) | {"should_warn": False, "should_error": False})
    return rows
