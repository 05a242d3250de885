"""Lineage of small compiled projects, in the SQL of both engines."""

import json
from pathlib import Path

import pytest
from duckdb_bqml.model_table import WRITTEN_COLUMNS

from serving.catalogue import lineage, lineage_file
from serving.catalogue.files import CatalogueError

QUOTES = {"duckdb": '"', "bigquery": "`"}
BOTH = pytest.mark.parametrize("dialect", ["duckdb", "bigquery"])


def manifest(dialect: str, **models: dict) -> dict:
    """A manifest of one source, `orders`, and of models: {sql, reads, path, columns, meta, …}."""
    quote = QUOTES[dialect]

    def named(schema: str, name: str) -> str:
        return ".".join(f"{quote}{part}{quote}" for part in ("db", schema, name))

    source = {
        "resource_type": "source",
        "unique_id": "source.p.shop.orders",
        "name": "orders",
        "package_name": "p",
        "original_file_path": "models/lake/shop/_shop__sources.yml",
        "relation_name": named("lake", "orders"),
        "description": "",
        "columns": {name: {"description": ""} for name in ("id", "shop", "amount", "at")},
        "config": {},
    }
    ids = {name: f"model.p.{name}" for name in models} | {"orders": source["unique_id"]}
    nodes = {
        ids[name]: {
            "resource_type": "model",
            "unique_id": ids[name],
            "name": name,
            "package_name": "p",
            "original_file_path": given.get("path", f"models/warehouse/core/{name}.sql"),
            "relation_name": named("x", name),
            "description": "",
            "columns": {column: {"description": ""} for column in given.get("columns", ())},
            "config": {
                "materialized": "ml_model" if given.get("trains") else "table",
                "meta": given.get("meta", {}),
            },
            "depends_on": {"nodes": [ids[read] for read in given["reads"]]},
            "compiled_code": (
                given["sql"].format(
                    **{it: named("x", it) for it in models}, orders=named("lake", "orders")
                )
                if given["sql"] is not None
                else None
            ),
        }
        for name, given in models.items()
    }
    return {
        "metadata": {"adapter_type": dialect},
        "sources": {source["unique_id"]: source},
        "nodes": nodes,
    }


def traced(dialect: str, **models: dict) -> dict[str, set[str]]:
    """For each column, what it is computed from; a gap ends in a question mark."""
    nodes, edges, _ = lineage.trace(manifest(dialect, **models), Path("nowhere"), dialect)
    found: dict[str, set[str]] = {}
    for edge in edges:
        into = ".".join(filter(None, (nodes[edge.downstream].name, edge.downstream_column)))
        above = ".".join(filter(None, (nodes[edge.upstream].name, edge.upstream_column)))
        found.setdefault(into, set()).add(above + ("?" if edge.gap else ""))
    return found


@BOTH
def test_a_column_is_followed_through_joins_and_ctes(dialect):
    found = traced(
        dialect,
        a={"sql": "select id, upper(shop) as place, amount from {orders}", "reads": ["orders"]},
        b={
            "sql": "with big as (select id, amount * 2 as twice from {a} where amount > 3)\n"
            "select l.id, l.place, big.twice from {a} as l left join big on l.id = big.id",
            "reads": ["a"],
        },
    )
    assert found["a.place"] == {"orders.shop"}
    assert found["b.twice"] == {"a.amount"}
    assert found["b.id"] == {"a.id"}
    assert found["b.place"] == {"a.place"}


@BOTH
def test_a_window_reads_what_it_is_partitioned_and_ordered_by(dialect):
    found = traced(
        dialect,
        a={
            "sql": "select sum(amount) over (partition by shop order by at) as sum_so_far"
            " from {orders}",
            "reads": ["orders"],
        },
    )
    assert found["a.sum_so_far"] == {"orders.amount", "orders.shop", "orders.at"}


@BOTH
def test_a_union_reads_both_sides_by_place(dialect):
    found = traced(
        dialect,
        a={
            "sql": "select id, amount as x from {orders} union all"
            " select id, id as y from {orders}",
            "reads": ["orders"],
        },
        b={"sql": "select x from (select * from {a}) as inner_rows", "reads": ["a"]},
    )
    assert found["a.x"] == {"orders.amount", "orders.id"}
    assert found["b.x"] == {"a.x"}


