"""What feature_store.py asks of Feast, in a Python of its own that has feast[duckdb,redis].

Of this project it needs nothing.
"""

import json
import os
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

warnings.filterwarnings("ignore")
os.environ["FEAST_USAGE"] = "False"

import duckdb  # noqa: E402
import ibis  # noqa: E402
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType  # noqa: E402
from feast.types import Float64, Int64  # noqa: E402

CONFIGURATION = """project: bench
provider: local
registry: {folder}/registry.db
entity_key_serialization_version: 3
offline_store: {{type: duckdb}}
materialization: {{pull_latest_features: true}}
online_store: {online}
"""


def store(folder: Path, online: dict, name: str, source: str, features: list[str]) -> FeatureStore:
    folder.mkdir(exist_ok=True)
    text = CONFIGURATION.format(folder=folder, online=json.dumps(online))
    (folder / "feature_store.yaml").write_text(text)
    made = FeatureStore(repo_path=str(folder))
    entity = Entity(name="entity_id", join_keys=["entity_id"], value_type=ValueType.INT64)
    view = FeatureView(
        name=name,
        entities=[entity],
        ttl=timedelta(0),
        schema=[Field(name="entity_id", dtype=Int64)]
        + [Field(name=f, dtype=Int64 if f in ("f8", "f9") else Float64) for f in features],
        source=FileSource(
            path=source, timestamp_field="event_at", created_timestamp_column="known_at"
        ),
    )
    made.apply([entity, view])
    return made


def join(task: dict) -> dict:
    folder = Path(task["folder"])
    made = store(
        folder / "feast_offline",
        {"type": "sqlite", "path": str(folder / "feast_offline/online.db")},
        "history",
        str(folder / "feat_thing__history.parquet"),
        task["features"],
    )
    ibis.set_backend(ibis.duckdb.connect(threads=task["threads"], memory_limit=task["memory"]))
    labels = duckdb.sql(f"from '{folder}/labels.parquet'").df()
    labels = labels.rename(columns={"moment": "event_timestamp"})
    options = {"filter_by_created_timestamp": True} if task["mode"] == "known" else {}
    features = [f"history:{f}" for f in task["features"]]
    Path("/proc/self/clear_refs").write_text("5")
    cpu, wall = time.process_time(), time.perf_counter()
    frame = made.get_historical_features(entity_df=labels, features=features, **options).to_df()
    found = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    status = Path("/proc/self/status").read_text()
    found["mib"] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    frame[["label_id", *task["features"]]].to_parquet(task["output"])
    return found


def online(task: dict) -> dict:
    kind, folder = task["kind"].lower(), Path(task["folder"])
    place = folder / f"feast_{kind}"
    options = {"type": "sqlite", "path": str(place / "online.db")}
    if kind == "redis":
        address = task["url"].removeprefix("redis://").partition("/")[0]
        options = {"type": "redis", "connection_string": f"{address},db=1"}
    source = str(folder / "feat_thing__recent.parquet")
    made = store(place, options, "recent", source, task["features"])
    wall = time.perf_counter()
    made.materialize(datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    found = {"materialize": task["entities"] / (time.perf_counter() - wall)}
    features = [f"recent:{f}" for f in task["features"]]
    random = Random(7)
    sizes = {"one": (1, task["reads"], 1e3), "many": (100, task["batches"], 1e6)}
    for name, (size, number, unit) in sizes.items():
        times = []
        for _ in range(number + number // 10):
            rows = [{"entity_id": random.randrange(task["entities"])} for _ in range(size)]
            begun = time.perf_counter_ns()
            made.get_online_features(features=features, entity_rows=rows).to_dict()
            times.append(time.perf_counter_ns() - begun)
        times = sorted(times[number // 10 :])
        for part in (50, 99):
            found[f"{name}_{part}"] = times[min(len(times) - 1, len(times) * part // 100)] / unit
    return found


if __name__ == "__main__":
    task = json.loads(sys.argv[sys.argv.index("--task") + 1])
    print(json.dumps({"join": join, "online": online}[task["what"]](task)))
