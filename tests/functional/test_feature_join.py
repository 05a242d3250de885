"""feature_join against a definition by brute force, on random histories."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2013, 1, 1)
TTL = timedelta(hours=5)

MODELS = {
    "labels": "select 1 as id, 1 as entity, 'x' as place, timestamp '2013-01-01' as moment",
    "slow": "select 1 as entity, timestamp '2013-01-01' as event_at,"
    " timestamp '2013-01-01' as known_at, 1 as level",
    "pair": "select 1 as entity_id, 'x' as place, timestamp '2013-01-01' as event_at,"
    " timestamp '2013-01-01' as known_at, 1 as rate, 2 as spread",
    "joined": """
        select * from {{ feature_join(ref('labels'), at='moment', views=[
            {'view': ref('slow'), 'keys': ['entity'], 'columns': ['level'], 'ttl_hours': 5},
            {
                'view': ref('pair'),
                'keys': {'entity': 'entity_id', 'place': 'place'},
                'columns': ['rate', 'spread'],
            },
        ]) }} as joined
    """,
}

entities = st.sampled_from([1, 2, None])
places = st.sampled_from(["x", "y", None])
moments = st.integers(0, 12).map(lambda hour: START + timedelta(hours=hour))
values = st.none() | st.integers(0, 9)
labels = st.lists(st.tuples(entities, places, moments), max_size=12)


def keys_and_event(row):
    return row[:-2]


def histories(*keys):
    """Rows (*keys, event_at, known_at, value) with at most one per keys and event_at."""
    row = st.tuples(*keys, moments, st.integers(0, 8), values)
    return st.lists(row, max_size=25, unique_by=keys_and_event).map(
        lambda rows: [(*row[:-2], row[-3] + timedelta(hours=row[-2]), row[-1]) for row in rows]
    )


@pytest.fixture(scope="module")
def joined_sql(tiny) -> str:
    project = tiny()
    for name, sql in MODELS.items():
        project.model(name, sql)
    project.dbt("run").succeeded()
    target = Path(project.variables["DBT_TARGET_PATH"])
    return (target / "compiled/azekura/models/joined.sql").read_text()


def known_value(history, keys, moment, ttl=timedelta.max):
    """Of the rows known by then, the value of the one that happened last, if it is not too old."""
    known = [row for row in history if row[: len(keys)] == keys and row[-2] <= moment]
    if not known or None in keys:
        return None
    newest = max(known, key=lambda row: row[-3])
    return newest[-1] if moment - newest[-3] <= ttl else None


@settings(max_examples=150)
@given(labels, histories(entities), histories(entities, places))
def test_each_label_gets_the_newest_state_known_at_its_moment(joined_sql, rows, slow, pair):
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as azekura")
        connection.execute("use azekura")
        connection.execute(
            "create table labels (id int, entity int, place text, moment timestamp);"
            "create table slow (entity int, event_at timestamp, known_at timestamp, level int);"
            "create table pair (entity_id int, place text, event_at timestamp,"
            " known_at timestamp, rate int, spread int);"
        )
        for table, content in {
            "labels": [(number, *row) for number, row in enumerate(rows)],
            "slow": slow,
            "pair": [(*row, row[-1]) for row in pair],
        }.items():
            if content:
                marks = ", ".join("?" * len(content[0]))
                connection.executemany(f"insert into {table} values ({marks})", content)
        found = connection.execute(joined_sql).fetchall()
    expected = [
        (number, entity, place, moment, known_value(slow, (entity,), moment, TTL), rate, rate)
        for number, (entity, place, moment) in enumerate(rows)
        for rate in [known_value(pair, (entity, place), moment)]
    ]
    assert Counter(found) == Counter(expected)


@pytest.mark.parametrize(
    ("views", "words"),
    [
        ("{'view': ref('slow'), 'keys': ['entity']}", ["view number 1 lacks 'columns'"]),
        (
            "{'view': ref('slow'), 'keys': ['entity'], 'columns': ['level'], 'ttl': 3}",
            ["option 'ttl' of view number 1 is unknown"],
        ),
    ],
)
def test_a_view_that_is_described_wrongly_is_refused(tiny, views, words):
    project = tiny()
    for name in ("labels", "slow"):
        project.model(name, MODELS[name])
    project.model(
        "asked",
        "select * from {{ feature_join(ref('labels'), at='moment', views=["
        + views
        + "]) }} as asked",
    )
    project.dbt("run").failed_saying("feature_join in asked", *words)
