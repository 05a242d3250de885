"""The command that serves: `python -m serving serve`."""

import argparse
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from command_line import port
from serving.commands import add_store_options
from serving.server.settings import TOKEN_VARIABLE, Settings, token_from
from serving.types import feature_type, refused


def add_commands(commands: Any) -> None:
    """Add `serve`."""
    command = commands.add_parser(
        "serve",
        help="serve features over HTTP",
        description="Serve features over HTTP; what is asked and answered stands at /docs.",
        epilog=f"The environment variable {TOKEN_VARIABLE} holds the token that clients must show"
        " (`Authorization: Bearer …`); on 127.0.0.1 it may be left out. SIGTERM ends the server"
        " when the requests under way are answered; SIGHUP loads the manifest anew, as a change"
        " of the file does.",
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="where to listen (default: %(default)s)"
    )
    command.add_argument(
        "--port", type=port, default=8484, help="0 takes a free one (default: %(default)s)"
    )
    command.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name of a server on 127.0.0.1, as behind a proxy; repeatable",
    )
    command.add_argument(
        "--allow-push",
        action="store_true",
        help="take rows to write; without it the server is read-only",
    )
    command.add_argument(
        "--at",
        metavar="MOMENT",
        help="read as at this moment, such as 2014-01-01T06:30:00Z, for data of the past: the time"
        " to live is measured there, and what came later is NOT_AVAILABLE_AT (default: now)",
    )
    command.add_argument(
        "--request-log",
        metavar="FOLDER",
        help="write what is served to FOLDER/ingested_date=YYYY-MM-DD/*.ndjson, local or gs://…;"
        " <lake>/<source>/<table> makes it a table of the lake",
    )
    command.add_argument(
        "--request-log-seconds",
        type=_seconds,
        default=60,
        metavar="N",
        help="time between two of its files (default: %(default)s)",
    )
    command.add_argument(
        "--max-entities",
        type=_count,
        default=1000,
        metavar="N",
        help="entities, or rows, of one request (default: %(default)s)",
    )
    command.add_argument(
        "--max-bytes",
        type=_count,
        default=2**20,
        metavar="N",
        help="bytes of one request (default: %(default)s)",
    )
    command.add_argument(
        "--max-connections",
        type=_count,
        default=1000,
        metavar="N",
        help="connections at once, of as many files as the process may open; more are answered 503"
        " (default: %(default)s)",
    )
    add_store_options(command)
    command.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    settings = Settings(
        manifest=Path(options.manifest),
        store=options.store,
        host=options.host,
        port=options.port,
        token=token_from(os.environ),
        allowed_hosts=frozenset(name.lower() for name in options.allowed_host),
        at=options.at and _moment(options.at),
        allow_push=options.allow_push,
        request_log=options.request_log,
        request_log_seconds=options.request_log_seconds,
        max_entities=options.max_entities,
        max_body_bytes=options.max_bytes,
        max_connections=options.max_connections,
    )
    from serving.server.process import serve  # FastAPI takes a second to load

    return serve(settings)


def _moment(text: str) -> datetime:
    timestamp = feature_type("TIMESTAMP")
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise refused(text, timestamp, "--at", str(error)) from None
    if read.tzinfo is None:
        why = "a TIMESTAMP needs a time zone, as in 2013-01-01T12:00:00Z"
        raise refused(text, timestamp, "--at", why)
    return read


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0.")
    return seconds
