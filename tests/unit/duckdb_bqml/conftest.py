"""A DuckDB database with the functions, and the SQL that the dbt macros emit around them."""

import json

import duckdb
import pytest
from duckdb_bqml import register


class Database:
    """Thin sugar over one connection: every method is one statement."""

    def __init__(self, connection):
        self.connection = connection

    def execute(self, sql):
        self.connection.execute(sql)

    def rows(self, sql):
        return self.connection.sql(sql).fetchall()

    def value(self, sql):
        return self.rows(sql)[0][0]

    def train(self, model, query, **options):
        self.connection.execute(
            f"create or replace table {model} as "
            f"select unnest(bqml_train('{model}', ?, list(r))) from ({query}) r",
            [json.dumps(options)],
        )

    def predict(self, model, query):
        version = f"(select model_version from {model})"
        return [
            outputs
            for (outputs,) in self.rows(
                f"select bqml_predict('{model}', {version}, r) from ({query}) r"
            )
        ]

    def describe(self, model, function, settings="{}"):
        """What the model says of itself: the rows of a function."""
        return json.loads(
            self.value(
                f"select bqml_describe('{model}', model_version, '{function}', '{settings}') "
                f"from {model}"
            )
        )

    def anomalies(self, model, query, settings):
        """The structs as tuples (is_anomaly, score, centroid_id)."""
        version = f"(select model_version from {model})"
        rows = self.rows(
            f"select bqml_detect_anomalies('{model}', {version}, '{settings}', r) from ({query}) r"
        )
        return [tuple(found.values()) for (found,) in rows]

    def evaluate(self, model, query, settings="{}"):
        version = f"(select model_version from {model})"
        [metrics] = json.loads(
            self.value(
                f"select bqml_evaluate('{model}', {version}, '{settings}', list(r)) "
                f"from ({query}) r"
            )
        )
        # a number that JSON lacks is a text
        return {name: float(value) for name, value in metrics.items()}


@pytest.fixture
def db():
    with duckdb.connect() as connection:
        register(connection)
        yield Database(connection)


@pytest.fixture(scope="module")
def shared():
    """A database that the tests of a module share."""
    with duckdb.connect() as connection:
        register(connection)
        yield Database(connection)


@pytest.fixture
def line(db):
    """A database with the model `line`, label = 2 * x + 1 on 50 rows."""
    db.train(
        "line",
        "select range as x, 2.0 * range + 1 as label from range(50)",
        model_type="linear_reg",
    )
    return db
