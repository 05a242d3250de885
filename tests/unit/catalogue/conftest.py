"""A small catalogue: hostile text, two versions, drift, a classifier and a regression."""

import json
from pathlib import Path

import pytest

from serving.catalogue import snapshot

HOSTILE = "<script>alert('x')</script> & \"quoted\" <b>bold</b>"


def a_feature(**changes: object) -> dict:
    return {
        "view_name": "feat_shop__orders",
        "view_version": 1,
        "is_latest": True,
        "feature_name": "orders_count_7d",
        "data_type": "INT64",
        "description": "Orders of the last seven days.",
        "view_description": "One row per shop and day.",
        "entity": "shop",
        "keys": ["shop_id"],
        "event_time": "event_at",
        "known_time": "known_at",
        "ttl": "3 days",
        "ttl_seconds": 259200,
        "is_online": True,
        "owner": "ann",
        "tags": ["sales"],
        "deprecated_at": None,
        "services": ["churn"],
        "models": ["ml_churn__model"],
        "relation_name": '"db"."features"."feat_shop__orders"',
        "freshness": {
            "rows_count": 100,
            "entities_count": 4,
            "oldest_event_at": "2013-01-01T00:00:00Z",
            "newest_event_at": "2013-02-01T00:00:00Z",
            "newest_known_at": "2013-02-01T01:00:00Z",
        },
        "statistics": {
            "rows_count": 100,
            "nulls_count": 10,
            "distinct_count": 3,
            "minimum": 0.0,
            "maximum": 4.0,
            "mean": 1.5,
            "standard_deviation": 1.0,
            "quantile_05": 0.0,
            "quantile_25": 1.0,
            "quantile_50": 1.0,
            "quantile_75": 2.0,
            "quantile_95": 4.0,
        },
        "distribution": [
            {"bucket_number": n, "low": n, "high": n + 1, "category": None, "rows_count": rows}
            for n, rows in ((0, 20), (1, 60), (4, 10))
        ],
        "drift": [],
        **changes,
    }


def a_model(**changes: object) -> dict:
    return {
        "model_name": "ml_churn__model",
        "use_case": "churn",
        "model_type": "LOGISTIC_REG",
        "label": "has_churned",
        "description": "One trained model: whether a shop leaves.",
        "owner": None,
        "tags": [],
        "trained_at": "2013-03-01T00:00:00Z",
        "rows_count": 90,
        "training_set": "ml_churn__training_set",
        "service": "churn",
        "evaluation": "ml_churn__evaluation",
        "predictions": "ml_churn__predictions",
        "relation_name": '"db"."ml"."ml_churn__model"',
        "drift": {"day": "2013-02-02", "anomalies": 1, "of": 2},
        "options": {"model_type": "logistic_reg", "early_stop": True},
        "metrics": [
            {"metric": "roc_auc", "value": 0.8, "floor": 0.7, "ceiling": None},
            {"metric": "log_loss", "value": 0.9, "floor": None, "ceiling": 0.5},
            {"metric": "recall", "value": None, "floor": None, "ceiling": None},
        ],
        "roc": [
            {"threshold": t, "recall": 1 - t, "false_positive_rate": (1 - t) ** 2}
            for t in (0.25, 0.5, 0.75)
        ],
        "confusion": [
            {"expected_label": e, "predicted_label": p, "rows_count": n}
            for e, p, n in (
                ("false", "false", 8),
                ("false", "true", 2),
                ("true", "false", 1),
                ("true", "true", 3),
            )
        ],
        "importance": [
            {
                "feature_name": "orders_count_7d",
                "measure": "standardized_weight",
                "importance": 0.5,
                "weight": -0.5,
            }
        ],
        "residuals": [],
        "forecasts": [],
        "versions": [
            {
                "run_id": "r",
                "trained_at": "2013-03-01T00:00:00Z",
                "model_version": "81fa0509771bf65e",
                "rows_count": 90,
                "checksum": "c",
                "definition_hash": None,
                "feature_service": None,
            }
        ],
        **changes,
    }


NODES = [
    ("source.a.shop.orders", "orders", "source"),
    ("model.a.feat_shop__orders", "feat_shop__orders", "feature view"),
    ("model.a.ml_churn__training_set", "ml_churn__training_set", "training set"),
    ("model.a.ml_churn__model", "ml_churn__model", "model"),
    ("model.a.ml_churn__predictions", "ml_churn__predictions", "predictions"),
]
SOURCE, VIEW, SET, MODEL, PREDICTIONS = (node[0] for node in NODES)
EDGES = [
    (SOURCE, "order_id", VIEW, "orders_count_7d", None),
    (VIEW, "orders_count_7d", SET, "orders", None),
    (SET, "orders", MODEL, None, None),
    (MODEL, None, PREDICTIONS, "predicted_has_churned", None),
]


@pytest.fixture(scope="session")
def content() -> dict:
    drift = [
        {
            "day": f"2013-02-{day:02}",
            "model_name": "ml_churn__model",
            "feature": "orders",
            "metric": "PSI",
            "value": 0.05 * day,
            "threshold": 0.2,
            "is_anomaly": 0.05 * day > 0.2,
        }
        for day in range(1, 8)
    ]
    return {
        "format": snapshot.FORMAT,
        "made_at": "2013-03-02T00:00:00+00:00",
        "adapter": "duckdb",
        "features": [
            a_feature(drift=drift),
            a_feature(
                view_version=2,
                feature_name="plan",
                data_type="STRING",
                description=HOSTILE,
                owner="bob",
                tags=["sales", "<i>odd</i>"],
                is_online=False,
                models=[],
                services=[],
                distribution=[
                    {
                        "bucket_number": n,
                        "low": None,
                        "high": None,
                        "category": category,
                        "rows_count": rows,
                    }
                    for n, (category, rows) in enumerate(((HOSTILE, 60), ("free", 20), (None, 5)))
                ],
            ),
            a_feature(
                view_name="feat_shop__place",
                feature_name="latitude",
                data_type="FLOAT64",
                entity="place",
                description="Degrees north.",
                freshness={},
                statistics={},
                distribution=[],
                models=[],
                services=[],
            ),
        ],
        "models": [
            a_model(),
            a_model(
                model_name="ml_sales__model",
                use_case="sales",
                model_type="LINEAR_REG",
                label="amount",
                metrics=[],
                roc=[],
                confusion=[],
                importance=[],
                drift=None,
                forecasts=[
                    {
                        "series": "north <b>",
                        "moment": f"2013-01-{n + 1:02}T00:00:00Z",
                        "is_forecast": n > 6,
                        "value": None if n > 6 else 10.0 + n % 3,
                        "predicted": 11.0,
                        "lower_bound": 8.0,
                        "upper_bound": 14.0,
                        "is_anomaly": None if n > 6 else n == 3,
                        "trend": 11.0,
                        "seasonal": float(n % 3),
                        "residual": None if n > 6 else 0.5,
                    }
                    for n in range(9)
                ],
                residuals=[
                    {
                        "predicted_low": n,
                        "predicted_high": n + 1,
                        "residual_low": -1 + n,
                        "residual_high": n,
                        "rows_count": 3,
                    }
                    for n in range(3)
                ],
            ),
        ],
        "nodes": [
            {"unique_id": id_, "name": name, "kind": kind, "description": ""}
            for id_, name, kind in NODES
        ],
        "edges": EDGES,
    }


@pytest.fixture(scope="session")
def snapshot_path(content: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / snapshot.FILE
    path.write_text(json.dumps(content))
    return path
