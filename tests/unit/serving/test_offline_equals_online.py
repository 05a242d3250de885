"""The online store says at any moment what the training set says of that moment.

Random histories go through the online store in the order in which they became known: written row
by row, or materialized out of a DuckDB file in steps, some rows pushed before they land there.
Reads in between, whose present is the moment, are compared with the SQL that dbt compiles of the
training set that declares the service. A read as at that moment says the same, except of what is
known before it happens: a forecast of later than the moment is not told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, pairwise, product
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pytest
from feature_views import same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import Tiny

from serving.definitions import FeatureService, FeatureView
from serving.materialize import materialize
from serving.offline import DuckDBSource
from serving.reader import read_service
from serving.registry import Registry
from serving.stores import states
from serving.stores.base import OnlineStore, Status
from serving.types import microseconds

START = datetime(2026, 1, 1, tzinfo=UTC)

# one view that a test tells apart by event, one by event and known time, and one without a test
VIEWS = """
models:
  - name: feat_thing__level
    config:
      contract: {enforced: true}
      meta: {feature_store: {entity: thing, keys: [thing_id], ttl: 5 hours, online: true}}
    data_tests:
      - unique_combination: {arguments: {columns: [event_at, thing_id]}}
    columns:
      - {name: thing_id, data_type: int64}
      - {name: event_at, data_type: timestamp}
      - {name: known_at, data_type: timestamp}
      - {name: level, data_type: int64}
  - name: feat_thing__corrected
    config:
      contract: {enforced: true}
      meta: {feature_store: {entity: thing, keys: [thing_id], online: true}}
    data_tests:
      - unique_combination: {arguments: {columns: [thing_id, event_at, known_at]}}
    columns:
      - {name: thing_id, data_type: int64}
      - {name: event_at, data_type: timestamp}
      - {name: known_at, data_type: timestamp}
      - {name: name, data_type: string}
      - {name: day, data_type: date}
  - name: feat_pair__rates
    config:
      contract: {enforced: true}
      meta:
        feature_store:
          entity: pair
          keys: [place, thing]
          event_time: happened_at
          known_time: loaded_at
          ttl: 4 hours
          is_deleted: is_gone
          online: true
    columns:
      - {name: place, data_type: string}
      - {name: thing, data_type: int64}
      - {name: happened_at, data_type: timestamp}
      - {name: loaded_at, data_type: timestamp}
      - {name: is_gone, data_type: bool}
      - {name: rate, data_type: float64}
      - {name: label, data_type: string}
      - {name: is_new, data_type: bool}
      - {name: seen_at, data_type: timestamp}
      - {name: cost, data_type: numeric}
