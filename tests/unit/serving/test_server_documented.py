"""Each route × each status: it is documented, what is documented is answered, and is kept safe."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from feature_server import TOKEN, Client, serve

from serving.errors import StoreUnavailableError
from web_server.headers import HEADERS

NAMES = {"service": "late_arrival", "view": "feat_airport"}
ROW = {"airport_code": "JFK", "event_at": "2013-02-08T10:15:00Z", "departures_count": 1}
BODIES = {
    "/v1/services/{service}:read": {
        "entities": [{"carrier_code": "AA", "origin": "JFK", "destination": "LAX"}]
    },
    "/v1/views/{view}:read": {"entities": [{"airport_code": "JFK"}]},
    "/v1/views/{view}:push": {"rows": [ROW]},
}
# what uvicorn's connection answers before there is a request: tests/unit/web_server provokes them
OF_A_CONNECTION = {"400", "408", "431", "503"}

# what other tests provoke, or nothing that can be broken here
ELSEWHERE = {"/": {"200", "500"}, "/healthz": {"500"}}


class Route:
    """One operation of the OpenAPI document, and a client to ask it with."""

    def __init__(self, client: Client, path: str, method: str) -> None:
        self.client, self.path, self.method = client, path, method.upper()
        self.body = BODIES.get(path)

    def ask(self, body: Any = None, method: str | None = None, **changes: Any) -> httpx.Response:
        names = NAMES | changes.pop("names", {})
        body = body if body is not None else self.body
        if body is not None and "content" not in changes:
            changes["json"] = body
        path = self.path.format(**names)
        return self.client.run(self.client._http.request(method or self.method, path, **changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def client(folder) -> Iterator[Client]:
    limits = {"max_body_bytes": 500, "max_entities": 2, "body_seconds": 0.2}
    with Client(serve(folder, token=TOKEN, allow_push=True, **limits), TOKEN) as client:
        yield client


@pytest.fixture(scope="module")
def read_only(folder) -> Iterator[Client]:
    with Client(serve(folder, token=TOKEN), TOKEN) as client:
        yield client


def down() -> None:
    raise StoreUnavailableError("The online store is down.")


def broken(*_: Any) -> None:
    raise RuntimeError("a bug")


def too_slow(route: Route) -> httpx.Response:
    async def half():
        yield b"{"
        await asyncio.sleep(5)

    return route.ask(content=half(), headers={"content-type": "application/json"})


def failing(route: Route, failure: Callable) -> httpx.Response:
    """With everything failing that the server asks to answer."""
    server = route.client.server
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ping", "live", "read", "write"):
            patch.setattr(server.store, name, lambda *_: failure())
        if failure is broken:
            patch.setattr(server.manifest, "plans", None)
            patch.setattr(server.metrics, "text", broken)
            patch.setattr("serving.server.documentation.whole", broken)
            patch.setattr("serving.server.documentation_page.page", broken)
        return route.ask()


# how each status is provoked; None where this route does not give it
PROVOKED: dict[str, Callable[[Route], httpx.Response | None]] = {
    "200": lambda route: route.ask(),
    "307": lambda route: route.ask() if route.path == "/" else None,
    "400": lambda route: route.ask({"entities": 5, "rows": 5}) if route.body else None,
    "401": lambda route: route.ask(headers={"authorization": ""}),
    "404": lambda route: route.ask(names={"service": "nothing", "view": "nothing"}),
    "405": lambda route: route.ask(method="PUT"),
    "408": lambda route: too_slow(route) if route.body else None,
    "413": lambda route: route.ask({"entities": ["x" * 1000]}) if route.body else None,
    "415": lambda route: (
        route.ask(content="{}", headers={"content-type": "text/plain"}) if route.body else None
    ),
    "421": lambda route: route.ask(headers={"host": "evil.example"}),
    "500": lambda route: failing(route, broken),
    "503": lambda route: failing(route, down),
}


def documented(client: Client) -> dict[tuple[str, str], dict[str, Any]]:
    document = client.get("/openapi.json").json()
    return {
        (path, method): operation["responses"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_status_of_every_route_is_documented_and_has_the_headers(client, read_only):
    routes = documented(client)
    assert len(routes) == 13
    for (path, method), responses in routes.items():
        route = Route(client, path, method)
        seen = set()
        for provoke in PROVOKED.values():
            response = provoke(route)
            if response is None:
                continue
            status = str(response.status_code)
            seen.add(status)
            check(route, response, responses)
        if path.endswith(":push"):
            response = Route(read_only, path, method).ask()
            assert response.status_code == 403
            check(route, response, responses)
            seen.add("403")
        assert set(responses) - seen <= OF_A_CONNECTION | ELSEWHERE.get(path, set())


def check(route: Route, response: httpx.Response, responses: dict[str, Any]) -> None:
    status = str(response.status_code)
    where = f"{route.method} {route.path} {status}"
    assert status in responses, f"{where} is not documented"
    for name, value in HEADERS.items():
        given = response.headers.get(name)
        is_page = name == "content-security-policy" and route.path == "/docs"
        assert given == value or (is_page and given.startswith(value)), (where, name)
        assert len(response.headers.get_list(name)) == 1
    if response.status_code >= 400 and not (route.path == "/readyz" and status == "503"):
        assert response.json()["error"].keys() == {"code", "message"}, where
        schema = json.dumps(responses[status]["content"]["application/json"]["schema"])
        assert "#/components/schemas/Error" in schema, where


@pytest.mark.parametrize("status", sorted(OF_A_CONNECTION))
def test_what_ends_a_connection_is_said_in_the_same_form_counted_and_documented(client, status):
    media_type, body = client.server.refusal(int(status), "Why.")
    assert media_type == b"application/json"
    assert json.loads(body)["error"]["message"] == "Why."
    counted = f'azekura_serving_requests_total{{endpoint="other",status="{status}"}}'
    assert counted in client.get("/metrics").text
    assert all(status in responses for responses in documented(client).values())


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/views/", "/v1/views/a/b", "/static/x"])
def test_what_is_not_there_has_the_headers_too(client, path):
    for method in ("GET", "POST", "HEAD", "OPTIONS", "DELETE"):
        response = client.run(client._http.request(method, path))
        assert response.status_code in (404, 405)
        assert HEADERS.items() <= dict(response.headers).items()


def test_a_catalogue_that_fails_has_the_headers_too(client, folder):
    async def fails(scope, receive, send):
        raise RuntimeError("a bug")

    server = type(client.server)(client.server.settings, client.server.store, fails)
    with Client(server, TOKEN) as shown:
        response = shown.get("/feature/x")
        assert response.status_code == 500
        assert HEADERS.items() <= dict(response.headers).items()


def test_the_style_of_the_page_is_the_one_that_its_policy_allows(client):
    page = client.get("/docs")
    [style] = re.findall(r"(?s)<style>(.*?)</style>", page.text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    assert " style=" not in page.text
