"""The examples of serving: what README and docs show is what commands and server answer."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feature_server import TOKEN, Client, materialize

from serving.__main__ import main
from serving.definitions import FeatureView
from serving.registry import Registry
from serving.server.app import FeatureServer
from serving.server.settings import Settings
from serving.stores.opening import open_store

# the demo's weather ends in the evening of this day: later, four features of twelve are too old
MOMENT = "2013-12-30T18:30:00Z"
AT = datetime.fromisoformat(MOMENT)
READ = re.compile(r"(?m)^\$ python -m serving read (.*?)(?:\s+#.*)?$")
CURL = re.compile(r"curl \S* ?\S*?(/v1/\S+:read)[^{]*?-[dH][^{]*?'\s*(\{.*?\})'\n", re.DOTALL)


@pytest.fixture(scope="module")
def folder(manifest: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving")
    (folder / "manifest.json").write_text(json.dumps(manifest, default=str))
    return folder


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    return Registry.from_manifest(folder / "manifest.json")


@pytest.fixture(scope="module")
def store(folder: Path, registry: Registry) -> str:
    """A store that knows all entities of the examples, from an hour before them."""
    known = {"airport_code": ["JFK", "LGA"], "carrier_code": ["AA"]}
    url = f"sqlite:///{folder}/online.sqlite"
    with open_store(url) as opened:
        for view in registry.online_views():
            rows = [{}]
            for key in view.key_names:
                values = known.get(key) or ["JFK", "LAX"]
                rows = [{**made, key: value} for made in rows for value in values]
            materialize(opened, view, *[{**of_features(view), **made} for made in rows])
    return url


def of_features(view: FeatureView) -> dict[str, Any]:
    hour_ago = AT - timedelta(hours=1)
    numbers = {"INT64": 31, "FLOAT64": 0.5}
    features = {feature.name: numbers[feature.type.name] for feature in view.features}
    return {view.event_time: hour_ago, view.known_time: hour_ago, **features}


@pytest.fixture(scope="module")
def client(folder: Path, store: str) -> Iterator[Client]:
    settings = Settings(
        manifest=folder / "manifest.json", store=store, at=AT, token=TOKEN, allow_push=True
    )
    with Client(FeatureServer(settings), TOKEN) as client:
        yield client


def test_all_examples_are_of_one_moment_that_the_demo_has_data_of(texts):
    shown = [
        moment
        for path, text in texts.items()
        if path == "README.md" or path.startswith("docs/feature_")
        for moment in re.findall(r"(?:--at |--until |\bAT=)(\d\S*)", text)
    ]
    assert len(shown) > 5
    assert set(shown) == {MOMENT}


def test_a_read_that_is_documented_finds_every_feature(texts, folder, store, capsys):
    commands = [
        found
        for path in ("README.md", "docs/feature_store.md")
        for found in READ.findall(texts[path])
    ]
    assert len(commands) == 2
    for command in commands:
        arguments = shlex.split(command)
        if "--at" not in arguments:
            arguments += ["--at", MOMENT]
        places = ["--manifest", str(folder / "manifest.json"), "--store", store]
        assert main(["read", *arguments, *places, "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert None not in answer["features"].values()
        assert {view["status"] for view in answer["views"]} == {"PRESENT"}


def test_a_call_that_is_documented_finds_every_feature(texts, client):
    calls = [
        (path, json.loads(body))
        for page in ("README.md", "docs/feature_server.md")
        for path, body in CURL.findall(texts[page].replace("\\\n", ""))
    ]
    assert len(calls) == 2
    for path, body in calls:
        answer = client.post(path, body).json()
        assert {status for view in answer["views"] for status in view["status"]} == {"PRESENT"}


def test_what_the_documentation_shows_is_asked_and_answered_so(client):
    document = client.get("/openapi.json").json()
    shown = 0
    for path, methods in document["paths"].items():
        for operation in methods.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None:
                continue
            for parameter in operation["parameters"]:
                path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
            response = client.post(path, body["example"])
            assert response.status_code == 200, response.text
            answer = response.json()
            expected = operation["responses"]["200"]["content"]["application/json"]["example"]
            assert answer.keys() == expected.keys()
            if "features" in answer:
                assert answer["features"].keys() == expected["features"].keys()
                for found, view in zip(answer["views"], expected["views"], strict=True):
                    for name in ("view", "version", "features", "status"):
                        assert found[name] == view[name]
            else:
                assert answer == expected
            shown += 1
    assert shown == 3


def test_the_row_that_the_page_of_the_server_pushes_is_taken(texts, client):
    [body] = re.findall(r'(?s)```json\n(\{"rows".*?)```', texts["docs/feature_server.md"])
    response = client.post("/v1/views/feat_airport__traffic:push", json.loads(body))
    assert response.status_code == 200, response.text