"""
TABLES = {
    "feat_thing__level": "thing_id bigint, event_at timestamp, known_at timestamp, level bigint",
    "feat_thing__corrected": "thing_id bigint, event_at timestamp, known_at timestamp,"
    " name varchar, day date",
    "feat_pair__rates": "place varchar, thing bigint, happened_at timestamp, loaded_at timestamp,"
    " is_gone boolean, rate double, label varchar, is_new boolean, seen_at timestamp,"
    " cost decimal(38,9)",
}
LABELS = "number bigint, place varchar, thing_id bigint, moment timestamp"
TRAINING_SET = """
select * from {{ feature_join(ref('labels'), at='moment', service='things', status=true, views=[
    {'view': 'feat_thing__level', 'columns': ['level']},
    {'view': 'feat_thing__corrected', 'columns': {'day': 'last_day', 'name': 'last_name'}},
    {
        'view': 'feat_pair__rates',
        'keys': {'thing_id': 'thing', 'place': 'place'},
        'columns': ['rate', 'label', 'is_new', 'seen_at', 'cost'],
    },
]) }} as joined
"""
# things 1 and 2 in places x and y have histories, nothing is ever known of others
ENTITIES = [
    {"place": place, "thing_id": thing}
    for place, thing in [*product("xy", [1, 2]), ("x", 3), ("z", 1), (None, 2), ("y", None)]
]


class Row(NamedTuple):
    """A row of a view, and how it comes.

    lands   into the warehouse: `early`, before it is known; `when known`; or `late`, one step after
    pushed  whether it is written online when it becomes known, as well
    """

    view: str
    values: Mapping[str, Any]
    known: datetime | None
    is_readable: bool
    lands: str
    pushed: bool


hours = st.integers(0, 9).map(lambda hour: START + timedelta(hours=hour))
# known before it happened, at once, late, never
delays = st.sampled_from([0, 0, 0, 1, 2, 3, 6, -1, None]).map(
    lambda hours: None if hours is None else timedelta(hours=hours)
)
things = st.sampled_from([1, 1, 1, 2, 2, None])
places = st.sampled_from(["x", "x", "x", "y", "y", None])
VALUES = {
    "level": st.none() | st.integers(-1, 2),
    "name": st.none() | st.sampled_from(["", "Z", "a", "ä"]),
    "day": st.none() | st.sampled_from([START.date(), START.date() - timedelta(days=1)]),
    "is_gone": st.sampled_from([False, False, True, None]),
    "rate": st.none() | st.sampled_from([float("-inf"), -0.5, 1.5, float("nan")]),
    "label": st.none() | st.sampled_from(["", "a", "ä"]),
    "is_new": st.none() | st.booleans(),
    "seen_at": st.none() | st.just(START - timedelta(microseconds=1)),
    "cost": st.none() | st.sampled_from([Decimal("-1.5"), Decimal("2.000000001")]),
}


def rows_of(
    view: str,
    keys: Mapping[str, st.SearchStrategy],
    columns: Sequence[str],
    times: tuple[str, str] = ("event_at", "known_at"),
    unique_by: Sequence[str] = (),
) -> st.SearchStrategy[list[Row]]:
    """Rows of a view; no two of them have the same in all the columns `unique_by`, if any."""

    def make(key, event, delay, variants) -> list[Row]:
        known = None if event is None or delay is None else event + delay
        whole = [{**key, times[0]: event, times[1]: known, **values} for values, _, _ in variants]
        is_readable = None not in (*key.values(), event, known)
        return [
            Row(view, values, known, is_readable, lands, pushed)
            for values, (_, lands, pushed) in zip(whole, variants, strict=True)
        ]

    variant = st.tuples(
        st.fixed_dictionaries({column: VALUES[column] for column in columns}),
        st.sampled_from(["when known", "when known", "early", "late"]),
        st.booleans(),
    )
    rows = st.builds(
        make,
        st.fixed_dictionaries(keys),
        hours | hours | hours | hours | hours | st.none(),
        delays,
        # alike in both times, where no test says that there are none
        st.lists(variant, min_size=1, max_size=1 if unique_by else 3),
    )

    def joined(rows: list[list[Row]]) -> list[Row]:
        alike = {
            tuple(row.values[name] for name in unique_by or row.values): row for row in chain(*rows)
        }
        found = list(alike.values())
        if unique_by:
            return found
        # some of them twice, and some taken away by a row that is like them in all else
        gone = [row._replace(values={**row.values, "is_gone": True}) for row in found[::3]]
        return [*found, *found[::4], *gone]

    return st.lists(rows, min_size=5, max_size=12).map(joined)


histories = st.tuples(
    rows_of(
        "feat_thing__level", {"thing_id": things}, ["level"], unique_by=["thing_id", "event_at"]
    ),
    rows_of(
        "feat_thing__corrected",
        {"thing_id": things},
        ["name", "day"],
        unique_by=["thing_id", "event_at", "known_at"],
    ),
    rows_of(
        "feat_pair__rates",
        {"place": places, "thing": things},
        ["is_gone", "rate", "label", "is_new", "seen_at", "cost"],
        times=("happened_at", "loaded_at"),
    ),
).map(lambda views: list(chain(*views)))
# whole hours, as TTLs end, and a microsecond later
moments = st.lists(
    st.builds(
        lambda hour, us: START + timedelta(hours=hour, microseconds=us),
        st.integers(2, 14),
        st.sampled_from([0, 0, 1]),
    ),
    min_size=2,
    max_size=5,
    unique=True,
).map(sorted)


class Offline:
    """The training set: its SQL as dbt compiles it, and its tables in memory."""

    def __init__(self, sql: str, service: FeatureService) -> None:
        self.service = service
        self._sql = sql
        self._connection = duckdb.connect()
        # as the profile has it
        self._connection.execute(
            "attach ':memory:' as azekura; use azekura;"
            "set default_null_order = 'nulls_first_on_asc_last_on_desc'; set threads = 1"
        )
        create(self._connection, {**TABLES, "labels": LABELS})

    @property
    def views(self) -> dict[str, FeatureView]:
        return {part.view.name: part.view for part in self.service.views}

    def answers(
        self, rows: Iterable[Row], moments: Sequence[datetime]
    ) -> list[list[dict[str, Any]]]:
        """What the join gives ENTITIES at each moment: features by name, and statuses."""
        fill(self._connection, rows)
        labels = [{**entity, "moment": plain(m)} for m in moments for entity in ENTITIES]
        insert(self._connection, "labels", [{"number": n, **row} for n, row in enumerate(labels)])
        found = self._connection.execute(f"select * from ({self._sql}) order by number")
        names = [column[0] for column in found.description]
        answers = [
            {
                name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
                for name, value in zip(names, row, strict=True)
                if name not in ("number", "place", "thing_id", "moment")
            }
            for row in found.fetchall()
        ]
        size = len(ENTITIES)
        return [answers[start : start + size] for start in range(0, len(answers), size)]


def plain(value: Any) -> Any:
    """A moment as the tables hold it, in UTC without saying so."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def fill(connection: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> None:
    """Put these rows into the tables of the views, and no others."""
    of_views = {view: [] for view in TABLES}
    for row in rows:
        of_views[row.view].append({name: plain(value) for name, value in row.values.items()})
    for view, values in of_views.items():
        insert(connection, view, values)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(f"delete from azekura.main.{table}")
    if rows:
        given = pa.Table.from_pylist(rows)
        connection.register("given", given)
        connection.execute(f"insert into azekura.main.{table} by name select * from given")
        connection.unregister("given")


