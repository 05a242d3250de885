"""The feature store beside the least that a hand can write, and beside Feast, on the same data.

    python benchmarks/feature_store.py [--rows 10000000] [--labels 1000000] [--feast PYTHON]

The README of this folder says what each number means.
"""

import argparse
import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import duckdb

HERE = Path(__file__).parent
ROOT = HERE.parent
FEATURES = [f"f{i}" for i in range(10)]
# everything has happened, and is known, by then
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DBT = "from dbt.cli.main import cli; cli()"
PARTS = ("join", "online", "http", "drift")

COLUMNS = "".join(
    f"      - {{name: {name}, data_type: {'int64' if name in ('f8', 'f9') else 'float64'}}}\n"
    for name in FEATURES
)
VIEWS = "models:\n" + "".join(
    f"""  - name: {name}
    config:
      contract: {{enforced: true}}
      meta: {{feature_store: {{entity: thing, keys: [entity_id], online: true}}}}
    data_tests:
      - unique_combination: {{arguments: {{columns: [entity_id, event_at, known_at]}}}}
    columns:
      - {{name: entity_id, data_type: int64}}
      - {{name: event_at, data_type: timestamp}}
      - {{name: known_at, data_type: timestamp}}
{COLUMNS}"""
    for name in ("feat_thing__history", "feat_thing__recent")
)
JOIN = """select * from {{{{ feature_join(ref('labels'), at='moment', as_of='{}', views=[
    {{'view': 'feat_thing__history', 'columns': {}}},
]) }}}} as joined"""
SERVICE = """select * from {{{{ feature_join(ref('labels'), at='moment', service='things', views=[
    {{'view': 'feat_thing__recent', 'columns': {}}},
]) }}}} as joined"""
DRIFT = """select * from {{ feature_drift(
    ref('drift_base'), ref('drift_study'),
    numbers=['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'], categories=['c9'],
) }} as drift"""


class Line(NamedTuple):
    """One line of the table; a number is None where there is none."""

    case: str
    measure: str
    ours: float | None
    hand: float | None = None
    feast: float | None = None


# the data


def make_warehouse(path: Path, given: argparse.Namespace) -> None:
    """Tables as dbt builds them.

    Of each entity's rows one in a hundred is corrected a day later: same event time, later known
    time, other values. The others are known within two hours. Two in a hundred labels are of no
    entity. f3 is NULL in every fiftieth row.
    """
    days = 100
    span = days * 86_400_000_000

    def features(salt: int) -> str:
        columns = [
            f"(hash(i, {j}, {salt}) % 1000000) / 1e6::double as f{j}"
            if j < 8
            else f"(hash(i, {j}, {salt}) % 1000)::bigint as f{j}"
            for j in range(10)
        ]
        f3 = columns[3].removesuffix(" as f3")
        columns[3] = f"case when hash(i, 99) % 50 > 0 then {f3} end as f3"
        return ", ".join(columns)

    def history(name: str, rows: int) -> str:
        base = rows * 100 // 101
        return f"""
            create table {name} as
            with base as (
                select
                    i,
                    (hash(i, 1001) % {given.entities})::bigint as entity_id,
                    timestamp '2026-01-01' + to_microseconds((hash(i, 1002) % {span})::bigint)
                        as event_at
                from range({base}) t(i)
            )
            select
                entity_id, event_at,
                event_at + to_seconds((hash(i, 1003) % 7200)::bigint) as known_at, {features(0)}
            from base
            union all
            select entity_id, event_at, event_at + interval 1 day, {features(7)}
            from base where i < {rows - base}
            order by event_at, known_at"""

    def drift(name: str, side: int, shift: float, nulls: int) -> str:
        def normal(j: int) -> str:
            return (
                f"sqrt(-2 * ln((hash(i, {side}, {j}) % 999999 + 1) / 1e6))"
                f" * cos(6.283185307 * (hash(i, {side}, {j}, 9) % 1000000) / 1e6)"
            )

        columns = [f"{normal(j)} as c{j}" for j in range(8)]
        columns[0] = f"{normal(0)} + {shift} as c0"
        columns[1] = f"case when hash(i, {side}, 77) % 100 >= {nulls} then {normal(1)} end as c1"
        columns.append(f"floor(exp({normal(8)}) * 10)::bigint as c8")
        columns.append(f"'v' || hash(i, {side}, 79) % 20 as c9")
        select = f"select {', '.join(columns)} from range({given.drift_rows}) t(i)"
        return f"create table {name} as {select}"

    with duckdb.connect(str(path)) as connection:
        connection.execute(f"set threads = {given.threads}; set memory_limit = '{given.memory}'")
        connection.execute(history("feat_thing__history", given.rows))
        connection.execute(history("feat_thing__recent", given.online_rows))
        connection.execute(
            f"""create table labels as
            select
                i::bigint as label_id,
                (hash(i, 2001) % {given.entities * 102 // 100})::bigint as entity_id,
                timestamp '2026-01-01'
                    + to_microseconds(({span // 5} + hash(i, 2002) % {span - span // 5})::bigint)
                    as moment
            from range({given.labels}) t(i)"""
        )
        connection.execute(drift("drift_base", 1, 0, 5))
        connection.execute(drift("drift_study", 2, 0.1, 10))


