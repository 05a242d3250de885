"""The feature store's commands: `python -m serving --help`."""

import argparse
import sys
from functools import partial
from importlib import import_module

from command_line import OneSentenceParser, run
from serving.errors import ServingError

# each has `add_commands(commands)`, which adds parsers that set `run`: a function of the options
_MODULES = (
    "serving.commands",
    "serving.reproduce",
    "serving.catalogue.commands",
    "serving.server.commands",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    command = f"{parser.prog} {options.command}"
    return run(command, partial(options.run, options), ServingError)


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m serving",
        description="The feature store: into the online store, out of it, and what is there.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for module in _MODULES:
        import_module(module).add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
