"""dbt-duckdb plugin: what is wrong with files is said in one sentence, before anything is built."""

import json
import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from ingest.check import file_problem


class Plugin(BasePlugin):
    """Checks the database's place, and registers the check of lake files.

    lake_file_problem(path, format, columns as JSON) is one sentence, or NULL.
    """

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        if creds.path == ":memory:" or "://" in creds.path or creds.is_motherduck:
            return
        folder = os.path.dirname(os.path.abspath(creds.path))
        place = creds.path if os.path.exists(creds.path) else folder
        if not os.access(place, os.W_OK):
            raise DbtRuntimeError(
                f"The database {creds.path} cannot be written: {place} "
                f"{'is not writable' if os.path.exists(place) else 'does not exist'}; "
                "set AZEKURA_DUCKDB to a file in a folder that is."
            )

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        conn.create_function(
            "lake_file_problem",
            lambda path, format, columns: file_problem(path, format, json.loads(columns)),
            ["VARCHAR", "VARCHAR", "VARCHAR"],
            "VARCHAR",
            null_handling="special",
            side_effects=True,
        )