class Compiled(NamedTuple):
    """What dbt makes of the project: the SQL of its models by name, and the manifest's path."""

    sql: Mapping[str, str]
    manifest: Path


def compile_project(folder: Path, warehouse: Path) -> Compiled:
    """Compile a project of the macros of this one."""
    models = {f"joined_{mode}": JOIN.format(mode, FEATURES) for mode in ("event", "known")}
    models["served"] = SERVICE.format(FEATURES)
    if any((ROOT / "macros").rglob("feature_drift.sql")):
        models["drift"] = DRIFT
    tables = ["labels", "feat_thing__history", "feat_thing__recent", "drift_base", "drift_study"]
    (folder / "models").mkdir(parents=True)
    for name in ("macros", "profiles.yml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "dbt_project.yml").write_text("name: azekura\nversion: '0.1.0'\nprofile: azekura\n")
    (folder / "models/views.yml").write_text(VIEWS)
    for name, sql in {**dict.fromkeys(tables, "select 1 as number"), **models}.items():
        (folder / f"models/{name}.sql").write_text(sql)
    settings = {
        "AZEKURA_DUCKDB": str(warehouse),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    places = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    subprocess.run(
        [sys.executable, "-c", DBT, "--quiet", "compile", *places],
        env=os.environ | settings,
        check=True,
    )
    compiled = folder / "target/compiled/azekura/models"
    return Compiled(
        {name: (compiled / f"{name}.sql").read_text() for name in models},
        folder / "target/manifest.json",
    )


# a query, in a process of its own

# what a careful hand writes for this very table: no two rows alike in key and both times
HAND = {
    "event": f"""
        select labels.*, {", ".join(FEATURES)}
        from (
            select *, epoch_us(moment)::hugeint * 18446744073709551616 + 9223372036854775807 as k
            from azekura.main.labels
        ) as labels
        asof left join (
            select
                *, epoch_us(event_at)::hugeint * 18446744073709551616 + epoch_us(known_at) as k
            from azekura.main.feat_thing__history
        ) as states
            on labels.entity_id = states.entity_id and labels.k >= states.k""",
    "known": f"""
        select labels.*, {", ".join(FEATURES)}
        from azekura.main.labels as labels
        asof left join (
            select *
            from azekura.main.feat_thing__history
            qualify event_at = max(event_at) over (partition by entity_id order by known_at)
        ) as states
            on labels.entity_id = states.entity_id and labels.moment >= states.known_at""",
}
HAND_DRIFT = """
    with bounds as materialized (select {quantiles} from azekura.main.drift_base)
    select {counts}, histogram(c9) from azekura.main.drift_base, bounds
    union all
    select {counts}, histogram(c9) from azekura.main.drift_study, bounds""".format(
    quantiles=", ".join(
        f"list_distinct(approx_quantile(c{j}, [{', '.join(str(k / 100) for k in range(1, 100))}]))"
        f"::double[] as b{j}"
        for j in range(9)
    ),
    counts=", ".join(f"histogram(c{j}::double, b{j}), count(c{j})" for j in range(9)),
)
# By definition, without a join: of the rows up to a label's moment the one of the greatest times.
REFERENCE = """
    with history as (
        select
            row_number() over () as number, *,
            epoch_us(event_at)::hugeint * 18446744073709551616 + epoch_us(known_at) as times
        from azekura.main.feat_thing__history
    ),

    found as (
        select label_id, arg_max(number, times) over (
            partition by entity_id order by moment, label_id nulls first
            rows between unbounded preceding and current row
        ) as number
        from (
            select entity_id, {moment} as moment, number, times, null as label_id from history
            union all
            select entity_id, moment, null, null, label_id from azekura.main.labels
        )
        qualify label_id is not null
    )

    select found.label_id, {features}
    from found
    left join history using (number)"""


def run_query(task: Mapping[str, Any]) -> dict[str, float]:
    """Run a query to a frame, as one does who trains on it; keep it at `output`, if said."""
    import pandas  # noqa: F401  loading it is not measured

    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{task['warehouse']}' as azekura (read_only); use azekura;"
            f"set threads = {task['threads']}; set memory_limit = '{task['memory']}';"
            "set TimeZone = 'UTC'; set default_null_order = 'nulls_first_on_asc_last_on_desc'"
        )
        with measured() as numbers:
            frame = connection.execute(task["sql"]).df()  # noqa: F841  the query below reads it
        if task.get("output"):
            connection.execute(f"copy frame to '{task['output']}' (format parquet)")
        return numbers


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Wall and CPU seconds, and the most memory the process has held, in MiB."""
    numbers: dict[str, float] = {}
    Path("/proc/self/clear_refs").write_text("5")
    cpu, wall = time.process_time(), time.perf_counter()
    yield numbers
    numbers["wall"] = time.perf_counter() - wall
    numbers["cpu"] = time.process_time() - cpu
    status = Path("/proc/self/status").read_text()
    numbers["mib"] = int(status.partition("VmHWM:")[2].split()[0]) / 1024


def in_process(python: str, script: Path, task: Mapping[str, Any], limit: float) -> dict[str, Any]:
    """What a task prints last, as JSON; {} and a word on stderr if it fails or takes too long."""
    try:
        done = subprocess.run(
            [python, str(script), "--task", json.dumps(task)],
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        print(f"{task['name']}: stopped after {limit:g} seconds", file=sys.stderr)
        return {}
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        print(f"{task['name']}: ended with {done.returncode}: {said[0]}", file=sys.stderr)
        return {}
    return json.loads(lines[-1])


# the parts


class Bench:
    """One run: its folder, its options, and Feast if it is there."""

    def __init__(self, folder: Path, given: argparse.Namespace) -> None:
        self.folder, self.given = folder, given
        self.warehouse = folder / "azekura.duckdb"

    def prepare(self) -> None:
        say("making the data")
        make_warehouse(self.warehouse, self.given)
        say("compiling")
        self.compiled = compile_project(self.folder / "project", self.warehouse)
        if self.given.feast:
            with duckdb.connect(str(self.warehouse), read_only=True) as connection:
                # Feast wants a file and a time zone
                connection.execute("set TimeZone = 'UTC'")
                for table in ("feat_thing__history", "feat_thing__recent", "labels"):
                    times = ["moment"] if table == "labels" else ["event_at", "known_at"]
                    replaced = ", ".join(f"{time}::timestamptz as {time}" for time in times)
                    connection.execute(
                        f"copy (select * replace ({replaced}) from {table})"
                        f" to '{self.folder}/{table}.parquet' (format parquet)"
                    )

    def query(self, name: str, sql: str, output: Path | None = None) -> dict[str, Any]:
        """The best by CPU time of several runs."""
        task = {
            "name": name,
            "warehouse": str(self.warehouse),
            "sql": sql,
            "threads": self.given.threads,
            "memory": self.given.memory,
            "output": str(output) if output else None,
        }
        runs = []
        for _ in range(self.given.repeat):
            say(name)
            runs.append(in_process(sys.executable, Path(__file__), task, self.given.limit))
        return min(runs, key=lambda run: run.get("cpu", float("inf")))

    def feast(self, name: str, **task: Any) -> dict[str, Any]:
        if not self.given.feast:
            return {}
        say(f"feast: {name}")
        task |= {"name": name, "folder": str(self.folder), "features": FEATURES}
        task |= {"threads": self.given.threads, "memory": self.given.memory}
        script = HERE / "feature_store_feast.py"
        return in_process(self.given.feast, script, task, self.given.limit)

    def wrong(self, output: Path, reference: Path) -> float | None:
        """Labels whose features are not those of the reference, or that are missing or doubled."""
        if not output.exists():
            return None
        differ = " or ".join(f"found.{f} is distinct from expected.{f}" for f in FEATURES)
        sql = f"""
            select count(*) filter (
                expected.label_id is null or found.label_id is null or {differ}
            )
            from '{reference}' as expected
            full join '{output}' as found using (label_id)"""
        return duckdb.sql(sql).fetchone()[0]

    def join(self) -> Iterator[Line]:
        """Training sets, point in time."""
        given = self.given
        for mode in ("event", "known"):
            moment = "event_at" if mode == "event" else "known_at"
            files = {
                who: self.folder / f"{mode}_{who}.parquet"
                for who in ("ours", "hand", "feast", "reference")
            }
            reference = files["reference"]
            sql = REFERENCE.format(moment=moment, features=", ".join(FEATURES))
            self.query(f"join, {mode}: reference", sql, reference)
            ours = self.query(
                f"join, {mode}: ours", self.compiled.sql[f"joined_{mode}"], files["ours"]
            )
            hand = self.query(f"join, {mode}: by hand", HAND[mode], files["hand"])
            feast = self.feast(f"join, {mode}", what="join", mode=mode, output=str(files["feast"]))
            case = f"join `{mode}`, {given.labels:,} labels × {given.rows:,} rows"
            for measure, key in (("wall s", "wall"), ("CPU s", "cpu"), ("peak MiB", "mib")):
                yield Line(case, measure, *[each.get(key) for each in (ours, hand, feast)])
            found = [self.wrong(files[who], reference) for who in ("ours", "hand", "feast")]
            yield Line(case, "labels wrong", *found)

    def online(self) -> Iterator[Line]:
        """Materialization, and reads in this process."""
        yield from self._online("SQLite", f"sqlite:///{self.folder}/online.sqlite")
        with redis_server(self.folder) as url:
            if url is not None:
                yield from self._online("Redis", url)

    def _online(self, kind: str, url: str) -> Iterator[Line]:
        from serving.materialize import materialize
        from serving.offline import DuckDBSource
        from serving.registry import Registry
        from serving.stores.base import Request
        from serving.stores.opening import open_store

        given = self.given
        view = Registry.from_manifest(self.compiled.manifest).view("feat_thing__recent")
        random = Random(7)
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute(f"set threads = {given.threads}")
            say(f"materialize into {kind}")
            with open_store(url) as store, measured() as ours:
                done = materialize(store, DuckDBSource(self.warehouse), view, True, NOW)
            ids = connection.execute("select distinct entity_id from feat_thing__recent").fetchall()
            with measured() as hand:
                by_hand = _HANDS[kind](connection, self.folder, url)
        assert done.entities == len(ids)
        feast = self.feast(f"online, {kind}", what="online", kind=kind, url=url, **self._reads(ids))
        yield Line(
            f"materialize {given.online_rows:,} rows into {kind}",
            "entities/s",
            *[done.entities / run["wall"] for run in (ours, hand)],
            feast.get("materialize"),
        )
        say(f"read {kind}")
        singles = [random.choice(ids)[0] for _ in range(given.reads)]
        batches = [[random.choice(ids)[0] for _ in range(100)] for _ in range(given.batches)]
        names = view.feature_names
        with open_store(url) as store:

            def one(entity: int) -> dict[str, Any]:
                return dict(zip(names, store.read_one(view, (entity,), NOW).values, strict=True))

            def many(entities: list[int]) -> list[dict[str, Any]]:
                [answers] = store.read([Request(view, [(entity,) for entity in entities])], NOW)
                return [dict(zip(names, answer.values, strict=True)) for answer in answers]

            assert all(one(entity) == by_hand.one(entity) for entity in singles[:100])
            assert all(many(batch) == by_hand.many(batch) for batch in batches[:10])
            times = latencies([one, by_hand.one], singles)
            for place, measure in (50, "p50 µs"), (99, "p99 µs"):
                found = [percentile(each, place) / 1e3 for each in times]
                yield Line(f"read one, {kind}", measure, *found, feast.get(f"one_{place}"))
            times = latencies([many, by_hand.many], batches)
            for place, measure in (50, "p50 ms"), (99, "p99 ms"):
                found = [percentile(each, place) / 1e6 for each in times]
                yield Line(f"read 100, {kind}", measure, *found, feast.get(f"many_{place}"))

    def _reads(self, ids: Sequence[tuple[int]]) -> dict[str, Any]:
        return {"reads": self.given.reads, "batches": self.given.batches, "entities": len(ids)}

    def http(self) -> Iterator[Line]:
        """Reads of the feature server, one worker, one connection that stays open."""
        if not (ROOT / "serving/server/app.py").exists():
            say("http: there is no server yet")
            return
        given = self.given
        command = [sys.executable, "-m", "serving", "serve", "--port", "0"]
        store = ["--store", f"sqlite:///{self.folder}/online.sqlite"]
        manifest = ["--manifest", str(self.compiled.manifest)]
        random = Random(7)
        asked = [
            [random.randrange(given.entities) for _ in range(size)]
            for size in (1, 100)
            for _ in range(given.reads if size == 1 else given.batches)
        ]

        def ours(entities: list[int]) -> bytes:
            return json.dumps({"entities": [{"entity_id": i} for i in entities]}).encode()

        def feast(entities: list[int]) -> bytes:
            refs = [f"recent:{name}" for name in FEATURES]
            return json.dumps({"features": refs, "entities": {"entity_id": entities}}).encode()

        say("http: ours")
        with process([*command, *store, *manifest], cwd=ROOT) as line:
            port = int(line.strip().rpartition(":")[2])
            path = "/v1/services/things:read"
            found, body = http_latencies(port, path, ours, asked)
        say("http: the least")
        least = [sys.executable, str(HERE / "feature_store_http.py"), str(len(body))]
        with process(least) as line:
            floor, _ = http_latencies(int(line), "/", ours, asked)
        feasts: list[list[float]] = [[], []]
        if given.feast and (self.folder / "feast_sqlite").exists():
            say("http: feast")
            with feast_server(given.feast, self.folder / "feast_sqlite") as port:
                feasts, _ = http_latencies(port, "/get-online-features", feast, asked)
        for number, size in enumerate((1, 100)):
            for place, measure in (50, "p50 ms"), (99, "p99 ms"):
                times = (found[number], floor[number], feasts[number])
                milliseconds = [percentile(each, place) / 1e6 if each else None for each in times]
                yield Line(f"HTTP, {size} at a time, SQLite", measure, *milliseconds)

    def drift(self) -> Iterator[Line]:
        """Drift of ten columns between two tables."""
        if "drift" not in self.compiled.sql:
            say("drift: there is no feature_drift yet")
            return
        case = f"drift, {self.given.drift_rows:,} rows × 10 columns"
        ours = self.query("drift: ours", self.compiled.sql["drift"])
        hand = self.query("drift: by hand", HAND_DRIFT)
        for measure, key in (("wall s", "wall"), ("CPU s", "cpu"), ("peak MiB", "mib")):
            yield Line(case, measure, ours.get(key), hand.get(key))


# the least, by hand


class SQLiteByHand:
    """A wide table with the key as its rowid, written at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, url: str) -> None:
        path = folder / "by_hand.sqlite"
        types = ", ".join(f"{f} {'integer' if f in ('f8', 'f9') else 'real'}" for f in FEATURES)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.execute("pragma mmap_size = 268435456")
        self._connection.execute(
            f"create table t (entity_id integer primary key, event_us integer, {types}) strict"
        )
        self._connection.execute("begin")
        self._connection.executemany(
            f"insert into t values ({', '.join('?' * 12)})", newest(connection)
        )
        self._connection.execute("commit")
        columns = ", ".join(FEATURES)
        self._one = f"select {columns} from t where entity_id = ?"
        self._many = (
            f"select entity_id, {columns} from t where entity_id in ({', '.join('?' * 100)})"
        )

    def one(self, entity: int) -> dict[str, Any]:
        row = self._connection.execute(self._one, (entity,)).fetchone()
        return dict(zip(FEATURES, row, strict=True))

    def many(self, entities: list[int]) -> list[dict[str, Any]]:
        rows = self._connection.execute(self._many, entities).fetchall()
        found = {row[0]: dict(zip(FEATURES, row[1:], strict=True)) for row in rows}
        return [found[entity] for entity in entities]


