"""ml_features_at_time and ml_entity_features_at_time against a definition by brute force."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2022, 6, 10)
SETTINGS = [(1, "false"), (1, "true"), (3, "false"), (3, "true")]

STATES = (
    "select 'a' as entity_id, 1 as level, timestamp '2022-06-10' as feature_timestamp, 2 as rate"
)
REQUESTS = "select 'a' as entity_id, timestamp '2022-06-10' as time, 1 as other"

moments = st.integers(0, 8).map(lambda hour: START + timedelta(hours=hour))
entities = st.sampled_from(["a", "b", ""])
values = st.none() | st.integers(0, 9)
# one row per entity and moment: which of several comes first is nobody's business
states = st.lists(
    st.tuples(entities, values, moments, values),
    max_size=20,
    unique_by=lambda row: (row[0], row[2]),
)
requests = st.lists(st.tuples(st.none() | entities, moments), max_size=8)


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("states", STATES)
    project.model("requests", REQUESTS)
    for rows, ignore in SETTINGS:
        given = f"num_rows={rows}, ignore_feature_nulls={ignore}"
        project.model(
            f"at_{rows}_{ignore}",
            "select * from {{ ml_features_at_time(ref('states'),"
            f" time=\"timestamp '2022-06-10 04:00:00'\", {given}) }}}}",
        )
        project.model(
            f"requested_{rows}_{ignore}",
            "select * from {{ ml_entity_features_at_time(ref('states'), ref('requests'),"
            f" {given}) }}}}",
        )
    project.model("now", "select * from {{ ml_features_at_time(ref('states')) }}")
    project.dbt("run").succeeded()
    return project


def latest(states, entity, moment, rows: int, ignore: bool) -> list[tuple]:
    """The rows of one request, by the definition."""
    seen = sorted((row for row in states if row[0] == entity and row[2] <= moment), key=at)
    filled, last = [], (None, None)
    for _, level, _, rate in seen:
        if ignore:
            level = last[0] if level is None else level
            rate = last[1] if rate is None else rate
        last = level, rate
        filled.append((entity, level, moment, rate))
    return filled[-rows:]


def at(row: tuple) -> datetime:
    return row[2]


@pytest.fixture(scope="module")
def answers(project):
    """Runs what a model compiled to on rows of the test's own."""
    compiled = Path(project.variables["DBT_TARGET_PATH"]) / "compiled/azekura/models"

    def run(name: str, states, requests) -> list[tuple]:
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as azekura")
            for table, columns, rows in (
                (
                    "states",
                    "entity_id text, level int, feature_timestamp timestamp, rate int",
                    states,
                ),
                ("requests", 'entity_id text, "time" timestamp', requests),
            ):
                connection.execute(f"create table azekura.main.{table} ({columns})")
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    connection.execute(f"insert into azekura.main.{table} values ({marks})", row)
            return connection.execute((compiled / f"{name}.sql").read_text()).fetchall()

    return run


@settings(max_examples=12)
@given(states=states, requests=requests)
@pytest.mark.parametrize(("rows", "ignore"), SETTINGS)
def test_every_request_has_the_latest_rows(answers, rows, ignore, states, requests):
    expected = [
        row
        for entity, moment in requests
        for row in latest(states, entity, moment, rows, ignore == "true")
    ]
    assert Counter(answers(f"requested_{rows}_{ignore}", states, requests)) == Counter(expected)


@settings(max_examples=12)
@given(states=states)
@pytest.mark.parametrize(("rows", "ignore"), SETTINGS)
def test_every_entity_has_its_latest_rows(answers, rows, ignore, states):
    moment = START + timedelta(hours=4)
    expected = [
        row
        for entity in ("a", "b", "")
        for row in latest(states, entity, moment, rows, ignore == "true")
    ]
    assert Counter(answers(f"at_{rows}_{ignore}", states, [])) == Counter(expected)


def test_rows_of_one_moment_give_the_same_answer_every_time(answers):
    twins = [("a", number, START, number) for number in range(20)]
    one, other = (
        answers("requested_1_false", rows, [("a", START)]) for rows in (twins, twins[::-1])
    )
    assert one == other
    assert len(one) == 1


def test_the_moment_is_now_if_not_given(project):
    [(entity, level, moment)] = project.query("select entity_id, level, feature_timestamp from now")
    assert (entity, level) == ("a", 1)
    assert moment > datetime(2024, 1, 1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ml_features_at_time(ref('states'), num_rows=0)", "'num_rows' must be a whole number"),
        (
            "ml_features_at_time(ref('states'), ignore_feature_nulls='yes')",
            "'ignore_feature_nulls' must be true or false, got \"yes\"",
        ),
        (
            "ml_features_at_time('select 1 as entity_id, now() as feature_timestamp')",
            "ml_features_at_time in wrong: entity_id must be STRING; cast it",
        ),
        (
            "ml_entity_features_at_time(ref('states'), \"select 'a' as entity_id, 'x' as time\")",
            "ml_entity_features_at_time in wrong: time must be TIMESTAMP; cast it",
        ),
    ],
)
def test_a_wrong_call_is_refused(project, call, words):
    project.model("wrong", f"select * from {{{{ {call} }}}}")
    project.dbt("run", "--select", "wrong").failed_saying(words)
    (project.root / "models" / "wrong.sql").unlink()
