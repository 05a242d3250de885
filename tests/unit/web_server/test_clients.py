"""Clients that are slow, many or wrong: none of them keeps the server from the others."""

import asyncio
import http.client
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from web_server.limits import Limits
from web_server.server import Server, listen

LARGE = b"x" * 20_000_000
SHORT = {"head_seconds": 0.4, "body_seconds": 0.4, "answer_seconds": 0.4, "idle_seconds": 30}


async def app(scope, receive, send):
    """Answers by the path: the body it was sent, a large answer, or one that takes a while."""
    body = b""
    if scope["path"] == "/large":
        body = LARGE
    elif scope["path"] == "/block":
        time.sleep(0.5)  # nothing else happens meanwhile
    elif scope["path"] == "/slow":
        await asyncio.sleep(1)
        body = b"slow"
    elif scope["path"] != "/early":
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


def refusal(status: int, sentence: str) -> tuple[bytes, bytes]:
    return b"text/plain", sentence.encode()


@contextmanager
def serving(**limits) -> Iterator[tuple[int, Server]]:
    listener = listen("127.0.0.1", 0)
    server = Server(app, refusal, Limits(**limits), lifespan="off")
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    port = listener.getsockname()[1]
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield port, server
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def wait_for(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def connected(port: int, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(sent)
    return client


def read_all(client: socket.socket) -> bytes:
    """All that comes until the server ends it."""
    parts = []
    try:
        while part := client.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def answer(port: int, path: str = "/", body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, body)
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b"408"),
        (b"GET", b"408"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx-half", b"408"),
        (b"\r\n", b"408"),
        (POST, b"408"),
        (POST + b"x" * 100, b"408"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n4\r\nab", b"408"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 70_000, b"431"),
    ],
)
def test_a_request_that_does_not_come_is_ended_with_a_sentence(sent, status):
    with serving(**SHORT) as (port, server), connected(port, sent) as client:
        told = read_all(client)
        head, _, body = told.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status)
        assert b"\r\nconnection: close" in head and b"x-content-type-options: nosniff" in head
        assert body.endswith(b".")
        wait_for(lambda: not server.server_state.connections)
        assert answer(port, body=b"others") == (200, b"others")


@pytest.mark.parametrize(
    "begin",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",  # a head
        POST,  # a body
        b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n",  # of an answered one
        b"GET /early HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nx-next: ",  # a second head
    ],
)
def test_a_drip_does_not_keep_a_connection(begin):
    with serving(**SHORT) as (port, server), connected(port, begin) as client:
        wait_for(lambda: server.server_state.connections)
        with suppress(OSError):
            while server.server_state.connections:  # faster than any wait, slower than is asked for
                client.sendall(b"a")
                time.sleep(0.05)
        wait_for(lambda: not server.server_state.connections)


def test_a_body_that_comes_fast_enough_may_take_longer():
    body = b"x" * 12_000
    with serving(**SHORT, bytes_per_second=2000) as (port, _), connected(port) as client:
        head = f"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        client.sendall(head.encode())
        for start in range(0, len(body), 1000):
            client.sendall(body[start : start + 1000])
            time.sleep(0.1)  # 1.2 seconds in all, and the wait is 0.4
        response = http.client.HTTPResponse(client)
        response.begin()
        assert (response.status, response.read()) == (200, body)


def test_an_answer_that_is_not_read_is_given_up():
    request = b"GET /large HTTP/1.1\r\nhost: x\r\n%b\r\n"
    with serving(**SHORT) as (port, server):
        for more in (b"", b"connection: close\r\n"):
            with connected(port, request % more):
                wait_for(lambda: server.server_state.connections)
                wait_for(lambda: not server.server_state.connections)
        status, body = answer(port, "/large")
        assert (status, len(body)) == (200, len(LARGE))


def test_an_answer_that_is_read_slowly_is_read_to_its_end():
    with serving(**SHORT) as (port, _), connected(port) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        size = 0
        while part := client.recv(1 << 18):
            size += len(part)
            time.sleep(0.02)  # a second and a half in all
        assert size > len(LARGE)


