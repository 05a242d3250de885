"""`python -m serving serve` as a process: its start, its signals, its end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from feature_server import TOKEN, manifest, serve

from serving.__main__ import main

READ = json.dumps({"entities": [{"airport_code": "JFK"}]})
PATH = "/v1/views/feat_airport:read"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def folder(tmp_path):
    """A folder with a manifest and a materialized store."""
    serve(tmp_path).store.close()
    return tmp_path


@contextmanager
def running(folder: Path, *options: str, token: str | None = None):
    """A server on a free port: the process, and the port."""
    environment = {k: v for k, v in os.environ.items() if k != "AZEKURA_SERVING_TOKEN"}
    if token:
        environment["AZEKURA_SERVING_TOKEN"] = token
    command = [sys.executable, "-m", "serving", "serve", "--port", "0"]
    command += ["--manifest", str(folder / "manifest.json")]
    command += ["--store", f"sqlite:///{folder}/online.sqlite", *options]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = process.stdout.readline()
            assert address.startswith("http://127.0.0.1:"), process.stderr.read()
            yield process, int(address.rpartition(":")[2])
        finally:
            process.kill()


def read(port: int, headers: dict[str, str] = JSON) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", PATH, READ, headers)
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


def test_a_stop_lets_a_request_under_way_end_and_writes_the_log(folder):
    log = folder / "log"
    with running(folder, "--request-log", str(log)) as (process, port):
        status, answer = read(port)
        assert (status, answer["features"]) == (200, {"departures_count": [12]})

        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as under_way:
            head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            under_way.sendall(f"{head}Content-Length: {len(READ)}\r\n\r\n{READ[:10]}".encode())
            time.sleep(0.2)  # it is being read
            process.send_signal(signal.SIGTERM)
            _wait_until_refused(port)
            assert process.poll() is None
            under_way.sendall(READ[10:].encode())
            response = http.client.HTTPResponse(under_way)
            response.begin()
            assert (response.status, response.getheader("connection")) == (200, "close")
            assert json.loads(response.read()) == answer
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    [file] = log.rglob("*.ndjson")
    assert len(file.read_text().splitlines()) == 2


def _wait_until_refused(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=30).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise AssertionError("it goes on listening")


def test_the_token_comes_from_the_environment(folder):
    with running(folder, token=TOKEN) as (process, port):
        assert read(port)[0] == 401
        assert read(port, {**JSON, "Authorization": f"Bearer {TOKEN}"})[0] == 200
        assert TOKEN not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_catalogue_is_at_the_root(folder):
    with running(folder) as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        page = connection.getresponse()
        assert page.getheader("content-type").startswith("text/html")
        assert "python -m serving catalogue" in page.read().decode()  # none is made yet


def test_a_hang_up_loads_the_manifest_anew(folder):
    with running(folder) as (process, port):
        changed = manifest()
        del changed["nodes"]["airport"], changed["nodes"]["training_set"]
        (folder / "manifest.json").write_text(json.dumps(changed))
        process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 20
        while read(port)[0] != 404:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_a_port_that_is_taken_is_told(folder, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["--manifest", str(folder / "manifest.json"), "--port", str(port)]
        assert main(["serve", *arguments, "--store", f"sqlite:///{folder}/online.sqlite"]) == 1
    says = f"Port {port} of 127.0.0.1 cannot be had: Address already in use."
    assert capsys.readouterr().err == f"python -m serving serve: {says}\n"


@pytest.mark.parametrize(
    ("arguments", "token", "says"),
    [
        (["--host", "0.0.0.0"], None, "0.0.0.0 can be reached from other machines: set"),
        (["--host", "0.0.0.0"], "short", "AZEKURA_SERVING_TOKEN is not 16 or more"),
        (["--allow-push"], None, "Writing needs a token"),
        (["--manifest", "nothing.json"], None, "There is no manifest at nothing.json"),
        (["--store", "mysql://there"], None, "is no online store"),
        (["--at", "noon"], None, "--at is TIMESTAMP; 'noon'"),
        (["--at", "2014-01-01T06:30:00"], None, "a TIMESTAMP needs a time zone"),
    ],
)
def test_a_server_that_may_not_start_says_why(folder, capsys, monkeypatch, arguments, token, says):
    monkeypatch.delenv("AZEKURA_SERVING_TOKEN", raising=False)
    if token:
        monkeypatch.setenv("AZEKURA_SERVING_TOKEN", token)
    first = ["--port", "0", "--manifest", str(folder / "manifest.json")]
    assert main(["serve", *first, *arguments]) == 1
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("--port", "65536"), ("--max-entities", "0"), ("--request-log-seconds", "nan")],
)
def test_an_option_that_cannot_be_meant_is_named(capsys, option, value):
    with pytest.raises(SystemExit) as stopped:
        main(["serve", option, value])
    assert stopped.value.code == 2
    assert f"argument {option}: '{value}' is" in capsys.readouterr().err
