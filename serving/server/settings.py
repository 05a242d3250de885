"""How a server is set up, and what is refused before it starts."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from serving.errors import ServingError
from web_server.limits import Limits

TOKEN_VARIABLE = "AZEKURA_SERVING_TOKEN"
SHORTEST_TOKEN = 16


class SettingsError(ServingError):
    """Why the server does not start, in one sentence."""


@dataclass(frozen=True)
class Settings:
    """Everything a server is told.

    host, port: where it listens; port 0 takes a free one.
    token: what clients show; None asks for none, which only a loopback address may.
    allowed_hosts: names by which clients may call a server on loopback, beside its own.
    at: the moment that is read, with a time zone, of which nothing later is told; None, for all but
        a demonstration: the present.
    allow_push: whether rows may be written.
    request_log: a folder, local or gs://bucket/prefix, or None for no log.
    max_body_bytes, max_entities: the largest request.
    max_connections: at once; more are answered 503.
    body_seconds: how long a request may take to arrive.
    stop_seconds: how long a stop waits for the requests under way.
    """

    manifest: Path
    store: str
    host: str = "127.0.0.1"
    port: int = 8484
    token: str | None = None
    allowed_hosts: frozenset[str] = frozenset()
    at: datetime | None = None
    allow_push: bool = False
    request_log: str | None = None
    request_log_seconds: float = 60
    max_body_bytes: int = 2**20
    max_entities: int = 1000
    max_connections: int = 1000
    body_seconds: float = 30
    stop_seconds: int = 30

    def __post_init__(self) -> None:
        if self.token is None and not self.is_loopback:
            raise SettingsError(
                f"{self.host} can be reached from other machines: set {TOKEN_VARIABLE} to a token"
                " that clients must show, or listen on 127.0.0.1."
            )
        if self.token is None and self.allowed_hosts:
            raise SettingsError(
                f"A server called by another name ({', '.join(sorted(self.allowed_hosts))}) is"
                f" reached through something: set {TOKEN_VARIABLE} to a token that clients must"
                " show."
            )
        if self.token is None and self.allow_push:
            raise SettingsError(
                f"Writing needs a token: set {TOKEN_VARIABLE}, or leave out --allow-push."
            )

    @property
    def limits(self) -> Limits:
        """What the server puts up with of its connections."""
        return Limits(
            connections=self.max_connections,
            body_seconds=self.body_seconds,
            stop_seconds=self.stop_seconds,
        )

    @cached_property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect. A name other than localhost is not looked up."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def token_from(environment: Mapping[str, str] = os.environ) -> str | None:
    """The token of the environment, None if none is set; SettingsError if it protects nothing."""
    token = environment.get(TOKEN_VARIABLE)
    if token is None:
        return None
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise SettingsError(
            f"{TOKEN_VARIABLE} is not {SHORTEST_TOKEN} or more printable ASCII characters; make"
            ' one with python -c "import secrets; print(secrets.token_urlsafe())".'
        )
    if " " in token:
        raise SettingsError(f"{TOKEN_VARIABLE} holds a space, which a token cannot.")
    return token
