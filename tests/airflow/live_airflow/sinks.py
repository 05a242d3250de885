"""Servers on this machine that keep what they are told: one for webhooks, one for e-mail."""

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from live_airflow.client import Run


class Webhook(ThreadingHTTPServer):
    """Takes messages as Slack's incoming webhooks do."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.told: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/T0/B0/x"

    def about(self, run: Run) -> dict[str, str]:
        """The text of each message about a run, by title."""
        found = {}
        for message in self.told:
            header, section = message["blocks"]
            assert (header["type"], section["type"]) == ("header", "section")
            assert message["text"] == header["text"]["text"]
            if f"Run: {run.id}\n" in section["text"]["text"]:
                found[message["text"]] = section["text"]["text"]
        return found


class _Hook(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/json"
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes e-mail by SMTP, as much of it as a message needs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.told: list[EmailMessage] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Mail(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self._say("354 go on")
                self._take()
            elif command == b"QUIT":
                return self._say("221 bye")
            self._say("250 ok")

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        content = b"".join(line.removeprefix(b".") for line in lines).replace(b"\r\n", b"\n")
        self.server.told.append(email.message_from_bytes(content, policy=email.policy.default))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """The server answers as long as this lasts."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
