"""dbt, run for real on a lake and a DuckDB file of the test's own.

A project is parsed once for all tests of a process. dbt writes its artifacts (manifest.json and its
like) for those that ask: `project.variables["DBT_WRITE_JSON"] = "true"`.
"""

import gc
import json
import tempfile
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.artifacts.resources.types import NodeType
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest

ROOT = Path(__file__).parents[2]


class Project:
    """One dbt project with its own lake, database and target folder."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.root = root
        self.lake = folder / "lake"
        self.database = folder / "azekura.duckdb"
        self.variables = {
            "AZEKURA_LAKE": str(self.lake),
            "AZEKURA_DUCKDB": str(self.database),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PROJECT_DIR": str(root),
            "DBT_PROFILES_DIR": str(root),
            "DBT_WRITE_JSON": "false",
        }

    def dbt(self, *arguments: str) -> "Outcome":
        """Run one dbt command in this process, and let go of the database."""
        return Outcome(self._invoked(self._parsed(), *arguments))

    def _parsed(self) -> Manifest | None:
        """What dbt need not parse."""
        return project_manifest()

    def _invoked(self, manifest: Manifest | None, *arguments: str) -> dbtRunnerResult:
        gc.freeze()  # what is there before is no garbage: `collect` need not look through it
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.chdir(self.root)
            try:
                return dbtRunner(manifest=manifest).invoke(["--quiet", *arguments])
            finally:
                if DuckDBConnectionManager._ENV is not None:
                    DuckDBConnectionManager._ENV.close()
                    DuckDBConnectionManager._ENV = None
                reset_adapters()
                gc.collect()

    def build(self, *arguments: str) -> "Outcome":
        """`dbt build` without tests; fails the test if a model fails."""
        untested = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        outcome = self.dbt("build", *untested, *arguments)
        outcome.succeeded()
        return outcome

    def listed(self, *arguments: str) -> list[str]:
        """The unique ids that `dbt ls` lists."""
        form = ["--output", "json", "--output-keys", "unique_id"]
        outcome = self._invoked(self._parsed(), "ls", *form, *arguments)
        assert outcome.success, outcome.exception
        return [json.loads(line)["unique_id"] for line in outcome.result]

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()


class Outcome:
    """What a dbt command said, and the nodes it ran, by alias: the name, and a version."""

    def __init__(self, result) -> None:
        self.success = result.success
        self.messages = [str(result.exception)] if result.exception else []
        rows = result.result.results if hasattr(result.result, "results") else []
        self.messages += [row.message for row in rows if row.message]
        # copies: the next command compiles the same nodes of a manifest that is kept
        self.nodes = {
            row.node.alias: copy(row.node)
            for row in rows
            if hasattr(row, "node") and row.node.resource_type != NodeType.Operation
        }

    def succeeded(self) -> None:
        assert self.success, "\n".join(self.messages)

    def failed_saying(self, *words: str) -> None:
        """One of the messages holds all the words, in one sentence."""
        assert not self.success, "dbt succeeded"
        found = [message for message in self.messages if all(word in message for word in words)]
        assert found, "\n".join(self.messages)


class Empty(Project):
    """A project without models, with this one's macros and profile."""

    def __init__(self, folder: Path) -> None:
        root = folder / "project"
        for name in ("models", "ml/models"):
            (root / name).mkdir(parents=True)
        for name in ("macros", "profiles.yml"):
            (root / name).symlink_to(ROOT / name)
        (root / "dbt_project.yml").write_text(
            "name: azekura\nversion: '0.1.0'\nprofile: azekura\n"
            "flags: {send_anonymous_usage_stats: false}\n"
            "model-paths: [models, ml/models]\n"
            "models: {+materialized: table}\n"
        )
        super().__init__(folder, root)
        # the same path from the root of each: for another, dbt would parse all macros anew
        self.database = root / "azekura.duckdb"
        self.variables["AZEKURA_DUCKDB"] = self.database.name

    def _parsed(self) -> None:
        """Its files may change: dbt looks for those that did."""
        return None


class Tiny(Empty):
    """A project of the models the test writes, with this one's macros and profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        target = Path(self.variables["DBT_TARGET_PATH"])
        target.mkdir()
        (target / PARTIAL_PARSE_FILE_NAME).write_bytes(_macros())

    def model(self, name: str, sql: str, folder: str = "models") -> None:
        (self.root / folder / f"{name}.sql").write_text(sql)

    def asked(self, call: str, order: str = "all") -> list[dict[str, Any]]:
        """The rows of a table macro, as mappings, in the order of some columns."""
        self.model("asked", f"select * from {{{{ {call} }}}} as answer")
        self.build("--select", "asked")
        names = [row[0] for row in self.query("describe asked")]
        rows = self.query(f"from asked order by {order}")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def with_variables(self, *arguments: str) -> "Tiny":
        """The same project and database for commands with these arguments, of which dbt keeps apart
        what it has parsed."""
        other = copy(self)
        target = Path(self.variables["DBT_TARGET_PATH"]).with_name("target_with_variables")
        if not target.exists():
            target.mkdir()
            (target / PARTIAL_PARSE_FILE_NAME).write_bytes(_macros(*arguments))
        other.variables = self.variables | {"DBT_TARGET_PATH": str(target)}
        other.dbt = lambda *command: Tiny.dbt(other, *command, *arguments)
        return other


@cache
def project_manifest() -> Manifest:
    """This project as dbt reads it for DuckDB."""
    with tempfile.TemporaryDirectory() as folder:
        parsed = Project(Path(folder))._invoked(None, "parse")
    assert parsed.success, parsed.exception
    return parsed.result


@cache
def _macros(*arguments: str) -> bytes:
    """What dbt keeps of a project without models between two runs: all macros, parsed."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Empty(Path(folder))
        empty.dbt("parse", *arguments).succeeded()
        return Path(empty.variables["DBT_TARGET_PATH"], PARTIAL_PARSE_FILE_NAME).read_bytes()
