"""The tables of the catalogue in the warehouse: read whole, and one of them written."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from command_line.duckdb_files import held
from serving.catalogue.files import CatalogueError


class Warehouse(Protocol):
    """Where dbt builds; relations are named as dbt's manifest names them."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Raises CatalogueError where the warehouse or a table of the query is not there."""

    def replace(self, relation: Sequence[str], columns: dict[str, str], rows: list[tuple]) -> None:
        """Make the table anew of these rows, at once; columns have BigQuery's types."""

    def close(self) -> None: ...


def open_warehouse(manifest: dict, *, writing: bool = False) -> Warehouse:
    """The warehouse of the manifest: the DuckDB file in AZEKURA_DUCKDB, or BigQuery."""
    adapter = manifest["metadata"].get("adapter_type")
    if adapter == "duckdb":
        databases = {node["database"] for node in manifest["nodes"].values() if node["database"]}
        path = Path(os.environ.get("AZEKURA_DUCKDB") or "azekura.duckdb")
        return DuckDBWarehouse(path, min(databases, default="azekura"), writing)
    if adapter == "bigquery":
        return BigQueryWarehouse()
    raise CatalogueError(f"The manifest is of {adapter}: the catalogue reads duckdb and bigquery.")


class DuckDBWarehouse:
    """A DuckDB file, attached by the name that the manifest gives it."""

    def __init__(self, path: Path, name: str, writing: bool) -> None:
        import duckdb

        self._error = duckdb.Error
        if not path.is_file():
            raise CatalogueError(
                f"There is no DuckDB file {path}: run `dbt build`, or set AZEKURA_DUCKDB."
            )
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        literal = "'" + str(path).replace("'", "''") + "'"
        mode = "" if writing else " (read_only)"
        try:
            self._connection.execute(f"attach {literal} as {_quoted(name)}{mode}")
        except duckdb.Error as error:
            sentence = held(path, error, "try again when it has finished")
            raise CatalogueError(
                sentence or f"{path} could not be opened: {_line(error)}"
            ) from None

    def rows(self, sql: str) -> list[dict[str, Any]]:
        try:
            result = self._connection.execute(sql)
        except self._error as error:
            raise CatalogueError(_not_built(_line(error))) from None
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def replace(self, relation: Sequence[str], columns: dict[str, str], rows: list[tuple]) -> None:
        import pyarrow as pa

        types = {"STRING": pa.string(), "INT64": pa.int64(), "BOOL": pa.bool_()}
        schema = pa.schema([(name, types[type_]) for name, type_ in columns.items()])
        given = [dict(zip(columns, row, strict=True)) for row in rows]
        self._connection.register("given", pa.Table.from_pylist(given, schema))
        database, schema_name, table = map(_quoted, relation)
        self._connection.execute("begin")
        self._connection.execute(f"create schema if not exists {database}.{schema_name}")
        self._connection.execute(
            f"create or replace table {database}.{schema_name}.{table} as from given"
        )
        self._connection.execute("commit")

    def close(self) -> None:
        self._connection.close()


class BigQueryWarehouse:
    """BigQuery, as the project's environment sets it (docs/bigquery.md)."""

    def __init__(self, client: Any | None = None) -> None:
        if client is None:
            from serving.offline import _bigquery_client

            client = _bigquery_client()
        self._client = client

    def rows(self, sql: str) -> list[dict[str, Any]]:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.bigquery import QueryJobConfig

        limit = int(os.environ.get("AZEKURA_BIGQUERY_MAXIMUM_BYTES_BILLED") or 100 * 2**30)
        try:
            job = self._client.query(sql, job_config=QueryJobConfig(maximum_bytes_billed=limit))
            return [dict(row) for row in job.result()]
        except (GoogleAPIError, GoogleAuthError) as error:
            raise CatalogueError(_not_built(_line(error))) from None

    def replace(self, relation: Sequence[str], columns: dict[str, str], rows: list[tuple]) -> None:
        from google.cloud.bigquery import LoadJobConfig, SchemaField

        settings = LoadJobConfig(
            schema=[SchemaField(name, type_) for name, type_ in columns.items()],
            write_disposition="WRITE_TRUNCATE",
        )
        given = [dict(zip(columns, row, strict=True)) for row in rows]
        self._client.load_table_from_json(given, ".".join(relation), job_config=settings).result()

    def close(self) -> None:
        self._client.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _line(error: Exception) -> str:
    return re.split(r"\n|LINE \d", str(error))[0].strip()


def _not_built(said: str) -> str:
    return (
        f"The catalogue could not be read ({said}): run `dbt build --select tag:catalogue` first."
    )
