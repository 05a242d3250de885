"""bqml_train: from the rows of a training query to the row of a model table."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError, about
from bqml_vocabulary.options import json_object, validate
from numpy.typing import NDArray

from duckdb_bqml import transform
from duckdb_bqml.algorithms import MODEL_TYPES, metrics
from duckdb_bqml.algorithms.model import Classifier, Explains, Model, Training
from duckdb_bqml.algorithms.model_selection import (
    canonical_order,
    evaluation_rows,
    row_hashes,
)
from duckdb_bqml.algorithms.parallel import each
from duckdb_bqml.algorithms.preprocessing import Column, Dataset, describe
from duckdb_bqml.algorithms.reference import reference
from duckdb_bqml.algorithms.transform_only import TransformOnly
from duckdb_bqml.columns import Rows
from duckdb_bqml.store import ModelStore, StoredModel, sealed
from duckdb_bqml.transform import TRANSFORM, Transform

_logger = logging.getLogger("duckdb_bqml")

# The options that name a column which is no feature.
_ROLES = {
    "data_split_col": "split column",
    "kmeans_init_col": "initial centroid column",
    "instance_weight_col": "weight column",
}
SCORE_DECIMALS = 4
# What WARM_START cannot change, because the previous weights or centroids depend on it.
_LASTING = (
    "model_type",
    "category_encoding_method",
    "fit_intercept",
    "num_clusters",
    "distance_type",
    "standardize_features",
)

MODEL_ROW = f"""STRUCT(
    model_version VARCHAR,
    model_type VARCHAR,
    options VARCHAR,
    features STRUCT(name VARCHAR, data_type VARCHAR)[],
    label STRUCT(name VARCHAR, data_type VARCHAR),
    transform {TRANSFORM},
    statistics STRUCT(
        input VARCHAR, min DOUBLE, max DOUBLE, mean DOUBLE, median DOUBLE, stddev DOUBLE,
        category_count BIGINT, null_count BIGINT, dimension BIGINT)[],
    reference STRUCT(
        input VARCHAR, row_count BIGINT, null_count BIGINT,
        histogram STRUCT(low DOUBLE, high DOUBLE, n BIGINT)[],
        quantiles STRUCT(upper DOUBLE, n BIGINT)[],
        categories STRUCT("value" VARCHAR, n BIGINT)[])[],
    training_info STRUCT(
        training_run BIGINT, iteration BIGINT, loss DOUBLE, eval_loss DOUBLE,
        learning_rate DOUBLE, duration_ms BIGINT, cluster_info STRUCT(
            centroid_id BIGINT, cluster_radius DOUBLE, cluster_size BIGINT)[])[],
    evaluation MAP(VARCHAR, DOUBLE),
    confusion_matrix BIGINT[][],
    score_points STRUCT(score DOUBLE, positives BIGINT, negatives BIGINT)[],
    global_explanation STRUCT(class_label VARCHAR, feature VARCHAR, attribution DOUBLE)[],
    rows_used BIGINT,
    rows_skipped BIGINT,
    artifact BLOB)"""
"""The columns of a model table that the engine fills.

