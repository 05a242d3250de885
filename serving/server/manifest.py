"""The manifest that is served, loaded anew when the file changes."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from serving.errors import ServingError
from serving.registry import Registry
from serving.server.reads import ReadPlans

logger = logging.getLogger(__name__)

SECONDS = 1  # between two looks at the file


class Manifest:
    """The plans made of a manifest; `plans` is replaced as a whole, so a request sees one manifest.

    Raises DefinitionError or UnsupportedError for one that cannot be served. Later, such a file is
    reported and the one before goes on being served.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = self._signature()
        self.plans = ReadPlans(Registry.from_manifest(path))

    async def watch(self, loaded: Callable[[bool], None]) -> None:
        """Look at the file until cancelled; tell `loaded` whether a changed one could be used."""
        before = self._seen
        while True:
            await asyncio.sleep(SECONDS)
            found = self._signature()
            # dbt takes a while to write it: what changed since the last look may not be whole
            if found == before and found != self._seen:
                loaded(await self.reload())
            before = found

    async def reload(self) -> bool:
        """Load the file now; whether it could be used."""
        seen = self._signature()
        self._seen = seen
        try:
            self.plans = await asyncio.to_thread(
                lambda: ReadPlans(Registry.from_manifest(self.path))
            )
        except ServingError as error:
            logger.error("The manifest loaded before goes on being served: %s", error)
            return False
        except Exception:
            logger.exception("The manifest loaded before goes on being served; %s:", self.path)
            return False
        logger.info("%s is loaded.", self.path)
        return True

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino)
