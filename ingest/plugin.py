"""dbt-duckdb plugin: what is wrong with files is said in one sentence, before anything is built."""

import json
import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from ingest.check import file_problem
from ingest.files import lake_files
from ingest.formats.text import utf8

FILES = "STRUCT(path VARCHAR, pattern VARCHAR, day DATE, problem VARCHAR)[]"


class Plugin(BasePlugin):
    """Checks the database's place, and registers what SQL asks of lake files.

    lake_files(folder, format)  the files of a table: path, pattern that fits it alone, day, problem
    lake_file_problem(path, format, columns as JSON, encoding)  one sentence, or NULL
    lake_utf8(content, is_compressed, encoding)  the text of a file in UTF-8
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
        for name, function, arguments, result in (
            ("lake_files", _files, ["VARCHAR", "VARCHAR"], FILES),
            ("lake_file_problem", _problem, ["VARCHAR"] * 4, "VARCHAR"),
            ("lake_utf8", utf8, ["BLOB", "BOOLEAN", "VARCHAR"], "BLOB"),
        ):
            conn.create_function(
                name, function, arguments, result, null_handling="special", side_effects=True
            )


def _problem(path: str, format: str, columns: str, encoding: str | None) -> str | None:
    return file_problem(path, format, json.loads(columns), encoding)


def _files(folder: str, format: str) -> list[dict[str, Any]]:
    return [file._asdict() for file in lake_files(folder, format)]
