"""dbt-duckdb plugin: what is wrong with files is said in one sentence, before anything is built."""

import json
import os
import time
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from command_line.duckdb_files import held
from ingest.check import file_problem
from ingest.files import lake_files
from ingest.formats.text import utf8

# another dbt process may hold the file for a moment; seconds
WAITS = (0.5, 1, 2, 4, 8)
REMEDY = "run dbt again when it has finished, or set AZEKURA_DUCKDB to another file"
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
        if place == creds.path:
            _wait_for(creds.path)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        for name, function, arguments, result in (
            ("lake_files", _files, ["VARCHAR", "VARCHAR"], FILES),
            ("lake_file_problem", _problem, ["VARCHAR"] * 4, "VARCHAR"),
            ("lake_utf8", utf8, ["BLOB", "BOOLEAN", "VARCHAR"], "BLOB"),
        ):
            conn.create_function(
                name, function, arguments, result, null_handling="special", side_effects=True
            )


def _wait_for(path: str) -> None:
    """Return when no other process holds the file; DbtRuntimeError if one goes on to."""
    for seconds in (*WAITS, None):
        try:
            duckdb.connect(path).close()
            return
        except duckdb.IOException as error:
            sentence = held(path, error, REMEDY)
            if sentence is None:
                return  # dbt says what else is wrong
            if seconds is None:
                raise DbtRuntimeError(sentence) from None
        except duckdb.Error:
            return
        time.sleep(seconds)


def _problem(path: str, format: str, columns: str, encoding: str | None) -> str | None:
    return file_problem(path, format, json.loads(columns), encoding)


def _files(folder: str, format: str) -> list[dict[str, Any]]:
    return [file._asdict() for file in lake_files(folder, format)]
