"""Land the demo data in the lake: `python -m ingest`."""

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import groupby
from typing import NoReturn

from tqdm import tqdm

from ingest import IngestError
from ingest.nycflights13 import FIRST_DAY, LAST_DAY, LakeFile, land


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    progress = partial(tqdm, desc="landing", unit=" files") if sys.stderr.isatty() else _by_month
    try:
        landing = land(options.lake, options.start, options.end, options.replace, progress)
    except IngestError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return error.exit_code
    print(f"{options.lake}: {landing}")
    return 0


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
    day = {"type": _day, "metavar": "YYYY-MM-DD"}
    parser.add_argument("--from", dest="start", help="first day (default: of all)", **day)
    parser.add_argument("--to", dest="end", help="last day, inclusive (default: of all)", **day)
    parser.add_argument("--replace", action="store_true", help="write files that are there, too")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date YYYY-MM-DD.") from None


def _by_month(files: list[LakeFile]) -> Iterator[LakeFile]:
    """Progress for a log: one line for each month."""
    for month, group in groupby(files, key=lambda file: f"{file.day:%Y-%m}"):
        print(f"landing {month}", file=sys.stderr, flush=True)
        yield from group


if __name__ == "__main__":
    sys.exit(main())
