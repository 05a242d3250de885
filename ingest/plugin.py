"""dbt-duckdb plugin: the checks of lake files as a DuckDB function."""

import json

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from ingest.check import file_problem


class Plugin(BasePlugin):
    """Registers lake_file_problem(path, format, columns JSON): one sentence, or NULL."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        conn.create_function(
            "lake_file_problem",
            lambda path, format, columns: file_problem(path, format, json.loads(columns)),
            ["VARCHAR", "VARCHAR", "VARCHAR"],
            "VARCHAR",
            null_handling="special",
            side_effects=True,
        )
