"""What the feature server says of itself, and a manifest that changes under it."""

import asyncio
import json
import os
import time

import pytest
from feature_server import NOW, Client, fill, manifest, node, serve

from serving.errors import DefinitionError, StoreUnavailableError
from serving.registry import Registry
from serving.server.app import FeatureServer
from serving.server.settings import Settings

AIRPORT = {"airport_code": "JFK"}


@pytest.fixture
def client(tmp_path):
    with Client(serve(tmp_path)) as client:
        yield client


def write_manifest(client: Client, text: str) -> None:
    """As dbt does it, with a time of change that differs."""
    path = client.server.settings.manifest
    path.write_text(text)
    os.utime(path, ns=(path.stat().st_mtime_ns + 10**9,) * 2)


def samples(client: Client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


def test_views_are_described_in_all_their_versions(client):
    views = client.get("/v1/views").json()["views"]
    assert [(view["name"], view["version"], view["is_latest"]) for view in views] == [
        ("feat_airport", 1, True),
        ("feat_carrier", 1, False),
        ("feat_carrier", 2, True),
        ("feat_offline", 1, True),
        ("feat_route", 1, True),
        ("feat_types", 1, True),
    ]
    airport = views[0]
    assert airport["keys"] == [
        {"name": "airport_code", "type": "STRING", "description": "airport_code"}
    ]
    assert (airport["ttl_seconds"], airport["is_deleted"], airport["online"]) == (
        3 * 3600,
        "is_closed",
        True,
    )
    assert [feature["name"] for feature in airport["features"]] == ["departures_count"]


def test_a_view_says_what_the_store_holds_of_it(client):
    view = client.get("/v1/views/feat_carrier").json()
    assert [version["version"] for version in view["versions"]] == [1, 2]
    held = [(held["version"], held["entities"]) for held in view["materialized"]]
    assert held == [(1, 2), (2, 2)]
    response = client.get("/v1/views/feat_carier")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_name")


def test_a_service_says_what_it_is_asked_by_and_what_it_answers(client):
    names = [service["name"] for service in client.get("/v1/services").json()["services"]]
    assert names == ["filled", "half_offline", "late_arrival"]
    service = client.get("/v1/services/late_arrival").json()
    assert service["keys"] == [
        {"name": "carrier_code", "type": "STRING"},
        {"name": "origin", "type": "STRING"},
        {"name": "destination", "type": "STRING"},
    ]
    assert service["features"][1] == {
        "name": "origin_departures_count",
        "type": "INT64",
        "view": "feat_airport",
        "version": 1,
        "feature": "departures_count",
    }
    assert client.get("/v1/services/late_arival").status_code == 404


def test_what_is_not_there_is_said_in_the_same_form(client):
    assert client.get("/v1").json()["error"]["code"] == "unknown_path"
    response = client.post("/v1/views", {})
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET"
    response = client.get("/v1/views/feat_carrier:read")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_server_is_ready_when_all_online_views_are_materialized(client):
    assert client.get("/readyz").json() == {"status": "ready", "reasons": []}
    client.server.store.drop("feat_route", 1)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "not ready", "reasons": ["feat_route@1 is not materialized."]},
    )


def test_a_server_whose_store_is_down_is_alive_and_not_ready(client):
    def down():
        raise StoreUnavailableError("The online store is down.")

    client.server.store.ping = client.server.store.live = down
    assert client.get("/healthz").json() == {"status": "ok"}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"] == ["The online store is down."]
    assert samples(client)["azekura_serving_store_errors_total"] == 1
    response = client.get("/v1/views/feat_carrier")
    assert response.json()["error"] == {
        "code": "store_unavailable",
        "message": "The online store is down.",
    }


def test_metrics_count_requests_and_what_was_found(client):
    client.read("views/feat_airport", AIRPORT, {"airport_code": "LGA"}, {"airport_code": "ABC"})
    client.read("views/feat_airport", AIRPORT)
    client.read("views/feat_nothing", AIRPORT)
    client.get("/nothing/of/that/name")
    before = time.time()
    found = samples(client)
    after = time.time()
    endpoint = 'endpoint="/v1/views/{view}:read"'
    assert found[f'azekura_serving_requests_total{{{endpoint},status="200"}}'] == 2
    assert found[f'azekura_serving_requests_total{{{endpoint},status="404"}}'] == 1
    assert found['azekura_serving_requests_total{endpoint="other",status="404"}'] == 1
    assert found[f"azekura_serving_request_seconds_count{{{endpoint}}}"] == 3
    airport = 'version="1",view="feat_airport"'
    statuses = {"PRESENT": 2, "OUTSIDE_TTL": 1, "NOT_FOUND": 1}
    for name, count in statuses.items():
        status = f'status="{name}"'
        assert found[f"azekura_serving_entities_total{{{status},{airport}}}"] == count
    # the newest row of the airports
    known = NOW.timestamp() - 20 * 60
    staleness = found[f"azekura_serving_view_staleness_seconds{{{airport}}}"]
    assert before - known <= staleness <= after - known


def test_a_changed_manifest_is_served_as_a_whole(client):
    changed = manifest(
        weather=node("feat_weather", {"id": "int64", "x": "float64"}, keys=["id"]),
    )
    del changed["nodes"]["route"], changed["nodes"]["training_set"], changed["nodes"]["filled"]
    write_manifest(client, json.dumps(changed))
    client.run(client.server.reload())
    assert client.read("views/feat_route", {}).status_code == 404
    assert client.read("services/late_arrival", {}).status_code == 404
    assert client.get("/v1/services/late_arrival").status_code == 404
    assert client.read("views/feat_airport", AIRPORT).status_code == 200
    assert client.read("views/feat_weather", {"id": 1}).json()["error"]["code"] == (
        "not_materialized"
    )


