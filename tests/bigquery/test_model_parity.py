"""Every model of pure SQL gives the same rows on DuckDB and on GoogleSQL's reference evaluator.

dbt builds a small lake on DuckDB, whole and then for a window. Each model's BigQuery SQL is then
evaluated on the rows that DuckDB made of what the model reads, so that a difference shows where it
arises; the lake is read as external tables.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import duckdb
import pytest
from dbt.node_types import NodeType
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import duckdb_rows, external_tables, gaps, sample
from parity.comparison import differences
from projects import Project

from googlesql.service import Refused
from googlesql.types import text
from googlesql.values import Rows

PURE_SQL = [
    *("tag:lake", "tag:warehouse", "tag:marts", "tag:features", "resource_type:snapshot"),
    *("feature_catalogue", "feature_freshness", "feature_statistics", "feature_distribution"),
    *gaps.EMPTY,
]
ON_WINDOW = "config.materialized:incremental"


@dataclass
class Compared:
    """One model: how many rows it has, and how the engines differ."""

    rows: int
    problems: list[str]


@dataclass
class Sampled:
    """The small lake, built by dbt on DuckDB; nodes by their name."""

    project: Project
    seeds: dict
    built: dict
    windowed: dict
    trained: dict  # compiled only


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory, rendered) -> Sampled:
    project = Project(tmp_path_factory.mktemp("sampled"))
    sample.write(project.lake)
    training_sets = [name for name in rendered.queries if name.endswith("__training_set")]
    seeds = project.build("--select", "resource_type:seed")
    built = project.build("--select", *PURE_SQL, *training_sets)
    compared = ["--select", ON_WINDOW, "--exclude", *gaps.MODELS]
    windowed = project.dbt("run", *compared, "--vars", sample.window_variables())
    windowed.succeeded()
    untested = ["--indirect-selection", "empty"]
    trained = project.dbt("compile", *untested, "--select", *_trained(rendered.manifest))
    trained.succeeded()
    return Sampled(project, seeds.nodes, built.nodes, windowed.nodes, trained.nodes)


@pytest.fixture(scope="module")
def database(sampled):
    with duckdb.connect(str(sampled.project.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="module")
def inputs(sampled, database, rendered, service) -> Callable[[str], dict[str, Rows]]:
    """What a model reads of what was built, by BigQuery's paths."""
    manifest = rendered.manifest
    by_name = {node.alias: node for node in manifest.nodes.values()}
    known: dict[str, Rows] = {}

    def rows(above) -> Rows:
        if above.unique_id in manifest.sources:
            return external_tables.rows(sampled.project.lake, above, service.type_named)
        node = sampled.seeds.get(above.alias) or sampled.built[above.alias]
        columns, found = duckdb_rows.query(database, f"from {node.schema}.{node.alias}")
        return Rows({name: service.type_named(type_) for name, type_ in columns.items()}, found)

    def read_by(name: str) -> dict[str, Rows]:
        tables = {}
        waiting = list(by_name[name].depends_on.nodes)
        while waiting:
            unique_id = waiting.pop()
            above = manifest.sources.get(unique_id) or manifest.nodes[unique_id]
            if above.original_file_path.startswith("models/catalogue/"):
                # what it names through the graph stands above the models that name it by ref()
                waiting += above.depends_on.nodes
            if unique_id in manifest.sources or above.alias in {**sampled.seeds, **sampled.built}:
                path = ".".join([above.database, above.schema, above.identifier])
                tables[path] = known[unique_id] = known.get(unique_id) or rows(above)
        return tables

    return read_by


@pytest.fixture(scope="module")
def compare(database, inputs, service) -> Callable[..., Compared]:
    """Compare a model's rows by its BigQuery SQL with those of a query on DuckDB."""

    def run(name: str, bigquery_sql: str, duckdb_sql: str) -> Compared:
        theirs = service.evaluate(bigquery_sql, inputs(name))
        columns, ours = duckdb_rows.query(database, duckdb_sql)
        types = {column: text(type_) for column, type_ in theirs.columns.items()}
        problems = []
        if list(columns.items()) != list(types.items()):
            problems.append(f"columns are {columns} on DuckDB, {types} on BigQuery")
        left_out = [list(types).index(c) for (model, c) in gaps.COLUMNS if model == name]
        one, other = (without(rows, left_out) for rows in (ours, theirs.rows))
        for engine, rows in zip(("DuckDB", "BigQuery"), differences(one, other), strict=True):
            problems += [f"only on {engine}: {row}" for row in rows]
        for place in left_out:
            if not any(
                differences([(r[place],) for r in ours], [(r[place],) for r in theirs.rows])
            ):
                problems.append(f"column {list(types)[place]} is the same: it is no gap")
        return Compared(len(ours), problems)

    return run


def test_the_sample_holds_what_is_hard(sampled):
    """Else nothing would be proved by it."""
    [counts] = sampled.project.query(
        "select count(*) filter (tail_number is null), count(*) filter (tail_number = ''),"
        " count(*) filter (departure_delay_minutes is null),"
        " count(*) filter (departure_delay_minutes is not null and arrival_delay_minutes is null),"
        " count(*) filter (ingested_date > cast(scheduled_at as date)),"
        " count(*) filter (ingested_date < cast(scheduled_at as date)),"
        " count(*) filter (flight_date = '2013-10-01'),"
        " count(*) filter (flight_date < '1970-01-01'),"
        " count(*) filter (flight_date in ('2013-03-10', '2013-11-03')),"
        " count(*) filter (dayofweek(flight_date) = 0),"
        " count(*) filter (flight_date = last_day(flight_date)),"
        " count(*) - count(distinct (scheduled_at, carrier_code))"
        " from lake.stg_nycflights13__flights"
    )
    assert all(counts), counts
    reasons = sampled.project.query(
        "select source_table, count(distinct reject_reason) from lake.stg_nycflights13__rejects"
        " group by source_table"
    )
    assert {table: count > 1 for table, count in reasons if table in ("flights", "weather")} == {
        "flights": True,
        "weather": True,
    }
    assert sampled.project.query(
        "select tail_number from warehouse.dim_aircraft"
        " group by tail_number having count(distinct carrier_code) > 1"
    )
    assert sampled.project.query("select 1 from warehouse.dim_airport where not is_listed")


