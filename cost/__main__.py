"""Say what a build on BigQuery scans and costs: `python -m cost`."""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from dbt_common.exceptions import DbtBaseException

from command_line import OneSentenceParser, day, run
from cost import CostError
from cost.dry_run import dry_run
from cost.local_build import LocalBuild
from cost.node_costs import check_budget, node_costs, selected
from cost.prices import number, prices
from cost.report import report, write_csv
from cost.scans import scans_of
from cost.statement_bytes import RUN, StatementBytes, estimated, of_run
from cost.statements import FULL, WINDOW, record


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    forms = [RUN] if options.run_results else [FULL, WINDOW]
    form = options.form or forms[0]
    if form not in forms:
        parser.error(f"form {form!r} is unknown; use {' or '.join(forms)}.")
    if options.run_results and (options.day or options.dry_run):
        parser.error("--day and --dry-run are for an estimate; leave them out with --run-results.")
    work = partial(_say_costs, options, forms, form)
    return run(parser.prog, work, CostError, DbtBaseException)


def _say_costs(options: argparse.Namespace, forms: list[str], form: str) -> None:
    variables = ["--vars", options.vars] if options.vars else []
    build = LocalBuild(variables)
    nodes = build.manifest.nodes
    # what a minute of work would be in vain without
    paid = prices(build.manifest, build.variables, datetime.now(UTC).date())
    budgets = [
        _budget(options.budget_bytes, "cost_budget_bytes", build),
        _budget(options.budget_usd, "cost_budget_usd", build),
    ]
    if options.run_results:
        statements = of_run(options.run_results, nodes)
    else:
        statements = _estimated(build, variables, options.day, options.dry_run)
    costs = selected(node_costs(statements, nodes, paid), " ".join(options.select).split())
    file = build.target / "cost.csv"
    write_csv(costs, file)
    print(report(costs, forms, form, options.top, file))
    check_budget(costs, form, *budgets)


def _estimated(
    build: LocalBuild, variables: list[str], day: date | None, asks_bigquery: bool
) -> list[StatementBytes]:
    """What the statements of a first build, and of a run of a day, read."""
    day = day or build.newest_day()
    window = (str(day), str(day + timedelta(days=1)))
    recorded = record(window, build.target, variables)
    dry_runs: list[int | None] = [None] * len(recorded.statements)
    if asks_bigquery:
        dry_runs = list(dry_run(recorded.statements))
    known = sum(bytes_ is not None for bytes_ in dry_runs)
    print(
        f"{len(dry_runs)} statements, a window of {day}"
        + (f", {known} by dry run" if asks_bigquery else "")
    )
    return estimated(scans_of(recorded, dry_runs), build, window)


def _budget(given: float | None, var: str, build: LocalBuild) -> float | None:
    """A limit: what the command line says, else dbt's var."""
    if given is None and build.variables.get(var) is not None:
        return number(build.variables[var], f"The var {var}")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m cost",
        description=(
            "What each model, snapshot and test would scan and cost on BigQuery, by the sizes of"
            " the tables built here; target/cost.csv holds all of it."
        ),
        epilog="Prices are a seed, bigquery_prices; docs/cost.md has the rules.",
    )
    parser.add_argument(
        "--select",
        action="extend",
        nargs="+",
        default=[],
        metavar="WORDS",
        help="names of nodes (* for anything), layers or resource types (default: all nodes)",
    )
    parser.add_argument(
        "--form",
        metavar="full|window",
        help="what is sorted by and held against the budget (default: full, a first build)",
    )
    parser.add_argument(
        "--top",
        type=_count,
        default=25,
        metavar="N",
        help="how many models and snapshots are printed (default: 25)",
    )
    parser.add_argument(
        "--day",
        type=day,
        metavar="YYYY-MM-DD",
        help="the day that an incremental run rebuilds (default: the newest built here)",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="ask BigQuery for the bytes of each statement (needs an account; costs nothing)",
    )
    parser.add_argument(
        "--run-results",
        type=Path,
        metavar="FILE",
        help="say what a real run was billed instead: dbt's run_results.json of it",
    )
    parser.add_argument(
        "--budget-bytes",
        type=float,
        metavar="N",
        help="fail if more bytes are billed (default: the var cost_budget_bytes)",
    )
    parser.add_argument(
        "--budget-usd",
        type=float,
        metavar="USD",
        help="fail if it costs more (default: the var cost_budget_usd)",
    )
    parser.add_argument("--vars", metavar="YAML", help="dbt's vars, as dbt takes them")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
