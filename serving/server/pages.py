"""What FastAPI answers: descriptions of views and services, health, metrics, documentation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from serving.definitions import Feature, FeatureService, FeatureView
from serving.errors import ServingError
from serving.server import documentation, documentation_page
from serving.server.errors import RequestError, body_of, malformed, status_of
from serving.stores.base import Live

if TYPE_CHECKING:
    from serving.server.app import FeatureServer


class Column(BaseModel):
    """A key or a feature."""

    name: str
    type: str = Field(description="BigQuery's name of the type.")
    description: str


class View(BaseModel):
    """One version of a feature view."""

    name: str
    version: int
    is_latest: bool = Field(description="Whether it is read where no version is given.")
    entity: str
    keys: list[Column]
    features: list[Column]
    event_time: str = Field(description="The column that says when it happened.")
    known_time: str = Field(description="The column that says from when it could be known.")
    is_deleted: str | None = Field(description="The column that takes an entity away.")
    ttl_seconds: float | None = Field(description="Older than this counts as absent.")
    online: bool = Field(description="Whether it is read one by one.")
    owner: str | None
    tags: list[str]
    description: str
    deprecation_date: datetime | None = Field(description="Until when it is there.")


class Views(BaseModel):
    """All views in all their versions."""

    views: list[View]


class Materialized(BaseModel):
    """What the online store holds of one version of a view."""

    version: int
    entities: int | None = Field(description="None where the store does not count.")
    max_known_at: datetime | None = Field(description="Up to where the warehouse is in it.")
    built_at: datetime = Field(description="When it was last built whole.")
    updated_at: datetime = Field(description="When it was last materialized.")


class ViewVersions(BaseModel):
    """One view in all its versions, and what the online store holds of them."""

    name: str
    versions: list[View]
    materialized: list[Materialized]


class ServiceKey(BaseModel):
    """What a request gives to be answered."""

    name: str
    type: str


class ServiceFeature(BaseModel):
    """A feature of a service, and where it comes from."""

    name: str
    type: str
    view: str
    version: int
    feature: str = Field(description="Its name in the view.")


class Service(BaseModel):
    """The features of one model."""

    name: str
    training_set: str = Field(description="The dbt model that declares it.")
    description: str
    keys: list[ServiceKey]
    features: list[ServiceFeature]


class Services(BaseModel):
    """All feature services."""

    services: list[Service]


class Health(BaseModel):
    """That the process answers."""

    status: str


class Readiness(BaseModel):
    """Whether reads can be answered, and if not, why."""

    status: str
    reasons: list[str]


def make_pages(server: "FeatureServer") -> FastAPI:
    """The FastAPI application beside the reads."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with server.running():
            yield

    async def say(_: Request, error: Any) -> Response:
        server.note(error)
        return _error(error)

    app = FastAPI(
        title="Azekura feature server",
        version="1",
        description=documentation.INTRODUCTION,
        docs_url=None,  # its page would load scripts from another site
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers={
            ServingError: say,
            HTTPException: _say_http,
            RequestValidationError: _say_invalid,
            Exception: _say_failed,
        },
    )

    @app.get("/v1/views", tags=["Describe"], summary="List feature views")
    async def views() -> Views:
        """All feature views of the project in all their versions."""
        registry = server.manifest.plans.registry
        return Views(views=[_view(view) for view in registry.views.values()])

    @app.get("/v1/views/{view}", tags=["Describe"], summary="Describe a feature view")
    def view(view: str) -> ViewVersions:
        """One feature view: its versions, and what the online store holds of them."""
        versions = server.manifest.plans.registry.versions(view)
        held = [_materialized(live) for live in server.store.live() if live.view == view]
        return ViewVersions(
            name=view, versions=[_view(each) for each in versions], materialized=held
        )

    @app.get("/v1/services", tags=["Describe"], summary="List feature services")
    async def services() -> Services:
        """All feature services of the project."""
        registry = server.manifest.plans.registry
        return Services(services=[_service(service) for service in registry.services.values()])

    @app.get("/v1/services/{service}", tags=["Describe"], summary="Describe a feature service")
    async def service(service: str) -> Service:
        """One feature service: what a request gives, and what it is answered."""
        return _service(server.manifest.plans.registry.service(service))

    @app.get("/healthz", tags=["Operate"], summary="Is the process alive?")
    async def healthz() -> Health:
        """Needs no token."""
        return Health(status="ok")

    @app.get(
        "/readyz",
        tags=["Operate"],
        summary="Can reads be answered?",
        responses={503: {"model": Readiness, "description": "Not ready, and why"}},
    )
    def readyz() -> Readiness:
        """Whether the store can be reached and every online view is materialized in it."""
        reasons = server.not_ready()
        if reasons:
            answer = Readiness(status="not ready", reasons=reasons)
            return JSONResponse(answer.model_dump(), status_code=503)  # type: ignore[return-value]
        return Readiness(status="ready", reasons=[])

    @app.get(
        "/metrics",
        tags=["Operate"],
        summary="Prometheus metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def metrics() -> Response:
        """Requests, latencies, what was found, failures of the store, staleness of views."""
        return Response(server.metrics.text(), media_type=server.metrics.content_type)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = documentation_page.page(app.openapi())
        return HTMLResponse(page, headers={"content-security-policy": documentation_page.POLICY})

    @app.get("/", include_in_schema=False)
    async def start() -> RedirectResponse:
        return RedirectResponse("/docs")

    documented = app.openapi
    app.openapi = lambda: documentation.whole(documented())  # type: ignore[method-assign]
    return app


def _view(view: FeatureView) -> View:
    return View(
        name=view.name,
        version=view.version,
        is_latest=view.is_latest,
        entity=view.entity,
        keys=[_column(key) for key in view.keys],
        features=[_column(feature) for feature in view.features],
        event_time=view.event_time,
        known_time=view.known_time,
        is_deleted=view.is_deleted,
        ttl_seconds=view.ttl and view.ttl.total_seconds(),
        online=view.online,
        owner=view.owner,
        tags=list(view.tags),
        description=view.description,
        deprecation_date=view.deprecation_date,
    )


def _column(column: Feature) -> Column:
    return Column(name=column.name, type=column.type.name, description=column.description)


def _materialized(live: Live) -> Materialized:
    return Materialized(
        version=live.version,
        entities=live.rows,
        max_known_at=live.max_known_time,
        built_at=live.built_at,
        updated_at=live.updated_at,
    )


def _service(service: FeatureService) -> Service:
    keys = {
        label: part.view.keys[number].type.name
        for part in service.views
        for number, (label, _) in enumerate(part.keys)
    }
    return Service(
        name=service.name,
        training_set=service.training_set,
        description=service.description,
        keys=[ServiceKey(name=name, type=type_) for name, type_ in keys.items()],
        features=[
            ServiceFeature(
                name=name,
                type=part.view.feature(column).type.name,
                view=part.view.name,
                version=part.view.version,
                feature=column,
            )
            for part in service.views
            for column, name in part.columns
        ],
    )


def _error(error: ServingError) -> Response:
    return Response(body_of(error), status_of(error), media_type="application/json")


async def _say_http(request: Request, error: Any) -> Response:
    path = request.url.path
    if error.status_code == 405:
        message = f"{path} cannot be asked by {request.method}; see /docs."
        answer = _error(RequestError(405, "method_not_allowed", message))
    else:
        message = f"There is nothing at {path}; what there is stands at /docs."
        answer = _error(RequestError(error.status_code, "unknown_path", message))
    answer.headers.update(error.headers or {})
    return answer


async def _say_invalid(_: Request, error: Any) -> Response:
    first = error.errors()[0]
    return _error(malformed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}."))


async def _say_failed(request: Request, _: Exception) -> Response:
    message = f"{request.method} {request.url.path} failed; the server's log says why."
    return _error(RequestError(500, "internal", message))