With a TRANSFORM clause `features`, `statistics` and `reference` are of the columns before it, and
`transform` is not NULL. `reference` holds the distribution of each feature in the rows that train
(algorithms/reference.py). Kept of the evaluation split, of all rows if there is none: `evaluation`,
the metrics; `confusion_matrix`, of a classifier; `score_points`, of a binary one: how many
positives and negatives have each probability, rounded up to four decimals; `global_explanation`, if
asked for: the mean absolute attribution by feature, of every class and, class_label being NULL, of
the model.
"""


def train(
    store: ModelStore,
    result_type: pa.DataType,
    model_names: pa.ChunkedArray,
    options: pa.ChunkedArray,
    rows: pa.ChunkedArray,
    relations: pa.ChunkedArray | None = None,
    versions: pa.ChunkedArray | None = None,
) -> pa.Array:
    """One model per value of `rows`, each the list of all rows of a training query.

    `relations` and `versions` name the models that WARM_START goes on from.
    """
    results = []
    for i, name in enumerate(model_names.to_pylist()):
        previous = None
        with about(name):
            given = json_object(options[i].as_py(), "options")
            if relations is not None and relations[i].is_valid and versions[i].is_valid:
                previous = store.load(relations[i].as_py(), versions[i].as_py())
        results.append(_train_one(name, given, rows[i], previous))
    return pa.array(results, result_type)


def _train_one(
    name: str,
    given: Mapping[str, Any],
    row_list: pa.ListScalar,
    previous: StoredModel | None,
) -> dict[str, Any]:
    options, warnings = validate(name, given)  # names the model in its errors itself
    for warning in warnings:
        _logger.warning(warning)
    with about(name):
        rows = Rows.of_list(row_list, "training")
        warm = previous if options.get("warm_start") else None
        clause = options.pop("transform", None)
        given = (
            _read(rows, options, warm)
            if clause is None
            else _transformed(rows, clause, options, warm)
        )
        training = given.data.take(slice(None, given.trained))
        evaluates = given.trained < given.rows
        evaluation = given.data.take(slice(given.trained, None)) if evaluates else None
        algorithm = MODEL_TYPES[options["model_type"]]
        fitted = algorithm.fit(training, evaluation, options, warm and warm.model)
        measured = _measure(fitted.model, evaluation or training, options)
    return _model_row(fitted, given, measured, warm.training_info if warm else [])


class _Given(NamedTuple):
    """A training query, in an order that depends on its rows alone, those that train first.

    `types`, `statistics` and `reference` are of the columns that the features are, or are made of.
    """

    data: Dataset
    rows: int
    trained: int
    types: list[dict[str, str]]
    statistics: list[dict[str, Any]]
    reference: list[dict[str, Any]]
    transform: Transform | None = None


def _ordered(
    columns: Sequence[Column], options: Mapping[str, Any], split_column: Column | None
) -> tuple[NDArray[np.intp], int]:
    """The order (n,) of the rows and how many train.

    DuckDB hands rows over in any order and floating-point sums depend on it: sorted by a hash of
    their contents, the same rows always give the same model.
    """
    hashes = row_hashes(columns)
    order = canonical_order(hashes)
    evaluates = evaluation_rows(options, hashes[order], split_column and split_column.take(order))
    trained = len(order) - np.count_nonzero(evaluates)
    return np.concatenate([order[~evaluates], order[evaluates]]), trained


def _read(rows: Rows, options: Mapping[str, Any], warm: StoredModel | None) -> _Given:
    _require_same_clause(None, warm)
    data = _training_data(rows, options, warm)
    order, trained = _ordered(data.columns, options, data.roles.get("data_split_col"))
    # All rows are gathered once; what is taken of them later are views.
    data = data.take(order)
    statistics = each(describe, data.features, data.rows)
    kept = each(lambda column: reference(column.take(slice(trained))), data.features, data.rows)
    return _Given(data, data.rows, trained, [*map(_schema, data.features)], statistics, kept)


def _transformed(
    rows: Rows, clause: list[str], options: Mapping[str, Any], warm: StoredModel | None
) -> _Given:
    """The same through a TRANSFORM clause: raw rows are split, and those that train fit it."""
    split_column = _roles(rows, options).get("data_split_col")
    rows = rows.whole
    order, trained = _ordered(transform.all_columns(rows), options, split_column)
    rows = transform.take(rows, order)
    roles = {option: options[option] for option in _ROLES if option in options}
    if "input_label_cols" in options:
        roles["input_label_cols"] = options["input_label_cols"][0]
    _require_same_clause(clause, warm)
    # The weights a warm start goes on from are those of the previous statistics.
    fitted = (
        warm.transform
        if warm
        else transform.fit(clause, transform.take(rows, np.arange(trained)), roles)
    )
    if MODEL_TYPES[options["model_type"]] is TransformOnly:
        data = Dataset([], None)
    else:
        data = _training_data(fitted.apply(rows, "training"), options, warm)
    inputs = fitted.feature_inputs
    statistics = [transform.describe_input(rows, column["name"]) for column in inputs]
    kept = [transform.reference_of_input(rows, column["name"], trained) for column in inputs]
    return _Given(data, len(order), trained, inputs, statistics, kept, fitted)


def _require_same_clause(clause: list[str] | None, warm: StoredModel | None) -> None:
    if warm is None:
        return
    before = None if warm.transform is None else warm.transform.stored["expressions"]
    if clause != before:
        raise ModelError(
            "option 'transform' differs from that of the model warm_start goes on from; keep it, "
            "or set warm_start to false"
        )


def _training_data(rows: Rows, options: Mapping[str, Any], warm: StoredModel | None) -> Dataset:
    """The features of a training query, the label if the model type has one, and the roles."""
    label = None
    if "input_label_cols" in options:
        kind = MODEL_TYPES[options["model_type"]].label_kind
        label = rows.label(options["input_label_cols"][0], kind)
        _require_complete(label)
    roles = _roles(rows, options)
    rows.require_distinct()
    others = {column.name.lower() for column in Dataset([], label, roles).columns}
    names = [name for name in rows.names if name.lower() not in others]
    if not names:
        raise ModelError("the training query has no feature column; select at least one")
    data = Dataset([rows.column(name, "column") for name in names], label, roles)
    return data if warm is None else _continuing(data, options, warm)


def _roles(rows: Rows, options: Mapping[str, Any]) -> dict[str, Column]:
    return {
        option: rows.column(options[option], role)
        for option, role in _ROLES.items()
        if option in options
    }


def _continuing(data: Dataset, options: Mapping[str, Any], previous: StoredModel) -> Dataset:
    """The data with their features in the order of the previous model; ModelError unless the two
    have the same model type, schema and lasting options."""
    for name in _LASTING:
        before = previous.options.get(name)
        if options.get(name, before) != before:
            raise ModelError(
                f"option '{name}' is {str(options[name]).upper()} and was {str(before).upper()} in "
                "the model that warm_start goes on from; keep it, or set warm_start to false"
            )
    columns = {column.name.lower(): column for column in data.features}
    trained = previous.trained_features
    wanted = [field["name"].lower() for field in trained]
    pairs = [
        *zip(trained, map(columns.get, wanted), strict=True),
        *((None, column) for name, column in columns.items() if name not in wanted),
    ]
    if previous.label is not None:
        pairs.append((previous.label, data.label))
    for before, column in pairs:
        if column is None:
            fault = f"column '{before['name']}' is missing from the training query; add it"
        elif before is None:
            fault = f"column '{column.name}' is new; leave it out"
        elif before["name"].lower() != column.name.lower():
            fault = f"label column '{column.name}' was '{before['name']}'; keep it"
        elif before["data_type"] != column.data_type:
            fault = (
                f"column '{column.name}' has the type {column.data_type} and had "
                f"{before['data_type']}; cast it"
            )
        else:
            continue
        raise ModelError(
            f"warm_start goes on from a model of the same schema: {fault}, or set warm_start "
            "to false"
        )
    return data._replace(features=[columns[name] for name in wanted])


def _require_complete(label: Column) -> None:
    bad = ~np.isfinite(label.values) if label.categories is None else label.is_null
    if bad.any():
        fault = "NULL, NaN or infinite" if label.categories is None else "NULL"
        raise ModelError(
            f"label column '{label.name}' is {fault} in {bad.sum()} rows; filter them out"
        )
    if label.categories is None:
        with np.errstate(over="ignore"):
            sum_of_squares = np.square(label.values).sum()
        if not np.isfinite(sum_of_squares):
            raise ModelError(
                f"label column '{label.name}' holds numbers from {label.values.min():g} to "
                f"{label.values.max():g}, too large to square; divide them by a power of ten"
            )


def _measure(model: Model, data: Dataset, options: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a model table that say how good the model is, on these rows."""
    if isinstance(model, TransformOnly):
        return {}
    if not isinstance(model, Classifier):
        measured = {"evaluation": list(model.evaluate(data, {}).items())}
    else:
        codes, probabilities = model.codes(data.label), model.predict(data.features)
        measured = {
            "evaluation": list(metrics.classification(codes, probabilities, 0.5).items()),
            "confusion_matrix": metrics.confusion_matrix(codes, probabilities, 0.5).tolist(),
        }
        if len(model.classes) == 2:
            points = metrics.score_points(codes == 1, probabilities[:, 1], SCORE_DECIMALS)
            measured["score_points"] = [
                {"score": score, "positives": positives, "negatives": negatives}
                for score, positives, negatives in zip(
                    *(column.tolist() for column in points), strict=True
                )
            ]
    if options.get("enable_global_explain") and isinstance(model, Explains):
        approximate = bool(options.get("approx_global_feature_contrib"))
        measured["global_explanation"] = _explain_globally(model, data, approximate)
    return measured


