"""The pages alone, for those who work on them: `python -m serving.catalogue [port]`."""

import sys

from command_line import OneSentenceParser, port
from serving.catalogue.pages import create_app
from web_server.limits import Limits
from web_server.server import Server, end_quietly_on_signals, listen


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal ends it; the result is the exit code."""
    parser = OneSentenceParser(
        prog="python -m serving.catalogue",
        description="Serve the catalogue's pages on 127.0.0.1, without the feature server.",
    )
    parser.add_argument(
        "port", nargs="?", type=port, default=8090, help="0 takes a free one (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        listener = listen("127.0.0.1", options.port)
    except OSError as error:
        parser.error(f"port {options.port} of 127.0.0.1 cannot be had: {error.strerror}.")
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    end_quietly_on_signals()
    Server(create_app(), _refusal, Limits()).run(sockets=[listener])
    return 0


def _refusal(_: int, sentence: str) -> tuple[bytes, bytes]:
    return b"text/plain; charset=utf-8", sentence.encode()


if __name__ == "__main__":
    sys.exit(main())