def test_a_manifest_is_taken_up_when_its_file_changes(client, monkeypatch):
    monkeypatch.setattr("serving.server.manifest.SECONDS", 0.01)
    changed = manifest()
    changed["nodes"]["airport"]["description"] = "Another."
    with Client(client.server) as watching:
        write_manifest(client, json.dumps(changed))

        async def described():
            async with asyncio.timeout(20):
                while client.server.manifest.plans.registry.view("feat_airport").description != (
                    "Another."
                ):
                    await asyncio.sleep(0.01)

        watching.run(described())


@pytest.mark.parametrize("text", ["", '{"nodes": ', "[]", '{"nodes": {"x": 5}}', "broken"])
def test_a_manifest_that_cannot_be_used_leaves_the_one_before(client, text, caplog):
    if text == "broken":
        broken = manifest()
        del broken["nodes"]["airport"]["config"]["meta"]["feature_store"]["keys"]
        text = json.dumps(broken)
    write_manifest(client, text)
    client.run(client.server.reload())
    assert client.read("views/feat_airport", AIRPORT).status_code == 200
    assert samples(client)["azekura_serving_manifest_is_stale"] == 1
    assert "goes on being served" in caplog.text

    write_manifest(client, json.dumps(manifest()))
    client.run(client.server.reload())
    assert samples(client)["azekura_serving_manifest_is_stale"] == 0


def test_columns_that_changed_under_a_live_version_are_not_mixed_up(client):
    changed = manifest()
    columns = changed["nodes"]["airport"]["columns"]
    columns["late_rate"] = {"name": "late_rate", "data_type": "float64", "description": ""}
    write_manifest(client, json.dumps(changed))
    client.run(client.server.reload())

    response = client.read("views/feat_airport", AIRPORT)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "schema_changed")
    [reason] = client.get("/readyz").json()["reasons"]
    assert reason.startswith("feat_airport@1 is materialized with other columns")

    fill(client.server.store, Registry.from_manifest(client.server.settings.manifest))
    answer = client.read("views/feat_airport", AIRPORT).json()
    assert answer["features"] == {"departures_count": [12], "late_rate": [None]}


def test_a_server_does_not_start_without_a_manifest(tmp_path):
    settings = Settings(manifest=tmp_path / "manifest.json", store=f"sqlite:///{tmp_path}/x")
    with pytest.raises(DefinitionError, match="There is no manifest"):
        FeatureServer(settings)


def test_all_that_is_answered_is_documented_with_examples(client):
    document = client.get("/openapi.json").json()
    paths = document["paths"]
    assert {
        f"{method.upper()} {path}" for path, methods in paths.items() for method in methods
    } == {
        "POST /v1/services/{service}:read",
        "POST /v1/views/{view}:read",
        "POST /v1/views/{view}:push",
        "GET /v1/views",
        "GET /v1/views/{view}",
        "GET /v1/services",
        "GET /v1/services/{service}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /",
        "GET /docs",
        "GET /openapi.json",
    }
    for methods in paths.values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
    schemas = document["components"]["schemas"]
    references = set(_references(paths)) | set(_references(schemas))
    assert references <= {f"#/components/schemas/{name}" for name in schemas}


def _references(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_an_answer_has_the_form_that_is_documented(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    answer = client.read(
        "services/late_arrival", {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"}
    ).json()
    assert answer.keys() == schemas["Read"]["properties"].keys()
    of_a_view = schemas["Read"]["properties"]["views"]["items"]
    assert answer["views"][0].keys() == of_a_view["properties"].keys()
    example = client.get("/openapi.json").json()["paths"]["/v1/services/{service}:read"]["post"]
    shown = example["responses"]["200"]["content"]["application/json"]["example"]
    assert shown.keys() == answer.keys()
    assert shown["views"][0].keys() == answer["views"][0].keys()


def test_the_page_of_documentation_loads_nothing_from_elsewhere(client):
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "/v1/services/{service}:read" in page.text
    for loading in ("<script", "<link", "<img", "http://", "https://", "@import"):
        assert loading not in page.text


def test_a_catalogue_answers_all_paths_that_are_not_the_servers_own(client):
    async def catalogue(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    assert client.get("/").headers["location"] == "/docs"
    server = FeatureServer(client.server.settings, client.server.store, catalogue)
    with Client(server) as shown:
        for path in ("/", "/feature/x", "/static/style.css"):
            assert shown.get(path).text == path
        assert shown.get("/v1/nothing").json()["error"]["code"] == "unknown_path"
        assert shown.post("/v1/views", {}).status_code == 405
        assert shown.get("/healthz").json() == {"status": "ok"}
        assert shown.read("views/feat_airport", AIRPORT).status_code == 200
        assert (
            samples(shown)['azekura_serving_requests_total{endpoint="catalogue",status="200"}'] == 3
        )


def test_a_manifest_is_not_read_while_it_is_written(client, monkeypatch, caplog):
    monkeypatch.setattr("serving.server.manifest.SECONDS", 0.2)
    changed = manifest()
    changed["nodes"]["airport"]["description"] = "Another."
    text = json.dumps(changed)

    async def written_slowly():
        with client.server.settings.manifest.open("w") as file:
            for start in range(0, len(text), len(text) // 10):
                file.write(text[start : start + len(text) // 10])
                file.flush()
                await asyncio.sleep(0.05)
        async with asyncio.timeout(20):
            while client.server.manifest.plans.registry.view("feat_airport").description != (
                "Another."
            ):
                await asyncio.sleep(0.01)

    with Client(client.server) as watching:
        watching.run(written_slowly())
    assert "goes on being served" not in caplog.text
