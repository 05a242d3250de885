"""Say what each statement of a build on BigQuery reads: `python -m cost`."""

import argparse
import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NoReturn

import duckdb
from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
from dbt.config.runtime import RuntimeConfig, load_profile
from dbt.flags import get_flags
from dbt.mp_context import get_mp_context
from dbt_common.exceptions import DbtBaseException

from cost import CostError
from cost.dry_run import dry_run
from cost.plan import plan
from cost.statements import parse, record

# the tests' own: GoogleSQL is compiled once for both
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "d" / "googlesql"


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    file = target / "cost" / "plan.json"
    try:
        manifest = parse(file.parent / "dbt")
        day = options.day or newest_day(target / "manifest.json")
        window = (str(day), str(day + timedelta(days=1)))
        recorded = record(manifest, window, file.parent / "dbt", CACHE)
        dry_runs: list[int | None] = [None] * len(recorded.statements)
        if options.dry_run:
            dry_runs = list(dry_run(_adapter(), recorded.statements))
        made = plan(recorded, window, dry_runs)
    except (CostError, DbtBaseException) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    file.write_text(json.dumps(made))
    known = sum(bytes_ is not None for bytes_ in dry_runs)
    print(
        f"{file}: {len(dry_runs)} statements, a window of {window[0]}"
        + (f", {known} by dry run" if options.dry_run else "")
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m cost",
        description="Write target/cost/plan.json: what each statement on BigQuery reads.",
        epilog="`dbt run-operation cost` prices it with the statistics of the local build.",
    )
    parser.add_argument(
        "--day",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day that an incremental run rebuilds (default: the newest built here)",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="ask BigQuery for the bytes of each statement (needs an account; costs nothing)",
    )
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date YYYY-MM-DD.") from None


def newest_day(manifest: Path) -> date:
    """The newest day that every incremental table of the local build holds, but for empty ones."""
    nothing = CostError("Nothing is built here yet: run `make run`, or `dbt build`.")
    if not manifest.exists():
        raise nothing
    selects = [
        f"select cast(max({_quoted(node['config']['event_time'])}) as date) as day"
        f" from {node['relation_name']}"
        for node in json.loads(manifest.read_text())["nodes"].values()
        if node["config"]["materialized"] == "incremental"
    ]
    if not selects:
        raise CostError("No model is incremental: give the day, with --day YYYY-MM-DD.")
    path = load_profile(str(Path.cwd()), {}, target_override="duckdb").credentials.path
    try:
        with duckdb.connect(path, read_only=True) as connection:
            [(day,)] = connection.execute(
                f"select min(day) from ({' union all '.join(selects)})"
            ).fetchall()
    except (duckdb.CatalogException, duckdb.IOException):
        raise nothing from None
    if day is None:
        raise nothing
    return day


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _adapter() -> Any:
    """dbt's adapter for BigQuery, with the profile's account."""
    reset_adapters()
    config = RuntimeConfig.from_args(get_flags())
    register_adapter(config, get_mp_context())
    return get_adapter(config)


if __name__ == "__main__":
    sys.exit(main())
