"""How a Redis or Valkey is talked to: a connection for each thread, its errors as the store's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

try:
    from hiredis import pack_command
except ImportError:
    pack_command = None

from serving.errors import StoreUnavailableError, UnsupportedError


class RedisServer:
    """A server and the ways to it.

    url     without a password
    client  redis-py's, for what need not be fast

    Args:
        timeout: seconds that an answer may take.

    Raises:
        UnsupportedError: for a URL that redis-py does not understand.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self.url = _without_password(url)
        try:
            self._pool = redis.ConnectionPool.from_url(
                url,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                retry=Retry(NoBackoff(), 1),
                retry_on_error=[redis.ConnectionError],
            )
        except ValueError as error:
            raise UnsupportedError(
                f"The online store {self.url} has a wrong URL: {error}."
            ) from None
        self.client = redis.Redis(connection_pool=self._pool)
        self._local = threading.local()
        self._connections: list[redis.Connection] = []

    def call(self, *command: bytes | str | int) -> Any:
        """One command that may be sent twice, and its answer."""
        try:
            self.send(*command)
            return self.receive(told=False)
        except redis.ConnectionError:
            # the server closed the connection since its last use
            self.send(*command)
            return self.receive()

    def send(self, *command: bytes | str | int) -> None:
        """Send a command on this thread's own connection: half the cost of the client's way."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._pool.make_connection()
            self._connections.append(connection)
        try:
            connection.send_packed_command(_packed(connection, command), check_health=False)
        except redis.RedisError as error:
            raise self._error(error) from None

    def receive(self, told: bool = True) -> Any:
        """The answer to the oldest command that has none."""
        connection = self._local.connection
        try:
            return connection.read_response()
        except redis.exceptions.NoScriptError:
            connection.disconnect()
            raise
        except redis.RedisError as error:
            # what is still to come would be taken for the answers of later commands
            connection.disconnect()
            if not told and isinstance(error, redis.ConnectionError):
                raise
            raise self._error(error) from None
        except BaseException:
            connection.disconnect()
            raise

    @contextmanager
    def told(self) -> Iterator[None]:
        """Redis' errors as the store's."""
        try:
            yield
        except redis.RedisError as error:
            raise self._error(error) from None

    def _error(self, error: redis.RedisError) -> StoreUnavailableError:
        said = str(error).rstrip(".")
        if isinstance(error, redis.exceptions.ReadOnlyError) or "READONLY" in said:
            reason = "cannot be written: it is a read-only replica"
        elif isinstance(error, redis.AuthenticationError | redis.exceptions.NoPermissionError) or (
            said.startswith(("NOAUTH", "NOPERM", "WRONGPASS"))
        ):
            reason = f"refuses this user: {said}"
        elif isinstance(error, redis.exceptions.BusyLoadingError):
            reason = "is loading its data; try again in a moment"
        elif isinstance(error, redis.TimeoutError):
            reason = "does not answer in time"
        elif isinstance(error, redis.ConnectionError):
            reason = f"cannot be reached: {said}"
        elif isinstance(error, redis.exceptions.OutOfMemoryError):
            reason = "cannot be written: its memory is full"
        else:
            reason = f"failed: {said}"
        return StoreUnavailableError(f"The online store {self.url} {reason}.")

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections:
            connection.disconnect()
        self._connections.clear()
        self._local = threading.local()
        self._pool.disconnect()


def _packed(connection: redis.Connection, command: tuple) -> list[bytes]:
    if pack_command is not None:
        return [pack_command(command)]
    return connection.pack_command(*command)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:***@{host}").geturl()