@BOTH
def test_stars_are_what_the_models_before_give(dialect):
    found = traced(
        dialect,
        a={"sql": "select id as key, shop from {orders}", "reads": ["orders"]},
        b={
            "sql": "with rows_given as (select * from {a}) select * from rows_given",
            "reads": ["a"],
        },
    )
    assert found["b.key"] == {"a.key"}
    assert found["b.shop"] == {"a.shop"}


@BOTH
def test_counted_rows_come_from_the_relation(dialect):
    found = traced(
        dialect,
        a={
            "sql": "select shop, count(*) as n, 1 as one from {orders} group by shop",
            "reads": ["orders"],
        },
    )
    assert found["a.n"] == {"orders"}
    assert "a.one" not in found


@BOTH
def test_an_incremental_model_is_not_its_own_origin(dialect):
    found = traced(
        dialect,
        a={
            "sql": "select id, amount from {orders} where id > (select max(id) from {a})",
            "reads": ["orders"],
        },
    )
    assert found["a.amount"] == {"orders.amount"}


TRAINED = {
    "view": {
        "sql": "select shop, amount as mean_7d from {orders}",
        "reads": ["orders"],
        "path": "models/features/shop/view.sql",
    },
    "ml_churn__training_set": {
        "sql": "select shop, mean_7d as mean, amount > 3 as has_churned from"
        " (select v.shop, v.mean_7d, o.amount from {view} as v"
        " join {orders} as o on v.shop = o.shop) as joined",
        "reads": ["view", "orders"],
        "path": "ml/models/churn/ml_churn__training_set.sql",
    },
    "ml_churn__model": {
        "sql": "select mean, has_churned from {ml_churn__training_set}",
        "reads": ["ml_churn__training_set"],
        "path": "ml/models/churn/ml_churn__model.sql",
        "trains": True,
        "meta": {"ml": {"INPUT_LABEL_COLS": ["has_churned"]}},
    },
}
PREDICTED = {
    "duckdb": "(select bqml_classes[1] as predicted_has_churned,"
    " * exclude (bqml_output, bqml_classes) from (select"
    " bqml_predict('m', bqml_model.model_version, bqml_row) as bqml_output,"
    " bqml_model.label_classes as bqml_classes, bqml_row.* from given as bqml_row"
    " cross join {ml_churn__model} as bqml_model))",
    "bigquery": "ml.predict(\n    model {ml_churn__model},\n    (select * from given)\n)",
}


@BOTH
def test_a_trained_model_stands_between_features_and_predictions(dialect):
    found = traced(
        dialect,
        **TRAINED,
        ml_churn__predictions={
            "sql": "with given as (select * from {ml_churn__training_set}),\n"
            f"predicted as (select * from {PREDICTED[dialect]} as predicted)\n"
            "select shop, predicted_has_churned from predicted",
            "reads": ["ml_churn__training_set", "ml_churn__model"],
            "path": "ml/models/churn/ml_churn__predictions.sql",
        },
    )
    assert found["view.mean_7d"] == {"orders.amount"}
    assert found["ml_churn__training_set.mean"] == {"view.mean_7d"}
    assert found["ml_churn__model"] == {
        "ml_churn__training_set.mean",
        "ml_churn__training_set.has_churned",
    }
    assert found["ml_churn__predictions.predicted_has_churned"] == {"ml_churn__model"}
    assert found["ml_churn__predictions.shop"] == {"ml_churn__training_set.shop"}


def test_what_describes_a_model_on_bigquery_comes_from_it():
    found = traced(
        "bigquery",
        **TRAINED,
        ml_churn__evaluation={
            "sql": "select 'm' as name, e.* from ml.evaluate(model {ml_churn__model}) as e",
            "reads": ["ml_churn__model"],
            "path": "ml/models/churn/ml_churn__evaluation.sql",
            "columns": ["name", "roc_auc"],
        },
    )
    assert found["ml_churn__evaluation.roc_auc"] == {"ml_churn__model"}