class RedisByHand:
    """A string of numbers for each entity, in a pipeline of SET."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, url: str) -> None:
        import redis

        self._client = redis.Redis.from_url(url)
        # a byte for the one feature that may be NULL
        self._row = struct.Struct(">q?8d2q")
        rows = newest(connection)
        for start in range(0, len(rows), 1000):
            pipeline = self._client.pipeline(transaction=False)
            for entity, event_us, *values in rows[start : start + 1000]:
                is_null = values[3] is None
                values[3] = values[3] or 0
                pipeline.set(b"hand:%d" % entity, self._row.pack(event_us, is_null, *values))
            pipeline.execute()

    def one(self, entity: int) -> dict[str, Any]:
        return self._unpacked(self._client.get(b"hand:%d" % entity))

    def many(self, entities: list[int]) -> list[dict[str, Any]]:
        return [
            self._unpacked(data)
            for data in self._client.mget([b"hand:%d" % entity for entity in entities])
        ]

    def _unpacked(self, data: bytes) -> dict[str, Any]:
        _, is_null, *values = self._row.unpack(data)
        if is_null:
            values[3] = None
        return dict(zip(FEATURES, values, strict=True))


_HANDS = {"SQLite": SQLiteByHand, "Redis": RedisByHand}


def newest(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    """(entity, event time in microseconds, features) of each entity's newest row."""
    return connection.execute(
        f"select entity_id, epoch_us(event_at), {', '.join(FEATURES)} from feat_thing__recent"
        " qualify row_number() over (partition by entity_id order by event_at desc, known_at desc)"
        " = 1"
    ).fetchall()


