"""The log of what was served, as files of a lake: `<folder>/ingested_date=YYYY-MM-DD/*.ndjson`.

One line per entity and view of a request:

    request_id, entity_number, view_number   together the key of a line
    requested_at                             the moment whose state was read
    event_at, ingested_at                    when it was read, and when the line was written
    service                                  null for a read by view
    view, version, keys, values, status      under the view's own names, JSON as BigQuery writes it
    feature_event_at, feature_known_at       of the state that was read; null where none is told

A request only leaves a reference here. Lines are made and files written beside the requests, each
file whole or not at all, never changed afterwards.
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from serving.server.values import to_json

logger = logging.getLogger(__name__)

LINES_OF_A_FILE = 10_000
LINES_AT_ONCE = 20  # made between two requests: a quarter of a millisecond
LINES_WAITING = 200_000  # more are dropped, and counted
FILES_WAITING = 20  # of a folder that cannot be written


class Served(Protocol):
    """What one request was answered, as the log needs it."""

    entities: int
    views: int

    def log_records(self) -> Iterator[dict[str, Any]]:
        """The lines without `ingested_at`, values ready for JSON."""


class RequestLog:
    """Files of lines, one every `seconds` or every LINES_OF_A_FILE lines.

    write: puts a file of that path and content into the log's folder, whole or not at all.
    dropped: is told how many lines were lost: the folder cannot be written, or not fast enough.
    """

    def __init__(
        self,
        write: Callable[[str, bytes], None],
        seconds: float,
        dropped: Callable[[int], None],
    ) -> None:
        self._write = write
        self._seconds = seconds
        self._dropped = dropped
        self._served: deque[Served] = deque()
        self._waiting = 0
        self._files: deque[tuple[str, bytes, int]] = deque()
        self._wake = asyncio.Event()
        self._name = uuid.uuid4().hex[:12]
        self._number = 0
        self._closing = False

    def add(self, served: Served) -> None:
        """Take note of an answer; drop it, and say so, where more wait than memory should hold."""
        lines = served.entities * served.views
        if self._waiting + lines > LINES_WAITING:
            self._dropped(lines)
            return
        self._served.append(served)
        self._waiting += lines
        if self._waiting >= LINES_OF_A_FILE:
            self._wake.set()

    def start(self) -> None:
        """Begin to write files, in the running event loop."""
        self._task = asyncio.create_task(self._run())

    async def close(self, seconds: float) -> None:
        """Write all that waits; what is not written by then is lost, and said so."""
        self._closing = True
        self._wake.set()
        await asyncio.wait([self._task], timeout=seconds)
        lost = self._waiting + sum(lines for *_, lines in self._files)
        if lost:
            self._dropped(lost)
            logger.error("The request log could not be written: %d lines are lost.", lost)

    async def _run(self) -> None:
        closing = False
        while not closing:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._wake.wait()
            self._wake.clear()
            closing = self._closing
            await self._write_files()
            while self._served:
                await self._make_file()
                await self._write_files()

    async def _write_files(self) -> None:
        """Write what is made. A folder that cannot be written is tried again, within limits."""
        while self._files:
            path, content, _ = self._files[0]
            try:
                await asyncio.to_thread(self._write, path, content)
            except Exception as error:
                logger.error("The request log waits to write %d files: %s", len(self._files), error)
                break
            self._files.popleft()
        while len(self._files) > FILES_WAITING:
            *_, lines = self._files.popleft()
            self._dropped(lines)

    async def _make_file(self) -> None:
        """Make up to a file's lines of what was served until now."""
        now = datetime.now(UTC)
        ingested_at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines: list[bytes] = []
        for _ in range(len(self._served)):
            served = self._served.popleft()
            count = served.entities * served.views
            try:
                for record in served.log_records():
                    lines.append(to_json({**record, "ingested_at": ingested_at}))
                    if len(lines) % LINES_AT_ONCE == 0:
                        await asyncio.sleep(0)
            except Exception:
                logger.exception("What was served cannot be written to the request log:")
                self._dropped(count)
            self._waiting -= count
            if len(lines) >= LINES_OF_A_FILE:
                break
        if not lines:
            return
        self._number += 1
        name = f"{now:%H%M%S}-{self._name}-{self._number:06d}.ndjson"
        content = b"\n".join([*lines, b""])
        self._files.append((f"ingested_date={now:%Y-%m-%d}/{name}", content, len(lines)))
