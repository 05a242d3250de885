"""The feature server as an ASGI application.

Reads and pushes are answered right here: routing and validating them in FastAPI takes ten times the
time that the read itself takes. All other paths are FastAPI's (`serving.server.pages`), and so is
the description of everything at /docs. What a request must satisfy before either is `Admission`.
"""

import asyncio
import logging
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from serving.errors import ServingError, StoreUnavailableError
from serving.server.admission import Admission
from serving.server.errors import RequestError, body_of, status_of
from serving.server.manifest import Manifest
from serving.server.metrics import Metrics
from serving.server.pages import make_pages
from serving.server.pushes import read_rows
from serving.server.queries import allow, from_body
from serving.server.reads import ReadPlan, Served, online_view, read_entities
from serving.server.request_log import RequestLog
from serving.server.settings import Settings, SettingsError
from serving.server.values import to_json
from serving.stores.base import Live, OnlineStore, Request
from serving.stores.opening import open_store
from web_server.headers import HEADERS, Headers, encoded

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Pairs = Iterable[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)

# what is answered here; a view may be said with its version, as `name@2`
_PATH = re.compile(r"/v1/(services|views)/([^/]+):(read|push)")
_ENDPOINTS = {
    ("services", "read"): "/v1/services/{service}:read",
    ("views", "read"): "/v1/views/{view}:read",
    ("views", "push"): "/v1/views/{view}:push",
}
_JSON = (b"content-type", b"application/json")
_HEADERS = encoded(HEADERS)
# of what is refused before there is a request
_REFUSALS = {400: "invalid_http", 408: "too_slow", 431: "too_large", 503: "busy"}
# a read this small is over sooner than a thread has taken it up
ENTITIES_IN_LOOP = 400
THREADS = 8


class ClientGone(Exception):
    """The client went away before its request was there."""


