"""Loads BigQuery's vocabulary into dbt-duckdb: `plugins: [{module: duckdb_bqml.plugin}]`."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbt.adapters.duckdb.column import DuckDBColumn
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from duckdb_bqml import register
from duckdb_bqml.errors import sentence

# Contracts and sources name types as BigQuery does; dbt translates them by this table. FLOAT and
# INTEGER are what dbt.type_float() and dbt.type_int() give: 64 bits wide, as on BigQuery.
DuckDBColumn.TYPE_LABELS = {
    **DuckDBColumn.TYPE_LABELS,
    "BOOL": "BOOLEAN",
    "BYTES": "BLOB",
    "FLOAT": "DOUBLE",
    "FLOAT64": "DOUBLE",
    "INT64": "BIGINT",
    "INTEGER": "BIGINT",
    "NUMERIC": "DECIMAL(38, 9)",
}

_exception_handler = DuckDBConnectionManager.exception_handler


@contextmanager
def _plain_exception_handler(
    self: DuckDBConnectionManager, sql: str, connection_name: str = "master"
) -> Iterator[None]:
    """dbt-duckdb's own, but an error of this package is shown as its sentence and no more."""
    try:
        with _exception_handler(self, sql, connection_name):
            yield
    except DbtRuntimeError as error:
        error.msg = sentence(error.msg)
        raise


DuckDBConnectionManager.exception_handler = _plain_exception_handler


class Plugin(BasePlugin):
    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        register(conn)
