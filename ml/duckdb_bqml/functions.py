"""The DuckDB functions: one table, and the glue from Arrow to the algorithms."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duckdb_bqml.algorithms import MODEL_TYPES
from duckdb_bqml.algorithms.anomalies import MAX_CONTAMINATION
from duckdb_bqml.algorithms.model import Described, DetectsAnomalies, Training
from duckdb_bqml.algorithms.model_selection import evaluation_rows, row_hashes
from duckdb_bqml.algorithms.preprocessing import Column, Dataset, describe
from duckdb_bqml.columns import Rows
from duckdb_bqml.errors import ModelError, about
from duckdb_bqml.options import validate
from duckdb_bqml.store import ModelStore, StoredModel, model_name

_logger = logging.getLogger("duckdb_bqml")


# The options that name a column which is no feature.
_ROLES = {"data_split_col": "split column", "kmeans_init_col": "initial centroid column"}


class Function(NamedTuple):
    """One scalar function: `implementation(store, result type, *Arrow arguments)`."""

    name: str
    implementation: Callable[..., pa.Array]
    returns: str
    purpose: str
    bigquery: str


def _train(
    store: ModelStore,
    result_type: pa.DataType,
    model_names: pa.ChunkedArray,
    options: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """One model per value of `rows`, each the list of all rows of a training query."""
    return pa.array(
        [
            _train_one(name.as_py(), text, row_list)
            for name, text, row_list in zip(model_names, options, rows, strict=True)
        ],
        result_type,
    )


def _train_one(name: str, text: pa.StringScalar, row_list: pa.ListScalar) -> dict[str, Any]:
    with about(name):
        given = _json_object(text, "options")
    options, warnings = validate(name, given)  # names the model in its errors itself
    for warning in warnings:
        _logger.warning(warning)
    with about(name):
        data = _training_data(_rows(row_list, "training"), options)
        hashes = row_hashes(data.columns)
        # DuckDB fills the list in any order and floating-point sums depend on it: sort, so that
        # the same rows always give the same model.
        order = np.argsort(hashes, kind="stable")
        data, hashes = data.take(order), hashes[order]
        evaluates = evaluation_rows(options, hashes, data.roles.get("data_split_col"))
        training = data.take(~evaluates)
        evaluation = data.take(evaluates) if evaluates.any() else None
        fitted = MODEL_TYPES[options["model_type"]].fit(training, evaluation, options)
        metrics = fitted.model.evaluate(evaluation or training, {})
    return _training_row(fitted, data, metrics)


def _json_object(text: pa.StringScalar, argument: str) -> dict[str, Any]:
    try:
        value = json.loads(text.as_py() or "")
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise ModelError(
            f"argument '{argument}' must be the text of a JSON object, not {text.as_py()!r}"
        )
    return value


def _rows(row_list: pa.ListScalar, purpose: str) -> Rows:
    """The rows of one list(r); list() of no rows is NULL."""
    if not pa.types.is_list(row_list.type):
        raise ModelError("the rows must be a list; pass list(r), as in 'from q r'")
    if not row_list.is_valid:
        raise ModelError(f"the {purpose} query returned no rows")
    return Rows(row_list.values)


def _training_data(rows: Rows, options: Mapping[str, Any]) -> Dataset:
    """The features of a training query, the label if the model type has one, and the roles."""
    label = None
    if "input_label_cols" in options:
        kind = MODEL_TYPES[options["model_type"]].label_kind
        label = rows.label(options["input_label_cols"][0], kind)
        _require_complete(label)
    roles = {
        option: rows.column(options[option], role)
        for option, role in _ROLES.items()
        if option in options
    }
    others = {column.name.lower() for column in Dataset([], label, roles).columns}
    names = [name for name in rows.names if name.lower() not in others]
    if not names:
        raise ModelError("the training query has no feature column; select at least one")
    return Dataset([rows.column(name, "column") for name in names], label, roles)


def _require_complete(label: Column) -> None:
    bad = ~np.isfinite(label.values) if label.categories is None else label.is_null
    if bad.any():
        fault = "NULL, NaN or infinite" if label.categories is None else "NULL"
        raise ModelError(
            f"label column '{label.name}' is {fault} in {bad.sum()} rows; filter them out"
        )


def _training_row(fitted: Training, data: Dataset, metrics: Mapping[str, float]) -> dict[str, Any]:
    content = {
        "model_type": fitted.options["model_type"],
        "options": json.dumps(fitted.options, sort_keys=True),
        "features": [_schema(column) for column in data.features],
        "label": data.label and _schema(data.label),
    }
    artifact = fitted.model.to_bytes()
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode() + artifact)
    return content | {
        "model_version": digest.hexdigest()[:16],
        "statistics": [describe(column) for column in data.features],
        "training_info": [{"training_run": 0, **row} for row in fitted.iterations],
        "evaluation": list(metrics.items()),
        "rows_used": len(data.features[0].values),
        "rows_skipped": 0,
        "artifact": artifact,
    }


def _schema(column: Column) -> dict[str, str]:
    return {"name": column.name, "data_type": column.data_type}


def _predict(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """The predictions of one chunk of rows by one model."""
    relation, version = _constant(relations, "model"), _constant(versions, "version")
    with about(model_name(relation)):
        stored = store.load(relation, version)
        given = Rows(rows.combine_chunks())
        if stored.label is not None:
            given.require_absent(f"predicted_{stored.label['name']}", "ml_predict")
        features = given.trained(stored.features, "ml_predict")
        predictions = stored.model.predict(features)
    starts = np.arange(0, predictions.size + 1, predictions.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(starts, predictions.ravel()).cast(result_type)


def _detect_anomalies(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """How unlike the training rows one chunk of rows is."""
    relation, version = _constant(relations, "model"), _constant(versions, "version")
    text = pa.scalar(_constant(settings, "settings"))
    with about(model_name(relation)):
        stored = store.load(relation, version)
        if not isinstance(stored.model, DetectsAnomalies):
            raise ModelError("a model of its type detects no anomalies; use KMEANS or PCA")
        contamination = _contamination(_json_object(text, "settings"))
        features = Rows(rows.combine_chunks()).trained(stored.features, "ml_detect_anomalies")
        score, cutoff, cluster = stored.model.anomalies(features, contamination)
    columns = [
        pa.array(score > cutoff),
        pa.array(score),
        pa.nulls(len(score)) if cluster is None else pa.array(cluster),
    ]
    typed = [
        column.cast(field.type) for column, field in zip(columns, result_type.fields, strict=True)
    ]
    return pa.StructArray.from_arrays(typed, fields=result_type.fields)


def _contamination(settings: Mapping[str, Any]) -> float:
    for name in settings:
        if name != "contamination":
            raise ModelError(f"setting '{name}' is not valid; use 'contamination'")
    value = settings.get("contamination")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_CONTAMINATION:
        raise ModelError(
            f"setting 'contamination' must be between 0 and {MAX_CONTAMINATION}, not {value!r}"
        )
    return value


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
                    part._asdict()
                    | {
                        "categorical_value": [
                            {"category": category, "value": value}
                            for category, value in part.categorical_value
                        ]
                    }
                    for part in model.describe(what.as_py())
                ]
            )
    return pa.array(results, result_type)


def _constant(values: pa.ChunkedArray, argument: str) -> str:
    distinct = pc.unique(values)
    if len(distinct) != 1 or not distinct[0].is_valid:
        raise ModelError(f"the function needs one {argument} per query, and not NULL")
    return distinct[0].as_py()


def _evaluate(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """The metrics of one model per value of `rows`, each the list of all rows of a query."""
    results = []
    for relation, version, text, row_list in zip(relations, versions, settings, rows, strict=True):
        with about(model_name(relation.as_py())):
            stored = store.load(relation.as_py(), version.as_py())
            data = _evaluation_data(stored, _rows(row_list, "evaluation"))
            metrics = stored.model.evaluate(data, _json_object(text, "settings"))
            results.append(list(metrics.items()))
    return pa.array(results, result_type)


def _evaluation_data(stored: StoredModel, rows: Rows) -> Dataset:
    """The rows, for supervised models those with a label; BigQuery's aggregates skip NULL too.

    No labelled row at all is refused, as is a label the classifier does not know (by the model):
    BigQuery documents neither, and a metric that is NULL or leaves rows out would pass any floor.
    """
    if stored.label is None:
        return Dataset(rows.trained(stored.features, "ml_evaluate"), None)
    name = stored.label["name"]
    label = rows.label(name, stored.model.label_kind, stored.label["data_type"])
    is_labelled = ~label.is_null
    if not is_labelled.any():
        raise ModelError(f"label column '{name}' is NULL in every row; evaluate labelled rows")
    return Dataset(rows.trained(stored.features, "ml_evaluate"), label).take(is_labelled)


FUNCTIONS = (
    Function(
        "bqml_train",
        _train,
        """STRUCT(
            model_version VARCHAR,
            model_type VARCHAR,
            options VARCHAR,
            features STRUCT(name VARCHAR, data_type VARCHAR)[],
            label STRUCT(name VARCHAR, data_type VARCHAR),
            statistics STRUCT(
                input VARCHAR, min DOUBLE, max DOUBLE, mean DOUBLE, median DOUBLE, stddev DOUBLE,
                category_count BIGINT, null_count BIGINT, dimension BIGINT)[],
            training_info STRUCT(
                training_run BIGINT, iteration BIGINT, loss DOUBLE, eval_loss DOUBLE,
                learning_rate DOUBLE, duration_ms BIGINT, cluster_info STRUCT(
                    centroid_id BIGINT, cluster_radius DOUBLE, cluster_size BIGINT)[])[],
            evaluation MAP(VARCHAR, DOUBLE),
            rows_used BIGINT,
            rows_skipped BIGINT,
            artifact BLOB)""",
        "Train a model on (model name, options as JSON, list of rows).",
        "CREATE MODEL",
    ),
    Function(
        "bqml_predict",
        _predict,
        "DOUBLE[]",
        "Predict a row by (model relation, version, row).",
        "ML.PREDICT",
    ),
    Function(
        "bqml_evaluate",
        _evaluate,
        "MAP(VARCHAR, DOUBLE)",
        "Measure a model by (model relation, version, settings as JSON, list of rows).",
        "ML.EVALUATE",
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
        "bqml_detect_anomalies",
        _detect_anomalies,
        "STRUCT(is_anomaly BOOLEAN, score DOUBLE, centroid_id BIGINT)",
        "Compare a row with the training rows by (model relation, version, settings as JSON, row).",
        "ML.DETECT_ANOMALIES",
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
    # A closure, not functools.partial: DuckDB inspects the signature for varargs.
    return lambda *arguments: function.implementation(store, result_type, *arguments)