def test_models_give_the_same_rows(sampled, compare, rendered, window_queries, record_property):
    compared = {}
    for name, node in sampled.built.items():
        columns = "columns(c -> c not like 'dbt\\_%' escape '\\')"
        made = f"select {columns} from {node.schema}.{node.alias}"
        compared[name] = compare(name, rendered.queries[name], made)
    for name, node in sampled.windowed.items():
        compared[f"{name}, a window"] = compare(name, window_queries[name], node.compiled_code)
    wanted = {
        node.alias
        for node in rendered.manifest.nodes.values()
        if node.resource_type in (NodeType.Model, NodeType.Snapshot)
        and node.config.materialized != "ml_model"
    }
    assert wanted - gaps.MODELS.keys() == sampled.built.keys()
    assert window_queries.keys() - gaps.MODELS.keys() == sampled.windowed.keys()
    assert {name: found.problems for name, found in compared.items() if found.problems} == {}
    assert sorted(name for name, found in compared.items() if not found.rows) == [*gaps.EMPTY]
    rows = sum(found.rows for found in compared.values())
    record_property(
        "parity",
        f"parity of models: {len(sampled.built)} models and snapshots,"
        f" {len(sampled.windowed)} of them also for a window, {rows:,} rows compared",
    )


def test_models_are_trained_on_the_same_rows(sampled, compare, rendered, record_property):
    """The query of each model of BigQuery ML."""
    compared = {
        name: compare(name, rendered.queries[name], node.compiled_code)
        for name, node in sampled.trained.items()
    }
    assert compared.keys() == set(_trained(rendered.manifest))
    assert {name: found.problems for name, found in compared.items() if found.problems} == {}
    rows = sum(found.rows for found in compared.values())
    record_property(
        "parity", f"parity of training queries: {len(compared)} models, {rows:,} rows compared"
    )


_days = st.sampled_from([0, 1, 2, 6, 7, 8, 26, 27, 28]).map(
    lambda day: date(2013, 9, 3) + timedelta(days=day)
)
_flight = st.fixed_dictionaries(
    {
        "flight_date": _days,
        "carrier_code": st.sampled_from(["AA", "aa"]),
        "origin_airport_code": st.sampled_from(["EWR", "JFK"]),
        "destination_airport_code": st.just("ORD"),
        "departure_delay_minutes": st.none() | st.integers(-30, 90),
        "arrival_delay_minutes": st.none() | st.integers(-60, 120),
        "air_time_minutes": st.none() | st.integers(0, 400),
        "is_cancelled": st.booleans(),
        "is_late_departure": st.none() | st.booleans(),
        "is_late_arrival": st.none() | st.booleans(),
        "ingested_at": st.tuples(_days, st.integers(0, 200)).map(
            lambda it: datetime.combine(it[0], time(20)) + timedelta(minutes=it[1])
        ),
    }
)


@settings(max_examples=4)
@given(flights=st.lists(_flight, min_size=1, max_size=20))
def test_rolling_features_are_the_same_on_any_history(
    sampled, inputs, rendered, window_queries, service, flights
):
    """On flights that need not be possible, whole and for a window."""
    features = ["feat_carrier__punctuality", "feat_route__history", "feat_airport__traffic"]
    [(path, real)] = inputs(features[0]).items()
    rows = [
        tuple({**flight, "known_at": flight["ingested_at"]}.get(name) for name in real.columns)
        for flight in flights
    ]
    history = Rows(real.columns, rows)
    with duckdb_rows.session() as connection:
        connection.execute("attach ':memory:' as azekura; create schema azekura.warehouse")
        connection.execute("use azekura.warehouse")
        duckdb_rows.load(connection, {"fct_flight": history})
        for name in features:
            for queries, nodes in (
                (rendered.queries, sampled.built),
                (window_queries, sampled.windowed),
            ):
                theirs = service.evaluate(queries[name], {path: history})
                _, ours = duckdb_rows.query(connection, nodes[name].compiled_code)
                assert differences(ours, theirs.rows) == ([], []), name


def test_a_model_that_is_not_compared_cannot_be(inputs, rendered, service, record_property):
    nodes = {node.alias: node for node in rendered.manifest.nodes.values()}
    possible = []
    for name, reason in gaps.MODELS.items():
        assert reason
        try:
            service.evaluate(rendered.queries[name], inputs(name))
        except Refused as refused:
            assert re.search(gaps.REFUSED, refused.reason), (name, refused.reason)
        else:
            possible.append(name)
        record_property("parity", f"gap: {name}: {reason}")
    assert possible == []
    for (name, column), reason in gaps.COLUMNS.items():
        assert reason
        assert name in nodes
        record_property("parity", f"gap: {name}.{column}: {reason}")


def _trained(manifest) -> list[str]:
    return [
        node.alias
        for node in manifest.nodes.values()
        if getattr(node.config, "materialized", None) == "ml_model"
    ]


def without(rows: list[tuple], places: list[int]) -> list[tuple]:
    return [tuple(v for place, v in enumerate(row) if place not in places) for row in rows]