def test_an_answer_that_takes_the_server_long_is_waited_for():
    with serving(**SHORT) as (port, _):
        assert answer(port, "/slow") == (200, b"slow")


def test_one_connection_too_many_is_told_to_come_again_and_an_idle_one_makes_room(monkeypatch):
    monkeypatch.setattr("web_server.connections._IN_THE_WAY", 30)
    limits = {**SHORT, "head_seconds": 30}
    with serving(**limits, connections=3) as (port, server), ExitStack() as stack:
        half = [stack.enter_context(connected(port, b"GET / HTTP")) for _ in range(3)]
        wait_for(lambda: len(server.server_state.connections) == 3)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert (response.status, response.getheader("retry-after")) == (503, "1")
        assert b"try again in a moment." in response.read()
        half[0].close()
        wait_for(lambda: len(server.server_state.connections) == 2)

        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        idle.request("GET", "/")
        idle.getresponse().read()
        assert answer(port, body=b"more") == (200, b"more")
        assert idle.sock.recv(1) == b""


def test_a_head_that_does_not_come_makes_room(monkeypatch):
    monkeypatch.setattr("web_server.connections._IN_THE_WAY", 0)
    with serving(connections=3) as (port, server), ExitStack() as stack:
        half = [stack.enter_context(connected(port, b"GET / HTTP")) for _ in range(3)]
        wait_for(lambda: len(server.server_state.connections) == 3)
        assert answer(port, body=b"others") == (200, b"others")
        assert len(half) == 3


def test_a_flood_of_half_requests_leaves_files_for_others_and_passes():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # the clients' ends are files of this process, too
    with serving(**SHORT, connections=100) as (port, server), ExitStack() as stack:
        if soft < 1000:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1000), hard))
        for _ in range(300):
            stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nhost: x\r\nx-half"))
        wait_for(lambda: len(server.server_state.connections) <= 100 + 32)
        wait_for(lambda: not server.server_state.connections)
        assert answer(port, body=b"others") == (200, b"others")


def test_there_are_no_more_connections_than_files(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    assert Limits(connections=1000).most == 160
    assert Limits(connections=10).most == 10


def test_what_was_sent_before_a_stop_is_answered(monkeypatch):
    monkeypatch.setattr("web_server.connections._ON_THE_WAY", 5)
    with serving(**SHORT) as (port, server), ExitStack() as stack:
        idle = stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"))
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")
        under_way = stack.enter_context(connected(port, b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n"))
        pipelined = b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n"
        both = stack.enter_context(connected(port, pipelined))
        wait_for(lambda: len(server.server_state.tasks) == 2)
        server.should_exit = True
        wait_for(lambda: all(each._stopping for each in server.server_state.connections))
        idle.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")  # it was on its way
        assert read_all(idle).startswith(b"HTTP/1.1 200")
        assert read_all(under_way).endswith(b"slow")
        assert read_all(both).count(b"HTTP/1.1 200") == 2


def test_a_connection_that_waits_to_be_accepted_at_a_stop_is_answered():
    request = b"GET /%b HTTP/1.1\r\nhost: x\r\n\r\n"
    with serving(**SHORT) as (port, server), ExitStack() as stack:
        blocking = stack.enter_context(connected(port, request % b"block"))
        wait_for(lambda: server.server_state.tasks)
        server.should_exit = True
        waiting = [stack.enter_context(connected(port, request % b"")) for _ in range(5)]
        for client in (blocking, *waiting):
            assert read_all(client).startswith(b"HTTP/1.1 200")


def test_a_stop_does_not_wait_for_a_client_for_ever(caplog):
    with serving(stop_seconds=1) as (port, server), connected(port, POST):
        wait_for(lambda: server.server_state.tasks)
        server.should_exit = True
        wait_for(lambda: not server.server_state.connections)
    assert caplog.text == ""
