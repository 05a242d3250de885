"""A feature server as a process: its socket, its signals, its end."""

import asyncio
import gc
import logging
import signal
import socket
from typing import Any

from serving.catalogue.pages import create_app
from serving.catalogue.snapshot import FILE
from serving.server.app import FeatureServer
from serving.server.settings import Settings, SettingsError
from web_server.server import Server, end_quietly_on_signals, listen


def serve(settings: Settings) -> int:
    """Serve until a signal ends it; the result is the exit code.

    Raises ServingError if it cannot begin.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    listener = _listen(settings.host, settings.port)
    catalogue = create_app(settings.manifest.with_name(FILE))
    server = _Server(FeatureServer(settings, catalogue=catalogue))
    gc.collect()
    gc.freeze()  # what is loaded by now stays: looking through it again would stop all requests
    end_quietly_on_signals()
    server.run(sockets=[listener])
    return 0 if server.started else 1


class _Server(Server):
    """A server that says where it listens, and loads the manifest on SIGHUP."""

    def __init__(self, app: FeatureServer) -> None:
        super().__init__(app, app.refusal, app.settings.limits, lifespan="on")
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        reloads: set[asyncio.Task[Any]] = set()

        def reload() -> None:
            task = asyncio.create_task(self._app.reload())
            reloads.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(reloads.discard)

        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            print(f"http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"Port {port} of {host} cannot be had: {reason}.") from None
