"""A model type that only a test's table has is analyzed by the same rows that dbt reads."""

import pytest
import toy_models

from analyzer.warehouse import Warehouse
from googlesql.service import Refused

GIVEN = "create table d.points (id int64, x float64, y float64, words string)"


@pytest.fixture
def warehouse(service, monkeypatch):
    toy_models.add(monkeypatch)
    made = Warehouse(service, "p")
    made.run(GIVEN)
    return made


def create(options: str, name: str = "m", query: str = " as (select x, y from d.points)") -> str:
    return f"create model d.{name} options({options}){query}"


def test_its_statements_have_bigquery_s_columns(warehouse):
    warehouse.run(create("model_type = 'mean_only', input_label_cols = ['y'], shift = 2"))
    assert warehouse.columns("select * from ml.predict(model d.m, table d.points)") == {
        "predicted_y": "FLOAT64",
        "id": "INT64",
        "x": "FLOAT64",
        "y": "FLOAT64",
        "words": "STRING",
    }
    assert list(warehouse.columns("select * from ml.evaluate(model d.m)"))[-1] == (
        "explained_variance"
    )


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("model_type = 'mean_only', input_label_cols = ['y'], shft = 2", "did you mean 'shift'"),
        ("model_type = 'mean_only', input_label_cols = ['words']", "none of the columns"),
        ("model_type = 'echo', words = ['a']", "ECHO takes no query; leave it out"),
        ("model_type = 'last_value', data_col = 'x', id_col = 'town'", "'id_col' names 'town'"),
        ("model_type = 'last_value', data_col = 'x', id_col = ['y', 'z']", "'id_col' names 'z'"),
    ],
)
def test_a_wrong_option_is_refused(warehouse, statement, reason):
    with pytest.raises(Refused, match=reason):
        warehouse.run(create(statement))


def test_a_query_is_where_it_is_needed(warehouse):
    with pytest.raises(Refused, match="MEAN_ONLY trains on a query; write AS SELECT"):
        warehouse.run(create("model_type = 'mean_only', input_label_cols = ['y']", query=""))
    warehouse.run(create("model_type = 'echo', words = ['a']", query=""))


def test_a_function_that_is_not_for_it_is_refused(warehouse):
    warehouse.run(create("model_type = 'mean_only', input_label_cols = ['y']"))
    with pytest.raises(Refused, match=r"ML\.CENTROIDS: is for KMEANS, not MEAN_ONLY"):
        warehouse.run("select * from ml.centroids(model d.m)")
    with pytest.raises(Refused, match=r"ML\.GLOBAL_EXPLAIN: is for .*, but not for MEAN_ONLY"):
        warehouse.run("select * from ml.global_explain(model d.m)")


def test_a_column_with_a_role_is_no_feature(warehouse):
    warehouse.run(
        create(
            "model_type = 'last_value', data_col = 'x', id_col = ['y', 'words']",
            query=" as (select x, y, words from d.points)",
        )
    )
    assert warehouse.model(["d", "m"]).features == {}
    columns = warehouse.columns("select * from ml.forecast(model d.m)")
    assert list(columns.items())[:3] == [
        ("y", "FLOAT64"),
        ("words", "STRING"),
        ("forecast_timestamp", "TIMESTAMP"),
    ]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("hparam_range(1, 3)", {"hparam_range": [1.0, 3.0]}),
        ("hparam_candidates([1.5, 2])", {"hparam_candidates": [1.5, 2.0]}),
        ("2", 2.0),
    ],
)
def test_an_option_may_be_searched(warehouse, value, kept):
    warehouse.run(create(f"model_type = 'mean_only', input_label_cols = ['y'], shift = {value}"))
    assert warehouse.model(["d", "m"]).options["shift"] == kept


def test_a_search_space_that_cannot_be_is_refused(warehouse):
    with pytest.raises(Refused, match="'shift' must search from a number to a greater one"):
        warehouse.run(
            create("model_type = 'mean_only', input_label_cols = ['y'], shift = hparam_range(3, 1)")
        )
