"""The emulator as the proxy asks it: over HTTP, for a client or for itself."""

import json
from collections.abc import AsyncIterable, Iterable
from contextlib import contextmanager

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bqml_proxy.errors import BigQueryError
from bqml_proxy.rest import Json

Header = tuple[bytes, bytes]

# they belong to one connection
_OF_CONNECTION = {b"connection", b"host", b"keep-alive", b"transfer-encoding"}
# they say how a body is packed, and how long it is then
_OF_BODY = {b"accept-encoding", b"content-encoding", b"content-length"}
# seconds that an unused connection is kept: servers keep theirs for 5 and more
_KEPT = 2


class Upstream:
    """The emulator, at `http://host:port`."""

    def __init__(self, address: str) -> None:
        self.address = httpx.URL(address)
        self._client = httpx.AsyncClient(
            timeout=None,
            trust_env=False,
            limits=httpx.Limits(keepalive_expiry=_KEPT),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def hand_on(self, request: Request) -> Response:
        """What the emulator answers to a request as it came. Bodies pass through piece by piece."""
        has_body = not {"content-length", "transfer-encoding"}.isdisjoint(request.headers)
        headers = _without(request.headers.raw, _OF_CONNECTION)
        sent = self._made(request, headers, request.stream() if has_body else None)
        with self._reached():
            return _Piecemeal(await self._client.send(sent, stream=True), request, self.address)

    async def send(self, request: Request, value: Json | None = None) -> httpx.Response:
        """The whole answer to a request, or to one that holds this object."""
        if value is None:
            body = await request.body()
            headers = _without(request.headers.raw, _OF_CONNECTION | {b"accept-encoding"})
        else:
            body = json.dumps(value).encode()
            headers = _without(request.headers.raw, _OF_CONNECTION | _OF_BODY | {b"content-type"})
            headers.append((b"content-type", b"application/json"))
        with self._reached():
            return await self._client.send(self._made(request, headers, body or None))

    async def get(self, target: str) -> Json:
        """An object that the emulator gives; BigQueryError if it gives an error."""
        with self._reached():
            got = await self._client.get(self.address.copy_with(raw_path=target.encode()))
        value = object_of(got) or {}
        if got.status_code != 200:
            raise BigQueryError.of(value, got.status_code)
        return value

    def _made(
        self, request: Request, headers: list[Header], body: AsyncIterable[bytes] | bytes | None
    ) -> httpx.Request:
        query = request.scope["query_string"]
        target = request.scope["raw_path"] + (b"?" + query if query else b"")
        return httpx.Request(
            request.method,
            self.address,
            headers=headers,
            content=body,
            extensions={"target": target},  # byte for byte
        )

    @contextmanager
    def _reached(self):
        try:
            yield
        except httpx.TransportError as error:
            raise BigQueryError(
                400,
                "invalid",
                f"The emulator {self.address} does not answer ({error}); start it, or name"
                " another with --emulator.",
            ) from error


def object_of(got: httpx.Response) -> Json | None:
    """The object in an answer of the emulator's, or None if there is none."""
    try:
        value = json.loads(got.content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def answer_of(got: httpx.Response, value: Json | None = None) -> Response:
    """The emulator's answer, or one like it that holds this object."""
    body = got.content if value is None else json.dumps(value).encode()
    response = Response(body, got.status_code)
    length = [header for header in response.raw_headers if header[0] == b"content-length"]
    response.raw_headers = _without(got.headers.raw, _OF_CONNECTION | _OF_BODY) + length
    return response


class _Piecemeal(StreamingResponse):
    """An answer of the emulator's on its way to the client."""

    def __init__(self, got: httpx.Response, request: Request, emulator: httpx.URL) -> None:
        super().__init__(got.aiter_raw(), got.status_code)
        proxy = request.headers.get("host", "").encode()
        self._got = got
        self.raw_headers = [
            # where an upload goes on
            (name, text.replace(emulator.netloc, proxy) if name.lower() == b"location" else text)
            for name, text in _without(got.headers.raw, _OF_CONNECTION)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._got.aclose()  # also when the client has gone away


def _without(headers: Iterable[Header], names: set[bytes]) -> list[Header]:
    """The headers but those of these names, which are in lower case."""
    return [(name, text) for name, text in headers if name.lower() not in names]
