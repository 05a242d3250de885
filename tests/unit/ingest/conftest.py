import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from pyarrow import fs

from ingest.lake import Landing
from ingest.nycflights13 import land


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Landing]:
    """All of the data, landed once: the source's folder in the lake and what landing reported."""
    lake = tmp_path_factory.mktemp("lake")
    landing = land(str(lake))
    return lake / "nycflights13", landing


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """The objects of gs://bucket, as Arrow's own client reads and writes them."""
    with FakeGcs() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        client = partial(fs.GcsFileSystem, anonymous=True, scheme="http", endpoint_override=address)
        monkeypatch.setattr(fs, "GcsFileSystem", client)
        yield server.objects
        server.shutdown()


class FakeGcs(ThreadingHTTPServer):
    """The part of Cloud Storage's JSON API that a lake needs, in memory, for one bucket."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def respond(self) -> None:
        objects, uploads = self.server.objects, self.server.uploads
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = [unquote(name) for name in re.findall("/o/([^/]+)", url.path)]

        if url.path.startswith("/upload/") and self.command == "POST":
            name = query["name"]
            uploads[name] = b""
            host = self.headers["Host"]
            self.answer(200, {}, Location=f"http://{host}/upload/bucket/o?upload_id={name}")
        elif url.path.startswith("/upload/"):
            name = query["upload_id"]
            uploads[name] += content
            if self.headers["Content-Range"].endswith("/*"):
                self.answer(308, {}, Range=f"bytes=0-{len(uploads[name]) - 1}")
            else:
                objects[name] = uploads.pop(name)
                self.answer(200, self.metadata(name))
        elif not names:
            found = [name for name in sorted(objects) if name.startswith(query["prefix"])]
            self.answer(200, {"items": [self.metadata(name) for name in found]})
        elif names[0] not in objects:
            self.answer(404, {"error": {"code": 404, "message": "No such object"}})
        elif "/rewriteTo/" in url.path:
            source, target = names
            objects[target] = objects[source]
            size = str(len(objects[target]))
            sizes = {"totalBytesRewritten": size, "objectSize": size}
            self.answer(200, {"done": True, "resource": self.metadata(target), **sizes})
        elif self.command == "DELETE":
            del objects[names[0]]
            self.answer(204)
        else:
            self.answer(200, self.metadata(names[0]))

    do_GET = do_POST = do_PUT = do_DELETE = respond

    def metadata(self, name: str) -> dict[str, str]:
        size = len(self.server.objects[name])
        return {"bucket": "bucket", "name": name, "size": str(size), "generation": "1"}

    def answer(self, status: int, content: dict | None = None, **headers: str) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: a test's output is its result."""
