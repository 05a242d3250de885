"""Who may ask: those who call the server by its name, and show its token."""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from serving.server.errors import RequestError, shown
from serving.server.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Admission:
    """What a request must satisfy before anything else is looked at."""

    def __init__(self, settings: Settings) -> None:
        self._is_loopback = settings.is_loopback
        self._token = settings.token and settings.token.encode()
        self._hosts = _LOOPBACK | settings.allowed_hosts | {settings.host.lower()}

    def check(self, scope: Mapping[str, Any], given: Mapping[bytes, bytes]) -> None:
        """Refuse a request that this server is not meant for, or that shows no token."""
        if scope["path"] == "/healthz":
            return
        if self._is_loopback and _host(given.get(b"host", b"")) not in self._hosts:
            # another site's page may have its name resolved to this machine (DNS rebinding)
            raise RequestError(
                421,
                "unknown_host",
                f"This server is not {shown(given.get(b'host', b'').decode('latin-1'))}; if it is"
                " to be called so, start it with --allowed-host.",
            )
        if self._token:
            shows = _token(given.get(b"authorization", b""), scope["method"])
            if not hmac.compare_digest(shows, self._token):
                raise RequestError(
                    401, "unauthorized", "Show the server's token: `Authorization: Bearer <token>`."
                )


def _host(header: bytes) -> str:
    """The name in a Host header, without its port."""
    text = header.decode("latin-1").lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def _token(header: bytes, method: str) -> bytes:
    """The token that a request shows; as Basic, which a browser asks for, only to look."""
    scheme, _, credentials = header.partition(b" ")
    scheme = scheme.lower()
    if scheme == b"bearer":
        return credentials.strip()
    if scheme == b"basic" and method in ("GET", "HEAD"):
        with suppress(Base64Error):
            return b64decode(credentials, validate=True).partition(b":")[2]
    return b""
