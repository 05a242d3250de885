"""feature_join: its contract case by case, and a definition by brute force on random histories."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import point_in_time
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2013, 1, 1)
TTL = timedelta(hours=5)

# a view whose rows a test tells apart by event, one by event and known time, and one without a test
VIEWS = """
models:
  - name: feat_slow
    config:
      contract: {enforced: true}
      meta: {feature_store: {entity: thing, keys: [entity], ttl: 5 hours}}
    data_tests:
      - unique_combination: {arguments: {columns: [event_at, entity]}}
    columns: &columns
      - {name: entity, data_type: int64}
      - {name: event_at, data_type: timestamp}
      - {name: known_at, data_type: timestamp}
      - {name: level, data_type: int64}
  - name: feat_corrected
    config:
      contract: {enforced: true}
      meta: {feature_store: {entity: thing, keys: [entity]}}
    data_tests:
      - unique_combination: {arguments: {columns: [entity, event_at, known_at]}}
    columns: *columns
  - name: feat_pair
    config:
      contract: {enforced: true}
      meta:
        feature_store:
          entity: pair
          keys: [entity_id, place]
          event_time: happened_at
          known_time: loaded_at
          ttl: 5 hours
          is_deleted: is_gone
    columns:
      - {name: entity_id, data_type: int64}
      - {name: place, data_type: string}
      - {name: happened_at, data_type: timestamp}
      - {name: loaded_at, data_type: timestamp}
      - {name: is_gone, data_type: bool}
      - {name: rate, data_type: int64}
      - {name: spread, data_type: int64}
