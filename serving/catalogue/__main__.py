"""The pages alone, for those who work on them: `python -m serving.catalogue [port]`."""

import sys

import uvicorn

from command_line import OneSentenceParser, port
from serving.catalogue.pages import create_app


def main(arguments: list[str] | None = None) -> None:
    """Serve until a signal ends it."""
    parser = OneSentenceParser(
        prog="python -m serving.catalogue",
        description="Serve the catalogue's pages on 127.0.0.1, without the feature server.",
    )
    parser.add_argument(
        "port", nargs="?", type=port, default=8090, help="0 takes a free one (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    uvicorn.run(create_app(), host="127.0.0.1", port=options.port)


if __name__ == "__main__":
    sys.exit(main())
