"""A feature server on a small project, with what the store holds at `NOW` minus some minutes."""

import asyncio
import json
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx

from serving.definitions import FeatureView
from serving.registry import Registry
from serving.server.app import FeatureServer
from serving.server.settings import Settings
from serving.stores.base import Batch, OnlineStore
from serving.stores.opening import open_store

TOKEN = "a-token-that-only-tests-know"
TYPES = {
    "an_int64": "int64",
    "a_float64": "float64",
    "a_bool": "bool",
    "a_string": "string",
    "a_bytes": "bytes",
    "a_date": "date",
    "a_datetime": "datetime",
    "a_time": "time",
    "a_timestamp": "timestamp",
    "a_numeric": "numeric",
    "an_array": "array<int64>",
}


def node(name: str, columns: dict[str, str], version: int | None = None, **setting: Any) -> dict:
    """A feature model as dbt's manifest has it: the contract's columns, without the times."""
    unique_id = f"model.tiny.{name}" + (f".v{version}" if version else "")
    columns = {**columns, "event_at": "timestamp", "known_at": "timestamp"}
    return {
        "resource_type": "model",
        "unique_id": unique_id,
        "name": name,
        "version": version,
        "description": f"One row per entity of {name}.",
        "config": {"meta": {"feature_store": {"online": True, **setting}}},
        "columns": {c: {"name": c, "data_type": t, "description": c} for c, t in columns.items()},
    }


def manifest(**changed: dict) -> dict:
    """dbt's manifest: views of carriers (two versions), airports, routes, all types; a service."""
    carrier = {"carrier_code": "string", "late_rate": "float64"}
    carrier_2 = {**carrier, "flights_count": "int64"}
    airport = {"airport_code": "string", "departures_count": "int64", "is_closed": "bool"}
    nodes = {
        "carrier_1": node(
            "feat_carrier", carrier, 1, entity="carrier", keys=["carrier_code"], owner="operations"
        )
        | {"latest_version": 2, "deprecation_date": "2030-01-01T00:00:00+00:00"},
        "carrier_2": node("feat_carrier", carrier_2, 2, entity="carrier", keys=["carrier_code"])
        | {"latest_version": 2},
        "airport": node(
            "feat_airport",
            airport,
            entity="airport",
            keys=["airport_code"],
            ttl="3 hours",
            is_deleted="is_closed",
        ),
        "route": node(
            "feat_route",
            {"origin": "string", "destination": "string", "delay_mean": "float64"},
            entity="route",
            keys=["origin", "destination"],
        ),
        "types": node("feat_types", {"id": "int64", **TYPES}, entity="thing", keys=["id"]),
        "offline": node("feat_offline", {"id": "int64", "x": "int64"}, keys=["id"], online=False),
        "training_set": service(
            "late_arrival",
            {"view": "feat_carrier", "version": 2, "keys": None, "columns": ["late_rate"]},
            {
                "view": "feat_airport",
                "version": None,
                "keys": {"origin": "airport_code"},
                "columns": {"departures_count": "origin_departures_count"},
            },
            {
                "view": "feat_airport",
                "version": None,
                "keys": {"destination": "airport_code"},
                "columns": {"departures_count": "destination_departures_count"},
            },
            {"view": "feat_route", "version": None, "keys": None, "columns": ["delay_mean"]},
        ),
        "filled": service(
            "filled",
            {"view": "feat_route", "version": None, "keys": None, "columns": ["delay_mean"]},
            fill="last_non_null",
        ),
        "half_offline": service(
            "half_offline",
            {"view": "feat_offline", "version": None, "keys": None, "columns": ["x"]},
        ),
        **changed,
    }
    return {"metadata": {"project_name": "tiny", "adapter_type": "duckdb"}, "nodes": nodes}


def service(name: str, *views: dict, fill: str | None = None) -> dict:
    """A training set that declares a service."""
    declared = {"name": name, "at": "predicted_at", "as_of": "known", "strict": False, "fill": fill}
    return {
        "resource_type": "model",
        "unique_id": f"model.tiny.ml_{name}__training_set",
        "name": f"ml_{name}__training_set",
        "description": f"One row per flight of {name}.",
        "config": {"meta": {"feature_service": {**declared, "views": list(views)}}},
        "columns": {},
    }


NOW = datetime.now(UTC).replace(microsecond=0)


def row(minutes: float, **columns: Any) -> dict[str, Any]:
    """A row of a view that happened, and was known, so many minutes ago."""
    moment = NOW - timedelta(minutes=minutes)
    return {"event_at": moment, "known_at": moment, **columns}


def materialize(store: OnlineStore, view: FeatureView, *rows: dict[str, Any]) -> None:
    """Build a view of the store anew."""
    with store.materializing(view, full=True) as materialization:
        batch = Batch.of_rows(view, rows)
        materialization.write(batch)
        materialization.finish(max(batch.known_us, default=None))


def fill(store: OnlineStore, registry: Registry) -> None:
    """Materialize the tiny project."""
    carriers = [row(60, carrier_code="AA", late_rate=0.25), row(60, carrier_code="BB")]
    materialize(store, registry.view("feat_carrier", 1), *carriers)
    carriers[0]["flights_count"] = 2**53 + 1
    materialize(store, registry.view("feat_carrier", 2), *carriers)
    materialize(
        store,
        registry.view("feat_airport"),
        row(30, airport_code="JFK", departures_count=12),
        row(200, airport_code="LGA", departures_count=7),
        row(20, airport_code="EWR", departures_count=9, is_closed=True),
    )
    materialize(
        store,
        registry.view("feat_route"),
        row(10, origin="JFK", destination="LAX", delay_mean=float("nan")),
    )
    materialize(store, registry.view("feat_types"), row(1, id=1), row(1, id=2**62, an_int64=5))


def serve(folder: Path, url: str | None = None, **settings: Any) -> FeatureServer:
    """A server of the tiny project, materialized; its files are in `folder`."""
    path = folder / "manifest.json"
    if not path.exists():
        path.write_text(json.dumps(manifest()))
    url = url or f"sqlite:///{folder}/online.sqlite"
    registry = Registry.from_manifest(path)
    with open_store(url, registry.project) as store:
        if not store.live():
            fill(store, registry)
    return FeatureServer(Settings(manifest=path, store=url, **settings))


class Client:
    """A client of a server that runs in this process, within `with`."""

    def __init__(self, server: FeatureServer, token: str | None = None) -> None:
        self.server = server
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(server, raise_app_exceptions=False),
            base_url="http://127.0.0.1:8484",
            headers=headers,
        )
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._running = self.server.running()
        self.run(self._running.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._running.__aexit__(None, None, None))
        self.run(self._http.aclose())
        self._runner.close()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run something where the server runs."""
        return self._runner.run(coroutine)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.run(self._http.get(path, **options))

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.run(self._http.post(path, json=json, **options))

    def read(self, what: str, *entities: Any, **query: Any) -> httpx.Response:
        """`read("views/feat_carrier", {"carrier_code": "AA"})`."""
        return self.post(f"/v1/{what}:read", {"entities": list(entities), **query})
