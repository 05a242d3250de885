"""The DuckDB functions: one table of them, and their registration."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.functions import (
    describe,
    detect,
    evaluate,
    explain,
    point,
    predict,
    regress,
    rows,
    train,
)
from duckdb_bqml.hashing import FARM_FINGERPRINT, farm_fingerprint
from duckdb_bqml.model_table import MODEL_ROW
from duckdb_bqml.store import ModelStore


class Function(NamedTuple):
    """One scalar function: `implementation(store, result type, *Arrow arguments)`."""

    name: str
    implementation: Callable[..., pa.Array]
    returns: str
    purpose: str
    bigquery: str


FUNCTIONS = (
    Function(
        "bqml_train",
        train.train,
        MODEL_ROW,
        "Train a model on (model name, options as JSON, list of rows), or go on from another, if"
        " its relation and version are given, too.",
        "CREATE MODEL",
    ),
    Function(
        "bqml_predict",
        predict.predict,
        predict.PREDICTION,
        "Predict a row by (model relation, version, row).",
        "ML.PREDICT",
    ),
    Function(
        "bqml_predict_values",
        predict.predict_values,
        predict.VALUES,
        "Predict a row by (model relation, version, row), outputs by name as JSON.",
        "ML.PREDICT of an imported model",
    ),
    Function(
        "bqml_evaluate",
        evaluate.evaluate,
        evaluate.EVALUATION,
        "Measure a model by (model relation, version, settings as JSON, list of rows).",
        "ML.EVALUATE",
    ),
    Function(
        "bqml_explain_predict",
        explain.explain,
        explain.EXPLANATION,
        "Explain a prediction by (model relation, version, settings as JSON, row).",
        "ML.EXPLAIN_PREDICT",
    ),
    Function(
        "bqml_detect_anomalies",
        detect.detect_anomalies,
        detect.ANOMALY,
        "Compare a row with the training rows by (model relation, version, settings as JSON, row).",
        "ML.DETECT_ANOMALIES",
    ),
    Function(
        "bqml_describe",
        describe.describe,
        describe.DESCRIPTION,
        "Say what a model says of itself, by (model relation, version, name of a function, settings"
        " as JSON).",
        "ML.WEIGHTS, ML.CENTROIDS, ML.TRAINING_INFO and others",
    ),
    Function(
        "bqml_parts",
        rows.parts,
        rows.PARTS,
        "Count the parts of the rows that a model makes, by (model relation, version, name of a"
        " function, settings as JSON).",
        "ML.FORECAST, ML.RECOMMEND",
    ),
    Function(
        "bqml_rows",
        rows.rows,
        rows.ROWS,
        "Make the rows of one part, by (model relation, version, name of a function, settings as"
        " JSON, number of the part).",
        "ML.FORECAST, ML.RECOMMEND",
    ),
    Function(
        "bqml_point",
        point.point,
        point.POINT,
        "Say which series, which point in time and which value a row is of, by (model relation,"
        " version, name of a function, row).",
        "ML.EVALUATE of time series",
    ),
    Function(
        "bqml_regress",
        regress.regress,
        regress.ADDED,
        "Say what each feature of a row adds to a forecast, by (model relation, version, row).",
        "ML.FORECAST with data",
    ),
    Function(
        FARM_FINGERPRINT,
        lambda _, result_type, texts: farm_fingerprint(texts).cast(result_type),
        "BIGINT",
        "Hash a text, by (text).",
        "FARM_FINGERPRINT",
    ),
)
"""Every function this package registers."""


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register FUNCTIONS on the database of `connection`, those it already has excepted."""
    store = ModelStore(connection)
    with connection.cursor() as cursor:
        present = cursor.execute("select distinct function_name from duckdb_functions()").fetchall()
        for function in FUNCTIONS:
            if (function.name,) not in present:
                result = cursor.sql(f"select null::{function.returns} as result")
                connection.create_function(
                    function.name,
                    _bind(function, store, result.to_arrow_table().schema.field(0).type),
                    None,
                    function.returns,
                    type="arrow",
                    null_handling="special",
                )


def _bind(function: Function, store: ModelStore, result_type: pa.DataType) -> Callable[..., Any]:
    parameters = list(inspect.signature(function.implementation).parameters.values())[2:]
    least = sum(parameter.default is parameter.empty for parameter in parameters)

    # A closure, not functools.partial: DuckDB inspects the signature for varargs.
    def call(*arguments: pa.ChunkedArray) -> pa.Array:
        if not least <= len(arguments) <= len(parameters):
            raise ModelError(
                f"{function.name} was given {len(arguments)} arguments. {function.purpose}"
            )
        return function.implementation(store, result_type, *arguments)

    return call
