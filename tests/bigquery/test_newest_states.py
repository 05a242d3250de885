"""What the feature store is materialized from: the same states on DuckDB and by GoogleSQL."""

import dataclasses
import itertools
from datetime import datetime, timedelta

from feature_views import make_view
from parity import duckdb_rows
from parity.comparison import differences

from googlesql.values import Rows
from serving import offline

VIEW = make_view(
    {"user_id": "INT64", "city": "STRING"},
    {"vector": "ARRAY<INT64>", "rate": "FLOAT64", "visits": "INT64"},
    is_deleted="is_gone",
)
HOUR = datetime(2026, 1, 1)
COLUMNS = {
    "user_id": "INT64",
    "city": "STRING",
    "event_at": "TIMESTAMP",
    "known_at": "TIMESTAMP",
    "is_gone": "BOOL",
    "vector": "ARRAY<INT64>",
    "rate": "FLOAT64",
    "visits": "INT64",
}


def rows() -> list[tuple]:
    """Each two values against each other, at the same two times; then what no one sees."""
    made = []
    rates = [None, float("-inf"), -0.5, 0.0, float("inf"), float("nan")]
    values = [(rate, 1, False) for rate in rates]
    values += [(0.5, visits, gone) for visits in (None, -1, 0) for gone in (None, False, True)]
    for user, pair in enumerate(itertools.permutations(values, 2)):
        made += [(user, "x", HOUR, HOUR, gone, [1], rate, visits) for rate, visits, gone in pair]
    for user, (event, known) in enumerate(itertools.product(range(3), range(4))):
        event_at, known_at = (HOUR + timedelta(hours=hours) for hours in (event, known))
        made.append((user % 3, "y", event_at, known_at, False, [], 1.0, user))
    made.append((None, "z", HOUR, HOUR, False, [], 1.0, 1))
    made.append((1, None, HOUR, HOUR, False, [], 1.0, 1))
    made.append((1, "z", None, HOUR, False, [], 1.0, 1))
    made.append((1, "z", HOUR, None, False, [], 1.0, 1))
    return made


def test_the_newest_states_are_the_same_on_both_engines(service):
    types = {name: service.type_named(type_) for name, type_ in COLUMNS.items()}
    table = {"history": Rows(types, rows())}
    since, until = (int((HOUR.timestamp() + 3600 * hours) * 10**6) for hours in (0, 2))
    with duckdb_rows.session() as connection:
        duckdb_rows.load(connection, table)
        for bounds in ((None, until), (since, until), (until, until)):
            on_bigquery = dataclasses.replace(VIEW, relation="`history`")
            on_duckdb = dataclasses.replace(VIEW, relation='"history"')
            for sql in (offline.newest_states_sql, offline.newest_known_sql):
                theirs = service.evaluate(sql(on_bigquery, *bounds, offline._BIGQUERY), table)
                _, ours = duckdb_rows.query(connection, sql(on_duckdb, *bounds, offline._DUCKDB))
                assert ours
                assert differences(ours, theirs.rows) == ([], [])


def test_a_day_is_marked_by_its_rows_on_both_engines(service):
    """The hashes are each engine's own: days and counts are compared, and that marks tell."""
    types = {name: service.type_named(type_) for name, type_ in COLUMNS.items()}
    since, until = (int((HOUR.timestamp() + 3600 * hours) * 10**6) for hours in (0, 2))

    def marks(made):
        table = {"history": Rows(types, made)}
        on_bigquery = dataclasses.replace(VIEW, relation="`history`")
        on_duckdb = dataclasses.replace(VIEW, relation='"history"')
        sql = offline.day_marks_sql(on_bigquery, since, until, offline._BIGQUERY)
        theirs = offline.DayMarks.of_rows(service.evaluate(sql, table).rows)
        with duckdb_rows.session() as connection:
            duckdb_rows.load(connection, table)
            sql = offline.day_marks_sql(on_duckdb, since, until, offline._DUCKDB)
            _, ours = duckdb_rows.query(connection, sql)
        return offline.DayMarks.of_rows(ours), theirs

    def counts(found):
        return [{day: mark.split(":")[0] for day, mark in part.items()} for part in found]

    ours, theirs = marks(rows())
    assert counts(ours) == counts(theirs) and ours.now and ours.before
    fewer = marks(rows()[1:])
    assert fewer[0].now != ours.now and fewer[1].now != theirs.now
