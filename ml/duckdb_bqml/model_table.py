"""The table of one trained model: its columns, and how their values are written as JSON."""

import json
import math
from typing import Any

from duckdb_bqml.algorithms.described import (
    ANYTHING,
    NUMBER,
    OBJECT,
    TEXT,
    TRUTH,
    Fields,
    ListOf,
    Optional,
    Table,
    Whole,
)

TRANSFORM = """STRUCT(
    expressions VARCHAR[],
    inputs STRUCT(name VARCHAR, data_type VARCHAR, duckdb_type VARCHAR)[],
    replay VARCHAR,
    statistics VARCHAR,
    outputs STRUCT(name VARCHAR, data_type VARCHAR, is_feature BOOLEAN)[])"""
"""The column `transform`.

`expressions` is the clause as it was given; `inputs` are the columns of the training query that
it names; `replay` is its select list over bqml_row, those columns, and bqml_statistics;
`statistics` is JSON, {"types": {name: DuckDB type}, "values": {name: value}}; `outputs` are what
comes out, of which the label and the columns with another role are no features.
"""

TRAINED_COLUMNS = {
    "model_version": "VARCHAR",
    "model_type": "VARCHAR",
    "options": "JSON",
    "features": "STRUCT(name VARCHAR, data_type VARCHAR)[]",
    "label": "STRUCT(name VARCHAR, data_type VARCHAR)",
    "outputs": "STRUCT(name VARCHAR, data_type VARCHAR)[]",
    "transform": TRANSFORM,
    "statistics": """STRUCT(
        input VARCHAR, min DOUBLE, max DOUBLE, mean DOUBLE, median DOUBLE, stddev DOUBLE,
        category_count BIGINT, null_count BIGINT, dimension BIGINT)[]""",
    "reference": """STRUCT(
        input VARCHAR, row_count BIGINT, null_count BIGINT,
        histogram STRUCT(low DOUBLE, high DOUBLE, n BIGINT)[],
        quantiles STRUCT(upper DOUBLE, n BIGINT)[],
        categories STRUCT("value" VARCHAR, n BIGINT)[])[]""",
    "training_info": """STRUCT(
        training_run BIGINT, iteration BIGINT, loss DOUBLE, eval_loss DOUBLE,
        learning_rate DOUBLE, duration_ms BIGINT, details JSON)[]""",
    "evaluation": "STRUCT(keys MAP(VARCHAR, VARCHAR), metrics MAP(VARCHAR, DOUBLE))[]",
    "details": "JSON",
    "rows_used": "BIGINT",
    "rows_skipped": "BIGINT",
    "artifact": "BLOB",
}
"""The columns that the engine fills, the same for every model type.

`outputs` names the columns that the model itself predicts, and their types; NULL where they follow
from the model type. With a TRANSFORM clause `features`, `statistics` and `reference` are of the
columns before it, and `transform` is not NULL. `reference` holds the distribution of each feature
in the rows that train (algorithms/distribution.py). `evaluation` holds the rows of ML.EVALUATE, on
the evaluation split, or on all rows if there is none: mostly one, without keys. `details` holds
what only some model types have, and `training_info.details` the same of one iteration.
"""

LABEL_CLASSES = "label_classes"
_ROW = {
    "model_name": "VARCHAR",
    **TRAINED_COLUMNS,
    LABEL_CLASSES: "VARCHAR[]",
    "trained_at": "TIMESTAMP",
}

WRITTEN_COLUMNS = tuple(_ROW)
"""All columns of the table, in their order. `label_classes` is a classifier's, NULL for others: the
class that each number of a prediction is of. dbt builds it in the label's own type, and bqml_train
gives texts. `trained_at` is UTC."""

_COLUMN = Fields({"name": TEXT, "data_type": TEXT})
READ_COLUMNS = Fields(
    {
        "options": OBJECT,
        "features": Optional(ListOf(_COLUMN)),
        "label": Optional(_COLUMN),
        "transform": Optional(
            Fields(
                {
                    "expressions": ListOf(TEXT),
                    "inputs": ListOf(
                        Fields({"name": TEXT, "data_type": TEXT, "duckdb_type": TEXT})
                    ),
                    "replay": TEXT,
                    "statistics": TEXT,
                    "outputs": ListOf(
                        Fields({"name": TEXT, "data_type": TEXT, "is_feature": TRUTH})
                    ),
                }
            )
        ),
        "statistics": Optional(ListOf(Fields({"input": TEXT}, is_open=True))),
        "training_info": ListOf(Fields({"training_run": Whole(), "details": OBJECT}, is_open=True)),
        "evaluation": Optional(ListOf(Fields({"keys": OBJECT, "metrics": OBJECT}))),
        "details": Fields(
            {},
            optional={
                "confusion_matrix": Table(Whole(), "classes", "classes"),
                "score_points": ListOf(
                    Fields({"score": NUMBER, "positives": Whole(), "negatives": Whole()})
                ),
                "global_explanation": ListOf(
                    Fields({"class_label": Optional(TEXT), "feature": TEXT, "attribution": NUMBER})
                ),
            },
            is_open=True,
        ),
    },
    optional={"label_classes": Optional(ListOf(ANYTHING, "classes"))},
    is_open=True,
)
"""What a stranger may have written otherwise: the columns that the engine reads, JSON as its value.
`classes` are those of a classifier."""

MODEL_ROW = f"STRUCT({', '.join(f'{name} {type_}' for name, type_ in _ROW.items())})"

# what every iteration says; the rest goes into its details
ITERATION = ("training_run", "iteration", "loss", "eval_loss", "learning_rate", "duration_ms")


def json_text(value: Any) -> str:
    """The value as JSON; a number that JSON lacks is a text that casts to it: "NaN", "Infinity"."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