def _explain_globally(model: Explains, data: Dataset, approximate: bool) -> list[dict[str, Any]]:
    """The mean absolute attributions of every class, and of the model: their mean."""
    rows = data.rows
    classes = model.classes if isinstance(model, Classifier) else [None]
    of_class = np.array(
        [
            np.abs(
                model.explain(
                    data.features,
                    None if label is None else np.full(rows, code),
                    approximate,
                ).attributions
            ).mean(axis=0)
            for code, label in enumerate(classes)
        ]
    )
    labelled = list(zip(classes, of_class, strict=True))
    if isinstance(model, Classifier):
        labelled.append((None, of_class.mean(axis=0)))
    return [
        {"class_label": label, "feature": column.name, "attribution": float(attribution)}
        for label, attributions in labelled
        for column, attribution in zip(data.features, attributions, strict=True)
    ]


def _model_row(
    fitted: Training,
    given: _Given,
    measured: Mapping[str, Any],
    earlier_runs: list[dict[str, Any]],
) -> dict[str, Any]:
    content = {
        "model_type": fitted.options["model_type"],
        "options": json.dumps(fitted.options, sort_keys=True),
        "features": given.types,
        "label": given.data.label and _schema(given.data.label),
    }
    if given.transform is not None:
        content["transform"] = given.transform.stored
    artifact = sealed(fitted.model.to_bytes())
    run = 1 + max((row["training_run"] for row in earlier_runs), default=-1)
    # A run that changes no weight is a version of its own, with its own training_info.
    identity = content | ({"training_run": run} if run else {})
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode() + artifact)
    return content | {
        "model_version": digest.hexdigest()[:16],
        "statistics": given.statistics,
        "reference": given.reference,
        "training_info": earlier_runs + [{"training_run": run, **row} for row in fitted.iterations],
        **measured,
        "rows_used": given.rows,
        "rows_skipped": 0,
        "artifact": artifact,
    }


def _schema(column: Column) -> dict[str, str]:
    return {"name": column.name, "data_type": column.data_type}
