"""How many bytes each statement reads and is billed for: estimated, or as a real run was billed."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa

from cost import CostError
from cost.local_build import LocalBuild
from cost.scans import ScannedBuild
from cost.sizes import partition_sizes

RUN = "run"
"""The form of what a real run was billed."""

_SCANS = pa.schema(
    {
        "number": pa.int64(),
        "table": pa.string(),
        "columns": pa.list_(pa.string()),
        "is_temporary": pa.bool_(),
        "is_rewritten": pa.bool_(),
        "low": pa.timestamp("us"),
        "high": pa.timestamp("us"),
        "extent": pa.string(),
    }
)
_STATEMENTS = pa.schema(
    {
        "number": pa.int64(),
        "node": pa.string(),
        "form": pa.string(),
        "kind": pa.string(),
        "dry_run_bytes": pa.int64(),
    }
)
_REBUILT = pa.schema(
    {"node": pa.string(), "low": pa.timestamp("us"), "high": pa.timestamp("us")},
)
_SIZES = pa.schema(
    {
        "table": pa.string(),
        "column_name": pa.string(),
        "is_partitioned": pa.bool_(),
        "low": pa.timestamp("us"),
        "high": pa.timestamp("us"),
        "bytes": pa.int64(),
    }
)


@dataclass(frozen=True)
class StatementBytes:
    """What one statement of a node reads."""

    node: str
    form: str
    kind: str
    is_dry_run: bool
    bytes_processed: int
    bytes_billed: int


def estimated(
    scanned: ScannedBuild, build: LocalBuild, window: tuple[str, str]
) -> list[StatementBytes]:
    """Bytes by the sizes of the tables of the local build."""
    rebuilt = {node.unique_id: build.rebuilt_days(node, window) for node in build.incremental}
    with build.database() as database:
        sizes = [partition_sizes(table, build, database) for table in scanned.tables]
    return bytes_of(scanned, rebuilt, pa.concat_tables([_SIZES.empty_table(), *sizes]))


def bytes_of(
    scanned: ScannedBuild, rebuilt: dict[str, tuple[datetime, datetime]], sizes: pa.Table
) -> list[StatementBytes]:
    """What the statements need of what the partitions hold: statement_bytes.sql."""
    numbered = list(enumerate(scanned.statements))
    statements = [{"number": number, **asdict(statement)} for number, statement in numbered]
    scans = [{"number": row["number"], **scan} for row in statements for scan in row["scans"]]
    days = [{"node": node, "low": low, "high": high} for node, (low, high) in rebuilt.items()]
    query = resources.files("cost").joinpath("statement_bytes.sql").read_text("utf-8")
    with duckdb.connect() as connection:
        for name, rows in {
            "statements": pa.Table.from_pylist(statements, _STATEMENTS),
            "scans": pa.Table.from_pylist(scans, _SCANS),
            "rebuilt": pa.Table.from_pylist(days, _REBUILT),
            "partition_sizes": sizes,
        }.items():
            connection.register(name, rows)
        found = connection.execute(query).fetchall()
    return [StatementBytes(*row) for row in found]


def of_run(run_results: Path, nodes: Iterable[str]) -> list[StatementBytes]:
    """What BigQuery said of a real run's main statements."""
    known = set(nodes)
    try:
        results = json.loads(run_results.read_text("utf-8"))["results"]
        said = {one["unique_id"]: one["adapter_response"] or {} for one in results}
    except FileNotFoundError:
        raise CostError(
            f"There is no {run_results}: dbt writes it when it builds on BigQuery."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CostError(f"{run_results} is no run_results.json as dbt writes it.") from None
    return [
        # whatever a node's main statement is, a model's price is that of its training
        StatementBytes(
            node,
            RUN,
            "CreateModelStmt",
            is_dry_run=False,
            bytes_processed=response.get("bytes_processed") or 0,
            bytes_billed=response.get("bytes_billed") or 0,
        )
        for node, response in said.items()
        if node in known
    ]
