"""The server: uvicorn, which looks after its connections, and stops within a bound."""

import asyncio
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import uvicorn

from web_server.connections import Connection, Refusal
from web_server.limits import Limits


class Server(uvicorn.Server):
    """Serves an ASGI application within limits.

    refusal: what a client is told whom the server itself refuses.
    options: further settings of uvicorn.
    """

    def __init__(self, app: Any, refusal: Refusal, limits: Limits, **options: Any) -> None:
        self.limits = limits
        settings = {
            "loop": "uvloop",
            "ws": "none",
            "log_config": None,
            "log_level": "warning",
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            **options,
        }
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(Connection, limits, refusal),
                timeout_keep_alive=limits.idle_seconds,
                timeout_graceful_shutdown=limits.stop_seconds,
                **settings,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._looking = asyncio.create_task(self._look())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was sent, for as long as the limits say, and end."""
        loop = asyncio.get_running_loop()
        await self._take_waiting(sockets or ())
        # before uvicorn cancels what still runs, which it reports as a failure
        loop.call_later(self.limits.stop_seconds * 0.9, self._give_up)
        await super().shutdown(sockets)
        self._looking.cancel()
        with suppress(asyncio.CancelledError):
            await self._looking

    async def _take_waiting(self, sockets: Iterable[socket.socket]) -> None:
        """Stop to listen, but serve the connections that wait to be accepted: closed with the
        socket they would be reset, with what they have sent."""
        waiting = [listener.dup() for listener in sockets]
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        await asyncio.sleep(0)  # it is closed by the event loop
        loop = asyncio.get_running_loop()
        for listener in waiting:
            accepted = []
            listener.setblocking(False)
            with listener, suppress(OSError):  # there are no more, or no more files
                while True:
                    accepted.append(listener.accept()[0])
            for connection in accepted:
                await loop.connect_accepted_socket(self._connection, connection)

    def _connection(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def _give_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.give_up()

    async def _look(self) -> None:
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            await asyncio.sleep(self.limits.look_every)
            now = clock()
            # what came while the process itself stood still is not read yet
            passed = min(now - last, 2 * self.limits.look_every)
            for connection in list(self.server_state.connections):
                connection.look(passed)
            last = now


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound; raises OSError. Port 0 takes a free one."""
    [(family, _, _, _, address), *_] = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def end_quietly_on_signals() -> None:
    """uvicorn stops in order on a signal, then sends it again to what was there before: this."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
