"""Land the demo data in the lake: `python -m ingest`."""

import argparse
import os
import sys
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from tqdm import tqdm

from command_line import OneSentenceParser, day, run
from ingest import IngestError
from ingest.nycflights13 import FIRST_DAY, LAST_DAY, LakeFile, land


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    return run(parser.prog, partial(_land, options), IngestError)


def _land(options: argparse.Namespace) -> None:
    progress = partial(tqdm, desc="landing", unit=" files") if sys.stderr.isatty() else _by_month
    landing = land(options.lake, options.start, options.end, options.replace, progress)
    print(f"{options.lake}: {landing}")


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m ingest",
        description="Land nycflights13 in the lake, by the day its records arrived (UTC).",
        epilog=f"Records arrive from {FIRST_DAY} to {LAST_DAY}.",
    )
    parser.add_argument(
        "--lake",
        default=os.environ.get("AZEKURA_LAKE") or "lake",
        help="local path or gs://bucket/prefix (default: $AZEKURA_LAKE, else lake)",
    )
    days = {"type": day, "metavar": "YYYY-MM-DD"}
    parser.add_argument("--from", dest="start", help="first day (default: of all)", **days)
    parser.add_argument("--to", dest="end", help="last day, inclusive (default: of all)", **days)
    parser.add_argument("--replace", action="store_true", help="write files that are there, too")
    return parser


def _by_month(files: list[LakeFile]) -> Iterator[LakeFile]:
    """Progress for a log: one line for each month."""
    for month, group in groupby(files, key=lambda file: f"{file.day:%Y-%m}"):
        print(f"landing {month}", file=sys.stderr, flush=True)
        yield from group


if __name__ == "__main__":
    sys.exit(main())