def test_whole_rows_are_resolved_by_the_feature_service_and_the_labels():
    """As BigQuery's union window passes them."""
    service = {
        "name": "churn",
        "views": [{"view": "view", "version": None, "columns": {"mean_7d": "mean"}}],
    }
    found = traced(
        "bigquery",
        view=TRAINED["view"],
        ml_churn__training_set={
            "sql": "with labels as (select shop, amount > 3 as has_churned from {orders}),\n"
            "joined as (select label_row.*, state.mean_7d as mean from (select label_row,"
            " state from (select l as label_row from labels as l)"
            " cross join (select struct(mean_7d) as state from {view})))\n"
            "select has_churned, mean from joined",
            "reads": ["view", "orders"],
            "path": "ml/models/churn/ml_churn__training_set.sql",
            "meta": {"feature_service": service},
        },
        after={
            "sql": "select mean from {ml_churn__training_set}",
            "reads": ["ml_churn__training_set"],
        },
    )
    assert found["ml_churn__training_set.mean"] == {"view.mean_7d"}
    assert found["ml_churn__training_set.has_churned"] == {"orders.amount?"}
    assert found["after.mean"] == {"ml_churn__training_set.mean"}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select frm where (", "could not be read"),
        (None, "has not been compiled"),
        ("select other.x from elsewhere.other", "no relation of the project"),
    ],
)
def test_what_cannot_be_known_is_a_gap_with_a_reason(sql, reason):
    made = manifest("duckdb", a={"sql": sql, "reads": ["orders"], "columns": ["x"]})
    _, edges, _ = lineage.trace(made, Path("nowhere"), "duckdb")
    assert {(edge.upstream, edge.downstream, edge.downstream_column) for edge in edges} == {
        ("source.p.shop.orders", "model.p.a", "x")
    }
    assert all(reason in edge.gap for edge in edges)


def test_a_column_that_a_model_does_not_give_is_a_gap():
    found = traced(
        "duckdb",
        a={"sql": "select id from {orders}", "reads": ["orders"]},
        b={"sql": "select a.no_such_column as x from {a} as a", "reads": ["a"], "columns": ["x"]},
    )
    assert found["b.x"] == {"a?"}


def test_files_are_their_source():
    found = traced(
        "duckdb",
        stg={
            "sql": 'with lake_rows as (select "id", "amount", filename from read_parquet('
            "'lake/shop/orders/*/*.parquet', filename = true))\n"
            'select cast("id" as bigint) as order_id, amount from lake_rows',
            "reads": ["orders"],
            "path": "models/lake/shop/stg.sql",
        },
    )
    assert found == {"stg.order_id": {"orders.id"}, "stg.amount": {"orders.amount"}}


def test_only_what_changed_is_computed_again(tmp_path, monkeypatch):
    made = manifest(
        "duckdb",
        a={"sql": "select id from {orders}", "reads": ["orders"]},
        b={"sql": "select id from {a}", "reads": ["a"]},
        c={"sql": "select id from {b}", "reads": ["b"]},
    )
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(made))
    _, first = lineage_file.write(path)
    computed = []
    real = lineage._traced

    def counting(node, *rest):
        computed.append(node.name)
        return real(node, *rest)

    monkeypatch.setattr(lineage, "_traced", counting)
    _, again = lineage_file.write(path)
    assert (computed, again) == ([], first)
    made["nodes"]["model.p.b"]["compiled_code"] = 'select id, 1 as one from "db"."x"."a"'
    path.write_text(json.dumps(made))
    lineage_file.write(path)
    assert computed == ["b", "c"]


@pytest.mark.parametrize("text", ["", "{", '{"format": 0}', "[]"])
def test_half_a_file_is_written_anew(tmp_path, text):
    (tmp_path / "manifest.json").write_text(
        json.dumps(manifest("duckdb", a={"sql": "select id from {orders}", "reads": ["orders"]}))
    )
    (tmp_path / "lineage.json").write_text(text)
    path, content = lineage_file.write(tmp_path / "manifest.json")
    assert json.loads(path.read_text())["edges"] == [list(edge) for edge in content["edges"]]
    assert lineage_file.table_rows(content) == [
        ("orders", "source", "id", "a", "warehouse", "id", None)
    ]
    assert not list(tmp_path.glob("*.part"))


def test_another_engine_is_refused():
    with pytest.raises(CatalogueError, match="no lineage of snowflake"):
        lineage.trace({"sources": {}, "nodes": {}}, Path("nowhere"), "snowflake")


def test_the_columns_of_a_model_are_those_of_its_table_and_of_the_functions():
    columns = set(lineage.MODEL_COLUMNS)
    assert set(WRITTEN_COLUMNS) <= columns
    assert {"centroid_id", "is_anomaly", "top_feature_attributions"} <= columns
    assert "predict" in lineage.SCORING and "weights" not in lineage.SCORING
