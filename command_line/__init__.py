"""What every command line of the project is made of.

    def main(arguments: list[str] | None = None) -> int:
        parser = OneSentenceParser(prog="python -m shop", description="Open the shop.")
        parser.add_argument("--port", type=port, default=8080)
        options = parser.parse_args(arguments)
        return run(parser.prog, partial(open_shop, options.port), ShopError)

It stands on the ground floor: it imports nothing of the project, and every package may import it.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from typing import NoReturn


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments, without the usage text around it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def run(command: str, work: Callable[[], int | None], *refusals: type[Exception]) -> int:
    """Do the work of a command; the result is its exit code.

    What the work gives is that code; None is 0. Of the `refusals`, the errors that are raised on
    purpose, the sentence is said on stderr behind the command's name: the code is the error's
    `exit_code`, or 1 if it has none. Any other error is a bug, and is raised on.
    """
    try:
        return work() or 0
    except refusals as error:
        print(f"{command}: {error}", file=sys.stderr)
        return getattr(error, "exit_code", 1)
    except KeyboardInterrupt:
        return 130


def port(text: str) -> int:
    """The type of an argument that is a port; 0 stands for a free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535.")
    return int(text)


def day(text: str) -> date:
    """The type of an argument that is a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date YYYY-MM-DD.") from None