"""
MODELS = {
    "labels": "select 1 as id, 1 as entity, 'x' as place, timestamp '2013-01-01' as moment",
    "feat_slow": "select 1::bigint as entity, timestamp '2013-01-01' as event_at,"
    " timestamp '2013-01-01' as known_at, 1::bigint as level",
    "feat_corrected": "select * from {{ ref('feat_slow') }}",
    "feat_pair": "select 1::bigint as entity_id, 'x' as place, false as is_gone,"
    " timestamp '2013-01-01' as happened_at, timestamp '2013-01-01' as loaded_at,"
    " 1::bigint as rate, 2::bigint as spread",
}
JOIN = """
select * from {{{{ feature_join(
    ref('labels'), at='moment', as_of='{}', strict={}, status=true, views=[
    {{'view': 'feat_slow', 'columns': ['level']}},
    {{'view': 'feat_corrected', 'columns': {{'level': 'corrected'}}}},
    {{
        'view': 'feat_pair',
        'keys': {{'entity': 'entity_id', 'place': 'place'}},
        'columns': ['rate', 'spread'],
    }},
]) }}}} as joined
"""
OTHERS = {
    "feat_slow": "3, moment, moment, 1",
    "feat_corrected": "3, moment, moment, 1",
    "feat_pair": "1, 'z', moment, moment, false, 1, 1",
}
WAYS = [(as_of, strict) for as_of in ("known", "event") for strict in (False, True)]

entities = st.sampled_from([1, 2, None])
places = st.sampled_from(["x", "y", None])
moments = st.integers(0, 12).map(lambda hour: START + timedelta(hours=hour))
values = st.none() | st.integers(0, 9)
labels = st.lists(st.tuples(entities, places, moments), max_size=12)


def histories(keys, unique_by):
    """Rows (*keys, event_at, known_at, value), where unique_by tells no two apart."""
    row = st.tuples(*keys, moments, st.none() | st.integers(0, 8), values)
    return st.lists(row, max_size=25).map(
        lambda rows: list(
            {
                unique_by(found): found
                for *of, event, delay, value in rows
                for found in [
                    (*of, event, None if delay is None else event + timedelta(hours=delay), value)
                ]
            }.values()
        )
    )


@pytest.fixture(scope="module")
def compiled(tiny) -> dict[str, str]:
    """Every way to join, as dbt compiles it for DuckDB."""
    project = tiny()
    (project.root / "models" / "views.yml").write_text(VIEWS)
    for name, sql in MODELS.items():
        project.model(name, sql)
    for as_of, strict in WAYS:
        project.model(f"joined_{as_of}_{strict}".lower(), JOIN.format(as_of, str(strict).lower()))
    for mode in point_in_time.MODES:
        project.model(f"contract_{mode}", point_in_time.join(mode))
        project.model(f"query_{mode}", point_in_time.join(mode, "select * from labels"))
    outcome = project.dbt("compile")
    outcome.succeeded()
    return {name: node.compiled_code for name, node in outcome.nodes.items()}


@pytest.mark.parametrize("kind", ["contract", "query"])
@pytest.mark.parametrize("mode", point_in_time.MODES)
def test_the_contract_holds_case_by_case(compiled, mode, kind):
    with duckdb.connect() as connection:
        connection.execute(
            "create table labels (id int, entity int, moment timestamp);"
            "create table states (entity int, event_at timestamp, known_at timestamp, level int,"
            " is_gone bool)"
        )
        fill(connection, "labels", point_in_time.labels(mode))
        fill(connection, "states", point_in_time.states(mode))
        found = connection.execute(compiled[f"{kind}_{mode}"]).fetchall()
    assert found == point_in_time.answers(mode)


def fill(connection, table, rows):
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {table} values ({marks})", rows)


def state(history, keys, moment, as_of, strict):
    """The row seen at a moment: (event_at, known_at, value); known_at NULL is before all others."""
    never = datetime.min
    rows = [
        (event, known or never, -1 if value is None else value)
        for *of, event, known, value in history
        if tuple(of) == keys and None not in keys
        for time in [known if as_of == "known" else event]
        if time is not None and (time < moment or (time == moment and not strict))
    ]
    return max(rows, default=None)


def seen(history, keys, moment, as_of, strict, ttl=timedelta.max, gone=-2):
    """The value and the status."""
    found = state(history, keys, moment, as_of, strict)
    if found is None or found[2] == gone:
        return None, "NOT_FOUND"
    if moment - found[0] > ttl:
        return None, "OUTSIDE_TTL"
    return (None, "NULL") if found[2] == -1 else (found[2], "PRESENT")


@settings(max_examples=100)
@given(
    labels,
    histories([entities], lambda row: row[:2]),
    histories([entities], lambda row: row[:3]),
    histories([entities, places], lambda row: row),
    st.booleans(),
)
def test_each_label_gets_the_state_of_its_moment(compiled, rows, slow, corrected, pair, long):
    with duckdb.connect() as connection:
        connection.execute(
            "attach ':memory:' as azekura; use azekura;"
            "create table labels (id int, entity int, place text, moment timestamp);"
            "create table feat_slow (entity int, event_at timestamp, known_at timestamp,"
            " level int);"
            "create table feat_corrected as from feat_slow;"
            "create table feat_pair (entity_id int, place text, happened_at timestamp,"
            " loaded_at timestamp, is_gone bool, rate int, spread int);"
            "set default_null_order = 'nulls_first_on_asc_last_on_desc'"
        )
        fill(connection, "labels", [(number, *row) for number, row in enumerate(rows)])
        fill(connection, "feat_slow", slow)
        fill(connection, "feat_corrected", corrected)
        # a nine says that the pair is gone
        fill(connection, "feat_pair", [(*r[:-1], r[-1] == 9, r[-1], r[-1]) for r in pair])
        if long:  # so many rows of others that labels are few: rows of their keys alone are taken
            for table, columns in OTHERS.items():
                connection.execute(
                    f"insert into {table} select {columns} from (select"
                    " timestamp '2013-01-01' + to_minutes(i) as moment from range(1300) t(i))"
                )
        for as_of, strict in WAYS:
            found = connection.execute(compiled[f"joined_{as_of}_{strict}".lower()]).fetchall()
            expected = []
            for number, (entity, place, moment) in enumerate(rows):
                how = (moment, as_of, strict)
                one = seen(slow, (entity,), *how, TTL)
                two = seen(corrected, (entity,), *how)
                three = seen(pair, (entity, place), *how, TTL, gone=9)
                answer = (*one, *two, three[0], *three)
                expected.append((number, entity, place, moment, *answer))
            assert Counter(found) == Counter(expected), (as_of, strict)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("views=[{'view': 'feat_slow'}]", ["view number 1 lacks 'columns'"]),
        (
            "views=[{'view': 'feat_slow', 'columns': ['level'], 'ttl': '3 hours'}]",
            ["option 'ttl' of view number 1 is unknown"],
        ),
        ("views=[{'view': 'feat_slow', 'columns': 'level'}]", ["'columns'", "must be a list"]),
        (
            "views=[{'view': 'feat_slow', 'columns': ['level'], 'as': 5}]",
            ["'as' of view number 1 must be text, got '5'"],
        ),
        (
            "views=[{'relation': ref('feat_slow'), 'columns': ['level']}]",
            ["view number 1 lacks 'keys'; a relation needs keys and columns"],
        ),
        (
            "views=[{'relation': ref('feat_slow'), 'keys': 'entity', 'columns': ['level']}]",
            ["'keys' of view number 1 must be a list of names", "got 'entity'"],
        ),
        ("views=[]", ["'views' must be a list of at least one view"]),
        (
            "views=[{'view': 'feat_slow', 'columns': ['lever']}]",
            ["has no feature 'lever'; did you mean 'level'?"],
        ),
        (
            "views=[{'view': 'feat_slow', 'keys': ['moment'], 'columns': ['level']}]",
            ["view 'feat_slow' has the keys entity; 'keys' names moment"],
        ),
        (
            "views=[{'view': 'labels', 'columns': ['id']}]",
            ["'labels' is no feature view; did you mean 'feat_slow'?"],
        ),
        (
            "views=[{'view': 'feat_slow', 'columns': ['level']},"
            " {'view': 'feat_slow', 'as': 'again', 'columns': ['level']}]",
            ["two views give a column 'level'"],
        ),
        (
            "views=[{'view': 'feat_slow', 'columns': ['level']},"
            " {'view': 'feat_slow', 'columns': {'level': 'other'}}]",
            ["view 'feat_slow' is joined twice; tell the two apart by 'as'"],
        ),
        (
            "views=[{'view': 'feat_slow', 'columns': ['level']}], as_of='now'",
            ["'as_of' must be known or event, got 'now'"],
        ),
        (
            "views=[{'relation': ref('feat_slow'), 'keys': ['entity'], 'columns': ['level']}],"
            " service='it'",
            ["service 'it' cannot serve view number 1, a relation"],
        ),
        (
            "views=[{'relation': ref('feat_slow'), 'keys': ['entity'], 'columns': ['level'],"
            " 'ttl': '3 fortnights'}]",
            ["'ttl' of view number 1 must be a whole number and a unit, like '3 hours'"],
        ),
        (
            "views=[{'relation': ref('feat_slow'), 'keys': ['entity'], 'columns': ['level'],"
            " 'is_deleted': 'level'}], fill='last_non_null'",
            ["fill: a value of view 'view_1' would outlive the row that deletes it"],
        ),
    ],
)
def test_a_call_that_is_wrong_is_refused_in_one_sentence(refusing, call, words):
    refusing.model(
        "asked",
        "select * from {{ feature_join(ref('labels'), at='moment', " + call + ") }} as asked",
    )
    refusing.dbt("compile", "--select", "asked").failed_saying("asked: ", *words)


@pytest.fixture(scope="module")
def refusing(tiny):
    project = tiny()
    slow = VIEWS.split("  - name: feat_corrected")[0]
    (project.root / "models" / "views.yml").write_text(slow)
    for name in ("labels", "feat_slow"):
        project.model(name, MODELS[name])
    return project


def test_a_service_stands_in_the_manifest(tiny):
    project = tiny()
    project.variables["DBT_WRITE_JSON"] = "true"
    (project.root / "models" / "views.yml").write_text(VIEWS)
    for name, sql in MODELS.items():
        project.model(name, sql)
    project.model(
        "training_set",
        JOIN.format("known", "false").replace("at='moment'", "at='moment', service='things'"),
    )
    project.dbt("parse").succeeded()
    path = Path(project.variables["DBT_TARGET_PATH"]) / "manifest.json"
    node = json.loads(path.read_text())["nodes"]["model.azekura.training_set"]
    service = node["config"]["meta"]["feature_service"]
    assert service["name"] == "things"
    assert [view["view"] for view in service["views"]] == [
        "feat_slow",
        "feat_corrected",
        "feat_pair",
    ]
    assert service["views"][1]["columns"] == {"level": "corrected"}
    assert service["views"][2]["keys"] == {"entity": "entity_id", "place": "place"}
    assert {"model.azekura.feat_slow", "model.azekura.feat_pair"} <= set(
        node["depends_on"]["nodes"]
    )
