"""BigQuery's REST API, handed on to an emulator, with BigQuery ML added.

The BigQuery ML of a query or job is run before the emulator sees it, and the bridges mend the rest.
The Models resource is answered here. Everything else goes through as it came.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route, Router, request_response
from starlette.types import Scope

from bqml_proxy.datasets import Datasets
from bqml_proxy.errors import BigQueryError
from bqml_proxy.jobs import Jobs
from bqml_proxy.rest import answer_error, fault
from bqml_proxy.upstream import Upstream
from web_server.limits import Limits
from web_server.server import Server

Handler = Callable[..., Awaitable[Response]]  # of a request and the names in its path

# some clients leave the first part out
_PREFIXES = ("/bigquery/v2", "")
_PROJECT = "/projects/{project}"
_DATASET = _PROJECT + "/datasets/{dataset}"
_MODEL = _DATASET + "/models/{model}"
_GONE = 499  # the client went away; nobody reads this


def make_app(upstream: Upstream, jobs: Jobs, datasets: Datasets) -> Router:
    """The proxy as an ASGI application."""
    handlers: list[tuple[str, str, Handler]] = [
        ("POST", _PROJECT + "/jobs", jobs.insert_job),
        ("GET", _PROJECT + "/jobs", jobs.list_jobs),
        ("GET", _PROJECT + "/jobs/{job_id}", jobs.get_job),
        ("POST", _PROJECT + "/jobs/{job_id}/cancel", jobs.cancel_job),
        ("POST", _PROJECT + "/queries", jobs.run_query),
        ("GET", _PROJECT + "/queries/{job_id}", jobs.get_results),
        ("GET", _DATASET + "/models", datasets.list_models),
        ("GET", _MODEL, datasets.get_model),
        ("DELETE", _MODEL, datasets.delete_model),
        ("DELETE", _DATASET, datasets.delete_dataset),
    ]

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        yield
        await upstream.close()

    return Router(
        [
            _OfMethod(prefix + path, _answering(handler), methods=[method])
            for prefix in _PREFIXES
            for method, path, handler in handlers
        ],
        redirect_slashes=False,
        default=request_response(_answering(upstream.hand_on)),
        lifespan=lifespan,
    )


def make_server(app: Router, limits: Limits | None = None) -> Server:
    # the date is the emulator's, and is handed on
    return Server(app, _refusal, limits or Limits(), lifespan="on", date_header=False)


def _refusal(status: int, sentence: str) -> tuple[bytes, bytes]:
    """What a client is told whose connection is ended, in BigQuery's form."""
    reason = "backendError" if status >= 500 else "invalid"
    told = BigQueryError(status, reason, sentence).response()
    return b"application/json; charset=UTF-8", json.dumps(told).encode()


class _OfMethod(Route):
    """A route that requests of other methods pass by: they are the emulator's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (Match.NONE, {}) if match is Match.PARTIAL else (match, child)


def _answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler whose errors are answers, in BigQuery's form."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request, **request.path_params)
        except ClientDisconnect:
            return Response(status_code=_GONE)
        except BigQueryError as error:
            return answer_error(error)
        except Exception as error:
            return answer_error(fault(error))

    return answered