# times


def latencies(
    calls: Sequence[Callable[[Any], Any]], arguments: Sequence[Any], turn: int = 50
) -> list[list[float]]:
    """Nanoseconds of each call for each argument; they take turns, so all are disturbed alike."""
    times: list[list[float]] = [[] for _ in calls]
    clock = time.perf_counter_ns
    for argument in arguments[: len(arguments) // 10]:
        for call in calls:
            call(argument)
    for start in range(0, len(arguments), turn):
        for call, found in zip(calls, times, strict=True):
            for argument in arguments[start : start + turn]:
                begun = clock()
                call(argument)
                found.append(clock() - begun)
    return times


def percentile(times: Sequence[float], place: int) -> float:
    return sorted(times)[min(len(times) - 1, len(times) * place // 100)]


def http_latencies(
    port: int, path: str, body_of: Callable[[list[int]], bytes], asked: list[list[int]]
) -> tuple[list[list[float]], bytes]:
    """Nanoseconds of the requests for one entity and for many, and the last answer for one."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times: list[list[float]] = [[], []]
    answer = b""
    for number, entities in enumerate([*asked[:30], *asked]):
        body = body_of(entities)
        begun = time.perf_counter_ns()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        data = response.read()
        took = time.perf_counter_ns() - begun
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {data[:300]!r}")
        if number >= 30:
            times[len(entities) > 1].append(took)
        if len(entities) == 1:
            answer = data
    return times, answer


# processes


@contextmanager
def process(command: list[str], cwd: Path | None = None) -> Iterator[str]:
    """The first line that it prints, and its end."""
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)
    try:
        line = running.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield line
    finally:
        running.terminate()
        running.wait(30)


@contextmanager
def redis_server(folder: Path) -> Iterator[str | None]:
    """A Redis of its own on a free port; None where none is installed."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        say("redis: no redis-server is installed (`apt install redis-server`)")
        yield None
        return
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    port = free_port()
    running = subprocess.Popen([program, "--port", str(port), *options], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        running.terminate()
        running.wait(30)


@contextmanager
def feast_server(python: str, folder: Path) -> Iterator[int]:
    port = free_port()
    options = ["serve", "-h", "127.0.0.1", "-p", str(port), "--no-access-log", "-w", "1"]
    with open(folder / "serve.log", "w") as log:
        running = subprocess.Popen(
            [str(Path(python).parent / "feast"), "-c", str(folder), *options],
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port)
            yield port
        finally:
            running.terminate()
            running.wait(30)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


# what is said


def say(words: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)


def machine(given: argparse.Namespace) -> str:
    """The machine and the versions, in one paragraph."""
    cpu, memory = "unknown processor", ""
    if Path("/proc/cpuinfo").exists():
        cpu = Path("/proc/cpuinfo").read_text().partition("model name")[2]
        cpu = cpu.partition("\n")[0].strip("\t: ")
        total = Path("/proc/meminfo").read_text().split()[1]
        memory = f", {int(total) / 2**20:.0f} GiB"
    versions = [f"Python {sys.version.split()[0]}", f"duckdb {duckdb.__version__}"]
    versions += [f"SQLite {sqlite3.sqlite_version}", f"redis-py {version('redis')}"]
    if program := shutil.which("redis-server") or shutil.which("valkey-server"):
        said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        versions.append(" ".join(said.split()[:3]).replace("v=", ""))
    if given.feast:
        code = (
            "from importlib.metadata import version;"
            "print('Feast', version('feast'), 'with duckdb', version('duckdb'))"
        )
        said = subprocess.run([given.feast, "-c", code], capture_output=True, text=True).stdout
        versions.append(said.strip())
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({cpu}){memory}, load {load:.1f} at"
        f" the start, {given.threads} threads, memory limit {given.memory}. {', '.join(versions)}."
    )


def number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == int(value) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1 else f"{value:.3f}"


def table(lines: Sequence[Line]) -> Iterator[str]:
    """Markdown; a ratio is of times or memory, so that more is worse for the first named."""
    yield "| | | Azekura | by hand | ours / hand | Feast | Feast / ours |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    last = None
    for line in lines:
        case = line.case if line.case != last else ""
        last = line.case
        ratios = ["–", "–"]
        if line.measure != "labels wrong":
            # of a rate, more is better
            pairs = [(line.ours, line.hand), (line.feast, line.ours)]
            if line.measure.endswith("/s"):
                pairs = [pair[::-1] for pair in pairs]
            ratios = [f"{a / b:.2f}" if a is not None and b else "–" for a, b in pairs]
        numbers = [number(line.ours), number(line.hand), ratios[0], number(line.feast), ratios[1]]
        yield f"| {case} | {line.measure} | {' | '.join(numbers)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="of history, for the join")
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--online-rows", type=int, default=1_000_000, help="to materialize")
    parser.add_argument("--drift-rows", type=int, default=1_000_000)
    parser.add_argument("--reads", type=int, default=5000, help="of one entity")
    parser.add_argument("--batches", type=int, default=500, help="reads of a hundred")
    parser.add_argument("--repeat", type=int, default=2, help="the best of so many queries counts")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory", default="12GB", help="DuckDB's limit for a query")
    parser.add_argument("--limit", type=float, default=600, help="seconds that one query may take")
    parser.add_argument("--feast", metavar="PYTHON", help="a Python that has feast[duckdb,redis]")
    parser.add_argument("--output", type=Path, help="write the table there, too")
    parser.add_argument("--work", type=Path, help="an empty folder for the data, that stays")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if "http" in given.parts and "online" not in given.parts:
        parser.error("--parts http serves what the part online materializes: name both.")
    if given.task:
        print(json.dumps(run_query(json.loads(given.task))))
        return
    with tempfile.TemporaryDirectory(prefix="azekura-") as temporary:
        folder = (given.work or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        about = machine(given)
        bench = Bench(folder, given)
        bench.prepare()
        lines = [line for part in PARTS if part in given.parts for line in getattr(bench, part)()]
    text = "\n".join([about, "", *table(lines), ""])
    print(text)
    if given.output:
        given.output.write_text(text)


if __name__ == "__main__":
    main()
