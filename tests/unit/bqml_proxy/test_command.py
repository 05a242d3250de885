"""The proxy as a program: its port, its signals, what it says when it cannot begin."""

import http.client
import signal
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bqml_proxy.__main__ import main

SECONDS = 60
NO_EMULATOR = "http://127.0.0.1:1"

Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(googlesql, googlesql_folder: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a proxy of its own folder; what GoogleSQL was compiled to lies there."""
    (tmp_path / "googlesql").symlink_to(googlesql_folder, target_is_directory=True)
    given = ["--emulator", NO_EMULATOR, "--directory", str(tmp_path)]
    with ExitStack() as started:

        def starts(*arguments: str) -> subprocess.Popen:
            process = subprocess.Popen(
                [sys.executable, "-m", "bqml_proxy", *given, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.callback(process.communicate)
            started.callback(process.kill)
            return process

        yield starts


def address(process: subprocess.Popen) -> tuple[str, int]:
    """Where it says that it listens."""
    parts = urllib.parse.urlsplit(process.stdout.readline().split()[0])
    return parts.hostname, parts.port


def test_a_signal_ends_it_with_clients_connected(start):
    for number in (signal.SIGTERM, signal.SIGINT):  # and its folder is free again
        process = start("--port", "0")
        host, port = address(process)
        assert host == "127.0.0.1"
        with pytest.raises(OSError):  # it listens at no other address of this machine
            socket.create_connection(("127.0.0.2", port), timeout=SECONDS)
        client = http.client.HTTPConnection(host, port)
        client.request("GET", "/projects/p/datasets/d/models")
        assert client.getresponse().read() == b'{"models": []}'
        process.send_signal(number)
        assert process.wait(SECONDS) == 0
        assert process.communicate() == ("", "")
        client.close()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence that it ends with."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


def test_a_port_that_is_taken_is_named_in_one_sentence(capsys, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(capsys, "--port", str(port), "--directory", str(tmp_path))
    reason = f"port {port} of 127.0.0.1 cannot be had: Address already in use."
    assert said == f"python -m bqml_proxy: {reason}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "65536"], "'65536' is no port"),
        (["--emulator", "https://x"], "'https://x' is not an address http://host:port."),
        (["--directory", "/dev/null/x"], "--directory /dev/null/x cannot be made"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(capsys, arguments, words):
    assert words in refusal(capsys, "--port", "0", *arguments)
