"""The DuckDB functions: one table of them, and their registration."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from bqml_vocabulary.errors import ModelError, about
from bqml_vocabulary.options import json_object

from duckdb_bqml import scoring, training
from duckdb_bqml.algorithms.model import Described, RanksFeatures, Weighted
from duckdb_bqml.hashing import FARM_FINGERPRINT, farm_fingerprint
from duckdb_bqml.store import ModelStore, model_name


class Function(NamedTuple):
    """One scalar function: `implementation(store, result type, *Arrow arguments)`."""

    name: str
    implementation: Callable[..., pa.Array]
    returns: str
    purpose: str
    bigquery: str


def _describe(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    whats: pa.ChunkedArray,
) -> pa.Array:
    """The parts of one model per value."""
    results = []
    for relation, version, what in zip(relations, versions, whats, strict=True):
        with about(model_name(relation.as_py())):
            model = store.load(relation.as_py(), version.as_py()).model
            if not isinstance(model, Described):
                raise ModelError(f"a model of its type has no {what.as_py()}")
            results.append(
                [
                    part._asdict() | {"categorical_value": _pairs(part.categorical_value)}
                    for part in model.describe(what.as_py())
                ]
            )
    return pa.array(results, result_type)


def _weights(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
) -> pa.Array:
    """The weights of one linear model per value."""
    results = []
    for relation, version, text in zip(relations, versions, settings, strict=True):
        with about(model_name(relation.as_py())):
            model = _linear(store, relation.as_py(), version.as_py())
            results.append(
                [
                    row._asdict()
                    | {"category_weights": _pairs(row.category_weights, value="weight")}
                    for row in model.weights(_standardize(text.as_py()))
                ]
            )
    return pa.array(results, result_type)


def _advanced_weights(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
) -> pa.Array:
    """The weights of one linear model per value, with their standard errors."""
    results = []
    for relation, version, text in zip(relations, versions, settings, strict=True):
        with about(model_name(relation.as_py())):
            model = _linear(store, relation.as_py(), version.as_py())
            rows = model.advanced_weights(_standardize(text.as_py()))
            results.append([row._asdict() for row in rows])
    return pa.array(results, result_type)


def _linear(store: ModelStore, relation: str, version: str) -> Weighted:
    model = store.load(relation, version).model
    if not isinstance(model, Weighted):
        raise ModelError("a model of its type has no weights; use LINEAR_REG or LOGISTIC_REG")
    return model


def _standardize(text: str | None) -> bool:
    settings = json_object(text, "settings")
    for name in settings:
        if name != "standardize":
            raise ModelError(f"setting '{name}' is not valid; use 'standardize'")
    standardize = settings.get("standardize", False)
    if not isinstance(standardize, bool):
        raise ModelError(f"setting 'standardize' must be true or false, not {standardize!r}")
    return standardize


def _feature_importance(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
) -> pa.Array:
    """The importance of the features of one model of trees per value."""
    results = []
    for relation, version in zip(relations, versions, strict=True):
        with about(model_name(relation.as_py())):
            stored = store.load(relation.as_py(), version.as_py())
            if not isinstance(stored.model, RanksFeatures):
                raise ModelError("a model of its type ranks no features; use one of trees")
            names = [field["name"] for field in stored.trained_features]
            results.append([row._asdict() for row in stored.model.feature_importance(names)])
    return pa.array(results, result_type)


def _transform(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
) -> pa.Array:
    """The TRANSFORM clause of one model per value, as SQL."""
    results = []
    for relation, version in zip(relations, versions, strict=True):
        with about(model_name(relation.as_py())):
            clause = store.load(relation.as_py(), version.as_py()).transform
            if clause is None:
                raise ModelError("the model was trained without option 'transform'; train it with")
            results.append(clause.sql())
    return pa.array(results, result_type)


def _pairs(pairs: Any, value: str = "value") -> list[dict[str, Any]]:
    return [{"category": category, value: number} for category, number in pairs]


FUNCTIONS = (
    Function(
        "bqml_train",
        training.train,
        training.MODEL_ROW,
        "Train a model on (model name, options as JSON, list of rows), or go on from another, if"
        " its relation and version are given, too.",
        "CREATE MODEL",
    ),
    Function(
        "bqml_predict",
        scoring.predict,
        scoring.PREDICTION,
        "Predict a row by (model relation, version, row).",
        "ML.PREDICT",
    ),
    Function(
        "bqml_evaluate",
        scoring.evaluate,
        scoring.EVALUATION,
        "Measure a model by (model relation, version, settings as JSON, list of rows).",
        "ML.EVALUATE",
    ),
    Function(
        "bqml_explain_predict",
        scoring.explain,
        scoring.EXPLANATION,
        "Explain a prediction by (model relation, version, settings as JSON, row).",
        "ML.EXPLAIN_PREDICT",
    ),
    Function(
        "bqml_detect_anomalies",
        scoring.detect_anomalies,
        scoring.ANOMALY,
        "Compare a row with the training rows by (model relation, version, settings as JSON, row).",
        "ML.DETECT_ANOMALIES",
    ),
    Function(
        "bqml_describe",
        _describe,
        """STRUCT(
            id BIGINT,
            feature VARCHAR,
            numerical_value DOUBLE,
            categorical_value STRUCT(category VARCHAR, "value" DOUBLE)[])[]""",
        "List the parts of a model by (model relation, version, name of the parts).",
        "ML.CENTROIDS, ML.PRINCIPAL_COMPONENTS, ML.PRINCIPAL_COMPONENT_INFO",
    ),
    Function(
        "bqml_weights",
        _weights,
        """STRUCT(
            processed_input VARCHAR,
            weight DOUBLE,
            category_weights STRUCT(category VARCHAR, weight DOUBLE)[],
            class_label VARCHAR)[]""",
        "List the weights of a linear model by (model relation, version, settings as JSON).",
        "ML.WEIGHTS",
    ),
    Function(
        "bqml_advanced_weights",
        _advanced_weights,
        """STRUCT(
            processed_input VARCHAR,
            category VARCHAR,
            weight DOUBLE,
            standard_error DOUBLE,
            p_value DOUBLE)[]""",
        "List them with standard errors and p-values by (model relation, version, settings).",
        "ML.ADVANCED_WEIGHTS",
    ),
    Function(
        "bqml_feature_importance",
        _feature_importance,
        """STRUCT(
            feature VARCHAR,
            importance_weight DOUBLE,
            importance_gain DOUBLE,
            importance_cover DOUBLE)[]""",
        "Rank the features of a model of trees by (model relation, version).",
        "ML.FEATURE_IMPORTANCE",
    ),
    Function(
        "bqml_transform",
        _transform,
        """STRUCT(
            outputs VARCHAR[],
            inputs VARCHAR[],
            excluded VARCHAR[],
            statistics VARCHAR)""",
        "Write the TRANSFORM clause of a model as parts of a query by (model relation, version).",
        "ML.TRANSFORM",
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
