"""BigQuery ML before an emulator of BigQuery: `python -m bqml_proxy`."""

import argparse
import os
import socket
import sys
import urllib.parse
from functools import partial
from pathlib import Path

import duckdb

from bqml_proxy import bridges
from bqml_proxy.datasets import Datasets
from bqml_proxy.emulator import RestEmulator
from bqml_proxy.jobs import Jobs
from bqml_proxy.machine_learning import MachineLearning
from bqml_proxy.server import make_app, make_server
from bqml_proxy.upstream import Upstream
from command_line import OneSentenceParser, port
from command_line.duckdb_files import held
from googlesql.service import GoogleSQL
from web_server.server import end_quietly_on_signals


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal ends it; the result is the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        options.directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--directory {options.directory} cannot be made: {error.strerror}.")
    try:
        listener = socket.create_server(("127.0.0.1", options.port), backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno)
        parser.error(f"port {options.port} of 127.0.0.1 cannot be had: {reason}.")
    emulator, upstream = RestEmulator(options.emulator), Upstream(options.emulator)
    service = GoogleSQL(options.directory / "googlesql")
    try:
        machine_learning = MachineLearning(emulator, options.directory, service)
    except duckdb.IOException as error:
        remedy = "stop it, or give another --directory"
        parser.error(held(options.directory, error, remedy) or str(error))
    jobs = Jobs(upstream, machine_learning, emulator.drop, partial(bridges.mend_sql, service))
    server = make_server(make_app(upstream, jobs, Datasets(upstream, machine_learning)))
    end_quietly_on_signals()
    print(f"http://127.0.0.1:{listener.getsockname()[1]} before {options.emulator}", flush=True)
    try:
        server.run(sockets=[listener])
    finally:
        machine_learning.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m bqml_proxy",
        description="Serve BigQuery's REST API on 127.0.0.1: an emulator's, and BigQuery ML.",
        epilog="Point a client at it: client_options={'api_endpoint': 'http://127.0.0.1:9060'},"
        " or BIGQUERY_EMULATOR_HOST. GoogleSQL is compiled on the first start: half a minute.",
    )
    parser.add_argument(
        "--emulator",
        type=_address,
        default="http://127.0.0.1:9050",
        metavar="URL",
        help="the REST API of the emulator (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=port, default=9060, help="of 127.0.0.1; 0 takes a free one (default: 9060)"
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path(".bqml_proxy"),
        help="where trained models are kept (default: %(default)s)",
    )
    return parser


def _address(text: str) -> str:
    parts = urllib.parse.urlsplit(text)
    if parts.scheme != "http" or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address http://host:port.")
    return text.rstrip("/")


if __name__ == "__main__":
    sys.exit(main())
