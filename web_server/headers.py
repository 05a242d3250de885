"""What every answer says of itself to the browser that may have asked for it."""

from collections.abc import Mapping
from typing import Any

#: of what is no page: nothing in it may run, be framed, be guessed at or be kept
HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class Headers:
    """An ASGI application whose every answer has these headers, failures among them.

    One that an answer has already stays as it is.
    """

    def __init__(self, app: Any, headers: Mapping[str, str] = HEADERS) -> None:
        self.app = app
        self._headers = encoded(headers)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                more = [header for header in self._headers if header[0] not in names]
                message = {**message, "headers": [*given, *more]}
            await send(message)

        await self.app(scope, receive, sent)