def create(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> None:
    for table, columns in tables.items():
        connection.execute(f"create table if not exists azekura.main.{table} ({columns})")


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    project = Tiny(tmp_path_factory.mktemp("tiny"))
    project.variables["DBT_WRITE_JSON"] = "true"
    (project.root / "models" / "views.yml").write_text(VIEWS)
    for name in (*TABLES, "labels"):
        project.model(name, "select 1 as number")
    project.model("training_set", TRAINING_SET)
    outcome = project.dbt("compile")
    outcome.succeeded()
    registry = Registry.from_manifest(Path(project.variables["DBT_TARGET_PATH"]) / "manifest.json")
    return Offline(outcome.nodes["training_set"].compiled_code, registry.service("things"))


@contextmanager
def present(moment: datetime) -> Iterator[None]:
    """Stores that are read inside believe that it is this moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(states, "time", SimpleNamespace(time_ns=lambda: microseconds(moment) * 1000))
        yield


class Compared:
    """Compares, and counts what was compared."""

    def __init__(self, store: OnlineStore, offline: Offline) -> None:
        self.store, self.offline = store, offline
        self.histories = self.moments = 0
        self.statuses = Counter()

    def begin(self) -> None:
        """Another history, in an empty store."""
        self.histories += 1
        for view in self.offline.views.values():
            self.store.drop(view.name, view.version)

    def read(self, moment: datetime, expected: list[dict[str, Any]]) -> None:
        """Read all entities at a moment, in one call and one by one."""
        service = self.offline.service
        with present(moment):
            answers = read_service(self.store, service, ENTITIES)
            singles = {
                (number, place): self.store.read_one(
                    part.view,
                    [entity[name] for name, _ in part.keys],
                    columns=tuple(column for column, _ in part.columns),
                )
                for number, entity in enumerate(ENTITIES)
                for place, part in enumerate(service.views)
            }
        as_at = read_service(self.store, service, ENTITIES, moment)
        for number, (entity, answer, row) in enumerate(
            zip(ENTITIES, answers, expected, strict=True)
        ):
            found = dict(answer.values)
            for place, (part, told) in enumerate(zip(service.views, answer.answers, strict=True)):
                found[f"{part.view.name}__status"] = str(told.status)
                single = singles[number, place]
                assert same(list(single), list(told)), (moment, entity)
                past = as_at[number].answers[place]
                if past.status == Status.NOT_AVAILABLE_AT:
                    happened = told.event_time
                    assert told.status == Status.NOT_FOUND or happened > moment, (moment, entity)
                else:
                    assert same(list(past), list(told)), (moment, entity)
                self.statuses[str(told.status)] += 2
            assert found.keys() == row.keys()
            differing = {n: (found[n], row[n]) for n in row if not same(found[n], row[n])}
            assert not differing, f"(online, offline) of {entity} at {moment}: {differing}"
        self.moments += 1

    def __str__(self) -> str:
        statuses = ", ".join(f"{count:,} {name}" for name, count in self.statuses.most_common())
        return (
            f"{self.statuses.total():,} reads ({statuses}) at {self.moments:,} moments"
            f" of {self.histories:,} histories, 0 differ"
        )


@pytest.fixture
def compared(store, offline, record_property) -> Iterator[Compared]:
    compared = Compared(store, offline)
    yield compared
    record_property("compared", str(compared))


def examples(number: int) -> settings:
    # all histories of a test go through one store, emptied in between
    return settings(
        max_examples=number, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@examples(60)
@given(history=histories, moments=moments, random=st.randoms(use_true_random=False))
def test_a_stream_of_writes_is_read_as_the_training_set_has_it(
    compared: Compared, history: list[Row], moments: list[datetime], random: Random
):
    views = compared.offline.views
    compared.begin()
    for view in views.values():
        with compared.store.materializing(view) as materialization:
            materialization.finish(None)
    # those known at one time come in any order
    random.shuffle(history)
    stream = sorted([row for row in history if row.is_readable], key=lambda row: row.known)
    expected = compared.offline.answers(history, moments)
    steps = pairwise([datetime.min.replace(tzinfo=UTC), *moments])
    for (last, moment), answers in zip(steps, expected, strict=True):
        for row in stream:
            if last < row.known <= moment:
                compared.store.write_rows(views[row.view], [row.values])
        compared.read(moment, answers)


@examples(20)
@given(data=st.data(), history=histories, moments=moments)
def test_what_is_materialized_in_steps_is_read_as_the_training_set_has_it(
    compared: Compared, tmp_path: Path, data, history: list[Row], moments: list[datetime]
):
    views = compared.offline.views
    warehouse = tmp_path / "warehouse.duckdb"
    compared.begin()
    for last, moment in pairwise([datetime.min.replace(tzinfo=UTC), *moments]):
        full = {name: data.draw(st.sampled_from([False, False, True])) for name in views}
        landed = landed_at(history, last, moment, full)
        pushed = [r for r in history if r.pushed and r.is_readable and r.known <= moment]
        with duckdb.connect() as connection:
            connection.execute(f"attach '{warehouse}' as azekura")
            create(connection, TABLES)
            fill(connection, landed)
        live = {live.view for live in compared.store.live()}
        for row in pushed:
            if row.view in live and row.known > last:
                compared.store.write_rows(views[row.view], [row.values])
        source = DuckDBSource(warehouse)
        for name, view in views.items():
            materialize(compared.store, source, view, full[name], until=moment)
        source.close()
        # a row pushed before there was a table is not taken
        for row in pushed:
            if row.view not in live:
                compared.store.write_rows(views[row.view], [row.values])
        known = [*landed, *[row for row in pushed if row not in landed]]
        [answers] = compared.offline.answers(known, [moment])
        compared.read(moment, answers)


def landed_at(
    history: list[Row], last: datetime, moment: datetime, full: Mapping[str, bool]
) -> list[Row]:
    """The rows that are in the warehouse at a moment, when `last` was the one before.

    The contract lets a row land after others known at the same time, not after those known later.
    """

    def is_late(row: Row) -> bool:
        return row.lands == "late" and row.is_readable and last < row.known <= moment

    def is_there(row: Row) -> bool:
        return row.lands == "early" or row.known is None or row.known <= moment

    landed = [row for row in history if is_there(row) and not is_late(row)]
    newest = {
        view: max(
            (r.known for r in landed if r.view == view and r.is_readable and r.known <= moment),
            default=None,
        )
        for view in TABLES
    }

    def may_be_late(row: Row) -> bool:
        if newest[row.view] is None:
            return True
        # a full build keeps only what was pushed later than all that the warehouse gives it
        is_kept = row.pushed and full[row.view]
        return row.known > newest[row.view] or (row.known == newest[row.view] and not is_kept)

    return landed + [row for row in history if is_late(row) and not may_be_late(row)]
