"""Whether the warehouse that Airflow built holds the tables of a build that nothing disturbed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
from projects import Project

from ingest.nycflights13 import land

# columns that two builds of the same days do not have in common, and why
LEFT_OUT = {
    "lake_file": "each lake lies in a folder of its own",
    "dbt_scd_id": "made of the moment at which dbt ran",
    "dbt_updated_at": "the moment at which dbt ran",
    "dbt_valid_from": "the moment at which dbt ran",
    "dbt_valid_to": "9999-12-31 in the rows that are compared",
}
# of a snapshot, what is believed now: what was believed before depends on when dbt ran
CURRENT = "dbt_valid_to = timestamp '9999-12-31'"

LAYERS = ["--selector", "data"]


def landed(lake: Path) -> list[date]:
    """The days whose flights lie in a lake."""
    folders = (lake / "nycflights13" / "flights").glob("ingested_date=*")
    return sorted(date.fromisoformat(folder.name.partition("=")[2]) for folder in folders)


class Undisturbed:
    """Builds of days at once, each kept for the next comparison with the same days."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._built: dict[tuple[date, ...], Project] = {}

    def of(self, days: list[date]) -> Project:
        key = tuple(days)
        if key not in self._built:
            project = Project(self._folder())
            for day in days:
                land(str(project.lake), day, day)
            project.build(*LAYERS)
            self._built[key] = project
        return self._built[key]


class Comparison:
    """The tables of two warehouses."""

    def __init__(self, found: Path, wanted: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{found}' as found (read_only)")
            connection.execute(f"attach '{wanted}' as wanted (read_only)")
            columns = _columns(connection)
            self.rows: dict[str, int] = {}
            """Rows that are wanted, by table."""
            self.differences: dict[str, str] = {}
            """What differs, by table; rows are counted with their repetitions."""
            for table, names in columns.items():
                kept = ", ".join(f'"{name}"' for name in names if name not in LEFT_OUT)
                where = f" where {CURRENT}" if "dbt_valid_to" in names else ""
                one, other = (
                    f"(select {kept} from {catalog}.{table}{where})"
                    for catalog in ("found", "wanted")
                )
                self.rows[table], lost, added = connection.execute(
                    f"select (select count(*) from {other}),"
                    f" (select count(*) from (from {other} except all from {one})),"
                    f" (select count(*) from (from {one} except all from {other}))"
                ).fetchone()
                if lost or added:
                    self.differences[table] = f"{lost} rows lacking, {added} too many"


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each table of the wanted warehouse."""
    rows = connection.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position)"
        " from information_schema.columns"
        " where table_catalog = 'wanted' and table_schema != 'ops' group by all order by all"
    ).fetchall()
    return dict(rows)


def query(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()
