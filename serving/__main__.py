"""The feature store's commands: `python -m serving --help`."""

import argparse
import sys
from importlib import import_module
from typing import NoReturn

from serving.errors import ServingError

# each has `add_commands(commands)`, which adds parsers that set `run`: a function of the options
_MODULES = (
    "serving.commands",
    "serving.reproduce",
    "serving.catalogue.commands",
    "serving.server.commands",
)


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options) or 0
    except ServingError as error:
        print(f"{parser.prog} {options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


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