class FeatureServer:
    """Serves the views and services of one manifest out of one online store.

    catalogue: what answers all paths that are not the server's own, / among them; / is /docs
    without one.

    Raises ServingError if the manifest or the store cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        store: OnlineStore | None = None,
        catalogue: Application | None = None,
    ) -> None:
        self.settings = settings
        self.manifest = Manifest(settings.manifest)
        project = self.manifest.plans.registry.project
        self.store = store or open_store(settings.store, project)
        self.metrics = Metrics(self.live)
        self.metrics.manifest_loaded_at.set_to_current_time()
        self.log = self._request_log()
        self._threads = ThreadPoolExecutor(THREADS, "store")
        self._in_loop = ENTITIES_IN_LOOP if settings.store.startswith("sqlite:") else 0
        self._admission = Admission(settings)
        pages = make_pages(self)
        self.pages = Headers(pages)
        self.catalogue = catalogue and Headers(catalogue)
        own = {getattr(route, "path", "/") for route in pages.routes}
        self._own_paths = frozenset(own - {"/"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.pages(scope, receive, send)
            return
        started = time.perf_counter()
        endpoint = "other"
        status = 500
        request_id = os.urandom(16).hex()
        headers: Pairs = ()
        try:
            given = dict(scope["headers"])
            self._admission.check(scope, given)
            found = _PATH.fullmatch(scope["path"])
            endpoint = found and _ENDPOINTS.get((found[1], found[3]))
            if not endpoint:
                endpoint, status = await self._page(scope, receive, send)
                return
            if scope["method"] != "POST":
                headers = [(b"allow", b"POST")]
                raise RequestError(
                    405,
                    "method_not_allowed",
                    f"{scope['path']} is asked by POST, not {scope['method']}.",
                )
            is_push = found[3] == "push"
            query = from_body(await self._body(given, receive), as_written=is_push)
            if is_push:
                body = await self._push(found[2], query)
            else:
                body, headers = await self._read(found[1], found[2], query, request_id)
            status = 200
        except ClientGone:
            status = 499  # as nginx counts it
            return
        except ServingError as error:
            self.note(error)
            status, body = status_of(error), body_of(error)
            if status == 401:
                headers = [(b"www-authenticate", b"Bearer")]
                if scope["method"] == "GET":  # a browser asks its user
                    headers.append((b"www-authenticate", b'Basic realm="azekura"'))
            elif status in (408, 413):  # the rest of it is not read
                headers = [(b"connection", b"close")]
        except Exception:
            logger.exception("Request %s failed.", request_id)
            body = body_of(
                RequestError(
                    500, "internal", f"The server failed; its log says why (request {request_id})."
                )
            )
        finally:
            self.metrics.request(endpoint or "other", status, time.perf_counter() - started)
        length = (b"content-length", b"%d" % len(body))
        head = [_JSON, length, (b"x-request-id", request_id.encode()), *_HEADERS, *headers]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What runs beside the requests; at the end what is under way is written."""
        watch = asyncio.create_task(self.manifest.watch(self._loaded))
        if self.log:
            self.log.start()
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            if self.log:
                await self.log.close(self.settings.stop_seconds)
            self._threads.shutdown()
            self.store.close()

    async def reload(self) -> None:
        """Load the manifest now."""
        self._loaded(await self.manifest.reload())

    def note(self, error: Exception) -> None:
        """Count and log what is not the client's fault."""
        if isinstance(error, StoreUnavailableError):
            self.metrics.store_errors.inc()
            logger.error("%s", error)

    def refusal(self, status: int, sentence: str) -> tuple[bytes, bytes]:
        """Media type and body of what a client is told whose connection is ended."""
        self.metrics.request("other", status, 0)
        return _JSON[1], body_of(RequestError(status, _REFUSALS[status], sentence))

    def live(self) -> list[Live]:
        """What is materialized; nothing if the store does not answer."""
        try:
            return self.store.live()
        except ServingError as error:
            self.note(error)
            return []

    def not_ready(self) -> list[str]:
        """Why reads would fail, in sentences; empty if the server is ready."""
        try:
            self.store.ping()
            live = {(found.view, found.version): found for found in self.store.live()}
        except ServingError as error:
            self.note(error)
            return [str(error)]
        reasons = []
        for view in self.manifest.plans.registry.online_views():
            found = live.get((view.name, view.version))
            if found is None:
                reasons.append(f"{view.label} is not materialized.")
            elif found.schema_hash != view.schema_hash:
                reasons.append(f"{view.label} is materialized with other columns than it has now.")
        return reasons

    async def _body(self, given: dict[bytes, bytes], receive: Receive) -> bytes:
        """The whole body of a request, of a size and within a time that are limited."""
        media_type = given.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if media_type != b"application/json":  # what no form of another site can send
            raise RequestError(
                415, "not_json", "A request is JSON: send it with `Content-Type: application/json`."
            )
        most = self.settings.max_body_bytes
        stated = given.get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > most:
            raise self._too_large()
        parts = []
        size = 0
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    part = message.get("body", b"")
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise self._too_large()
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError:
            raise RequestError(
                408,
                "too_slow",
                f"The request was not there after {self.settings.body_seconds:g} seconds.",
            ) from None

    def _too_large(self) -> RequestError:
        return RequestError(
            413,
            "too_large",
            f"A request has at most {self.settings.max_body_bytes} bytes; ask in parts.",
        )

    async def _read(
        self, kind: str, name: str, query: dict[str, Any], request_id: str
    ) -> tuple[bytes, Pairs]:
        plans = self.manifest.plans
        if kind == "services":
            allow(query, "entities", "features")
            plan = plans.service(name)
        else:
            allow(query, "entities", "features", "version")
            plan = plans.view(name, query.get("version"))
        if query.get("features") is not None:
            plan = plan.subset(query["features"])
        requests = read_entities(plan, query.get("entities"), self.settings.max_entities)
        entities = len(requests[0].keys)
        if entities * len(requests) <= self._in_loop:
            served, body = self._serve(plan, requests, request_id)
        else:
            served, body = await self._in_thread(self._serve, plan, requests, request_id)
        for view, statuses in served.statuses():
            self.metrics.found(view, statuses)
        if self.log:
            self.log.add(served)
        return body, plan.headers

    def _serve(
        self, plan: ReadPlan, requests: list[Request], request_id: str
    ) -> tuple[Served, bytes]:
        at = self.settings.at
        now = at or datetime.now(UTC)
        served = Served(plan, requests, self.store.read(requests, at), now, request_id)
        return served, to_json(served.answer())

    async def _push(self, name: str, query: dict[str, Any]) -> bytes:
        if not self.settings.allow_push:
            raise RequestError(
                403, "read_only", "This server is read-only; one that takes rows has --allow-push."
            )
        allow(query, "rows", "version")
        view = online_view(self.manifest.plans.registry, name, query.get("version"))
        rows = query.get("rows")
        batch = read_rows(view, rows, self.settings.max_entities, datetime.now(UTC))
        await self._in_thread(self.store.write, view, batch)
        self.metrics.pushed(view, batch.length)
        return to_json({"view": view.name, "version": view.version, "rows": batch.length})

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        """Let FastAPI or the catalogue answer; the endpoint and status to count."""
        status = None

        async def noting_status(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        application = self.pages
        path = scope["path"]
        if self.catalogue and not path.startswith("/v1/") and path not in self._own_paths:
            application = self.catalogue
        try:
            await application(scope, receive, noting_status)
        except Exception:
            if status is None:
                raise
            logger.exception("%s %s failed.", scope["method"], path)  # after its 500
        endpoint = getattr(scope.get("route"), "path", "other")
        return "catalogue" if application is self.catalogue else endpoint, status or 500

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _loaded(self, usable: bool) -> None:
        self.metrics.manifest_is_stale.set(not usable)
        if usable:
            self.metrics.manifest_loaded_at.set_to_current_time()
            self.metrics.forget_views()

    def _request_log(self) -> RequestLog | None:
        folder = self.settings.request_log
        if folder is None:
            return None
        from ingest import IngestError  # Arrow takes a moment to load; most servers keep no log
        from ingest.lake import Lake

        try:
            lake = Lake(folder)
            if "://" not in folder:
                Path(folder).mkdir(parents=True, exist_ok=True)
        except (IngestError, OSError) as error:
            raise SettingsError(f"The request log cannot be kept in {folder}: {error}") from None
        return RequestLog(
            lake.write, self.settings.request_log_seconds, self.metrics.log_lines_dropped.inc
        )
