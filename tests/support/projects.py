"""dbt, run for real on a lake and a DuckDB file of the test's own."""

import gc
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner

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
        }

    def dbt(self, *arguments: str) -> "Outcome":
        """Run one dbt command in this process, and let go of the database."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.chdir(self.root)
            try:
                outcome = Outcome(dbtRunner().invoke(["--quiet", *arguments]))
            finally:
                if DuckDBConnectionManager._ENV is not None:
                    DuckDBConnectionManager._ENV.close()
                    DuckDBConnectionManager._ENV = None
                reset_adapters()
                gc.collect()
        return outcome

    def build(self, *arguments: str) -> "Outcome":
        """`dbt build` without tests; fails the test if a model fails."""
        untested = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        outcome = self.dbt("build", *untested, *arguments)
        outcome.succeeded()
        return outcome

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
        self.nodes = {row.node.alias: row.node for row in rows if hasattr(row, "node")}

    def succeeded(self) -> None:
        assert self.success, "\n".join(self.messages)

    def failed_saying(self, *words: str) -> None:
        """One of the messages holds all the words, in one sentence."""
        assert not self.success, "dbt succeeded"
        found = [message for message in self.messages if all(word in message for word in words)]
        assert found, "\n".join(self.messages)


class Tiny(Project):
    """A project of the models the test writes, with this one's macros and profile."""

    def __init__(self, folder: Path) -> None:
        root = folder / "project"
        (root / "models").mkdir(parents=True)
        for name in ("macros", "profiles.yml"):
            (root / name).symlink_to(ROOT / name)
        (root / "dbt_project.yml").write_text(
            "name: azekura\nversion: '0.1.0'\nprofile: azekura\n"
            "flags: {send_anonymous_usage_stats: false}\n"
            "models: {+materialized: table}\n"
        )
        super().__init__(folder, root)

    def model(self, name: str, sql: str) -> None:
        (self.root / "models" / f"{name}.sql").write_text(sql)
