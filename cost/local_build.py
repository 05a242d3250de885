"""The build on this machine: what dbt knows of it, and its DuckDB file, read only.

dbt itself says where the file is, how it is opened and where the lake lies. The profile's target
`duckdb` is asked, whatever the default target is.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb import environments
from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
from dbt.cli.main import dbtRunner
from dbt.config.runtime import RuntimeConfig
from dbt.context.providers import generate_runtime_macro_context
from dbt.contracts.graph.nodes import SourceDefinition
from dbt.flags import get_flags, set_flags
from dbt.mp_context import get_mp_context

from command_line.duckdb_files import held
from cost import CostError

_BUILD_IT = "build the project here first (`make run`, or `dbt build`)"


class LocalBuild:
    """The project as dbt reads it for DuckDB; `arguments` are given to dbt, as `--vars`."""

    def __init__(self, arguments: list[str]) -> None:
        outcome = dbtRunner().invoke(
            ["--quiet", "--no-write-json", "parse", "--target", "duckdb", *arguments]
        )
        if not outcome.success:
            raise CostError(
                f"dbt cannot read the project: {' '.join(str(outcome.exception).split())}"
            )
        self.manifest = outcome.result
        self._flags = get_flags()
        self._config = RuntimeConfig.from_args(self._flags)

    @property
    def target(self) -> Path:
        """dbt's folder for what a run makes."""
        return Path(self._config.target_path)

    @property
    def variables(self) -> Mapping[str, Any]:
        """dbt's vars: the project's, and over them those of the command line."""
        declared = self._config.vars.to_dict()
        return declared | declared.get(self._config.project_name, {}) | self._config.cli_vars

    @property
    def incremental(self) -> list[Any]:
        """The nodes that a run builds by days."""
        nodes = self.manifest.nodes.values()
        return [node for node in nodes if node.config.materialized == "incremental"]

    def rebuilt_days(self, node: Any, window: tuple[str, str]) -> tuple[datetime, datetime]:
        """The days [low, high) that a run over the window rebuilds of an incremental node."""
        start, end = window
        days = self._macro("_rebuilt_days", start=start, end=end, config=node.config)
        return datetime.fromisoformat(days["start"]), datetime.fromisoformat(days["end"])

    def lake_rows(self, source: SourceDefinition) -> str:
        """SQL for the typed rows of a lake table, all days of it."""
        return self._macro("duckdb__lake_rows", relation=None, table=source)

    def lake_files(self, source: SourceDefinition) -> str:
        """SQL for the names of a lake table's files, as functions that read files take them."""
        return self._macro("duckdb__lake_files", table=source)

    def _macro(self, name: str, **arguments: Any) -> Any:
        """What one of the project's macros returns. dbt may have run for BigQuery since."""
        flags = get_flags()
        set_flags(self._flags)
        reset_adapters()
        try:
            register_adapter(self._config, get_mp_context())
            adapter = get_adapter(self._config)
            adapter.set_macro_context_generator(generate_runtime_macro_context)
            return adapter.execute_macro(name, macro_resolver=self.manifest, kwargs=arguments)
        finally:
            reset_adapters()
            set_flags(flags)

    @contextmanager
    def database(self) -> Iterator[Any]:
        """A connection that can only read, with the extensions and settings of the profile."""
        credentials = self._config.credentials
        read_only = dataclasses.replace(
            credentials,
            config_options={**(credentials.config_options or {}), "access_mode": "read_only"},
            retries=None,  # a writer may take minutes: it is named at once
            plugins=None,
        )
        try:
            environment = environments.create(read_only)
            cursor = environment.handle().cursor()
        except duckdb.IOException as error:
            raise CostError(_why_not_opened(credentials.path, str(error))) from None
        try:
            yield cursor
        finally:
            cursor.close()
            environment.close()

    def newest_day(self) -> date:
        """The newest day that every incremental table holds, but for empty ones."""
        selects = [
            f"select cast(max({quoted(node.config.event_time)}) as date) as day"
            f" from {node.relation_name}"
            for node in self.incremental
        ]
        if not selects:
            raise CostError("No model is incremental: give the day, with --day YYYY-MM-DD.")
        with self.database() as database:
            try:
                [(day,)] = database.execute(
                    f"select min(day) from ({' union all '.join(selects)})"
                ).fetchall()
            except duckdb.CatalogException as error:
                missing = str(error).splitlines()[0]
                raise CostError(
                    f"Not every model is built here ({missing}): {_BUILD_IT}."
                ) from None
        if day is None:
            raise CostError(f"The incremental tables of the build here are empty: {_BUILD_IT}.")
        return day

    def table_of(self, node: Any, database: Any) -> str:
        """SQL for the table of a node; CostError if it is not built."""
        try:
            database.execute(f"describe {node.relation_name}")
        except duckdb.CatalogException:
            raise CostError(
                f"There is no table of {node.name} here to take the sizes from: {_BUILD_IT}."
            ) from None
        return node.relation_name


def _why_not_opened(path: str, said: str) -> str:
    if not Path(path).exists():
        return f"There is no DuckDB file {path} to take the sizes from: {_BUILD_IT}."
    sentence = held(path, said, "ask for the cost when it has finished")
    return sentence or f"The DuckDB file {path} cannot be read: {' '.join(said.split())}"


def quoted(name: str) -> str:
    """A name as SQL has it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as SQL has it, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"
