"""Loads BigQuery's vocabulary into dbt-duckdb: `plugins: [{module: duckdb_bqml.plugin}]`."""

from dbt.adapters.duckdb.column import DuckDBColumn
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from duckdb_bqml import register

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


class Plugin(BasePlugin):
    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        register(conn)
