"""BOOSTED_TREE_* and RANDOM_FOREST_*: XGBoost, started and bounded as BigQuery does it.

XGBOOST_VERSION, by default 0.9, says what the model starts from and where AUTO looks for splits:

    0.9, 1.1  from 0.5, whatever the label; AUTO is the approximate method of these versions
              (split_candidates.py), on tables of any size
    2.1       from the mean label, or the shares of the classes; AUTO is HIST

Whichever it is, the trees are grown by the XGBoost that is installed. Starting from 0.5 matters
most to a random forest: the penalty on the leaves is then one on their distance from 0.5, and the
forest hardly grows.

Trees are the same whenever rows and options are: the only random choices are those of SUBSAMPLE,
COLSAMPLE_* and DROPOUT, and their seed is fixed. The number of threads is OpenMP's, all cores
unless OMP_NUM_THREADS says otherwise, but one for little data: on a busy machine threads wait for
each other longer than they work.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.model import Explanation, Importance, Training
from duckdb_bqml.algorithms.preprocessing import Column, Dataset
from duckdb_bqml.algorithms.supervised import (
    ProbabilisticClassifier,
    Regressor,
    class_weights,
    training_classes,
)
from duckdb_bqml.algorithms.trees.encoding import Matrix, TreeEncoder
from duckdb_bqml.algorithms.trees.split_candidates import split_candidates
from duckdb_bqml.errors import ModelError

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix

Floats = NDArray[np.float64]

MAX_CLASSES = 1_000
NUMBER_TYPES = ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64")
FIRST_VERSIONS = ("0.9", "1.1")
MAX_BIN = 256
# XGBoost refuses a share of 0 and takes at least one feature of any other.
SMALLEST_SHARE = 1e-6
HEADER_SIZE_BYTES = 8
# Numbers in a matrix from which on more than one thread pays.
MANY_CELLS = 200_000
# Rows that DuckDB hands over at once.
CHUNK_ROWS = 2_048
# Attributions, of all classes, that are computed at once.
MOST_ATTRIBUTIONS = 20_000_000

# XGBoost's name of an option; the other options have no equal, or are not XGBoost's.
_PARAMETERS = {
    "max_tree_depth": "max_depth",
    "min_tree_child_weight": "min_child_weight",
    "min_split_loss": "gamma",
    "l1_reg": "reg_alpha",
    "l2_reg": "reg_lambda",
    "subsample": "subsample",
    "colsample_bytree": "colsample_bytree",
    "colsample_bylevel": "colsample_bylevel",
    "colsample_bynode": "colsample_bynode",
    "num_parallel_tree": "num_parallel_tree",
}


def _xgboost() -> Any:
    """The package, imported when it is first needed: models of other types do without.

    Its OpenMP reads when it is loaded how threads are to wait. They spin unless told otherwise,
    which makes training many times slower while anything else is running, as it is under dbt.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xgboost
    except ImportError as error:
        raise ModelError(
            "models of trees need the package xgboost-cpu, which is not installed; install it"
        ) from error
    return xgboost


@contextmanager
def _one_sentence() -> Iterator[None]:
    """What XGBoost refuses, without its stack trace."""
    xgboost = _xgboost()
    try:
        yield
    except xgboost.core.XGBoostError as error:
        reason = str(error).partition("\n")[0].rpartition(": ")[2]
        raise ModelError(
            f"XGBoost does not train with these options and rows ({reason.rstrip('.')}); "
            "change the option it speaks of"
        ) from error


def _threads(matrix: Matrix) -> int:
    """XGBoost's nthread, of which 0 is as many as OpenMP has."""
    return 1 if matrix.size < MANY_CELLS else 0


class _Rows(NamedTuple):
    """Rows to fit or to measure: features (n, width), label (n,), weights (n,) or None."""

    features: Matrix
    label: NDArray[Any]
    weights: Floats | None


def _for_xgboost(rows: _Rows, options: Mapping[str, Any], training: Any = None) -> "DMatrix":
    """The rows as XGBoost wants them for the tree method of the options, which is not AUTO; rows
    to be measured need the `training` rows in that form."""
    xgboost = _xgboost()
    method, is_first = options["tree_method"], options["xgboost_version"] in FIRST_VERSIONS
    if method == "EXACT" or (method == "APPROX" and not is_first):
        return xgboost.DMatrix(
            rows.features, rows.label, weight=rows.weights, nthread=_threads(rows.features)
        )
    if training is None and method == "APPROX":
        # Bins are taken over from the matrix of reference: a small one, which holds them.
        training = xgboost.QuantileDMatrix(_candidates(rows), max_bin=MAX_BIN, nthread=1)
    return xgboost.QuantileDMatrix(
        rows.features,
        rows.label,
        weight=rows.weights,
        max_bin=MAX_BIN,
        ref=training,
        nthread=_threads(rows.features),
    )


def _candidates(rows: _Rows) -> Matrix:
    """The split candidates of every feature (most of them, width), the last one repeated."""
    columns = [
        split_candidates(np.ascontiguousarray(column), rows.weights) for column in rows.features.T
    ]
    longest = max(map(len, columns))
    return np.stack([np.pad(column, (0, longest - len(column)), "edge") for column in columns], 1)


def _parameters(options: Mapping[str, Any], objective: Mapping[str, Any]) -> dict[str, Any]:
    """What XGBoost is told of the options; `objective` goes in as it is."""
    is_first = options["xgboost_version"] in FIRST_VERSIONS
    method = "HIST" if is_first and options["tree_method"] == "APPROX" else options["tree_method"]
    parameters = {theirs: options[ours] for ours, theirs in _PARAMETERS.items()}
    for name in parameters:
        if name.startswith("colsample"):
            parameters[name] = max(parameters[name], SMALLEST_SHARE)
    parameters |= {
        "learning_rate": _learning_rate(options),
        "booster": options.get("booster_type", "GBTREE").lower(),
        "tree_method": method.lower(),
        "seed": 0,
        "verbosity": 0,
    }
    if method != "EXACT":
        parameters["max_bin"] = MAX_BIN
    if is_first:
        parameters["base_score"] = 0.5
    if parameters["booster"] == "dart":
        parameters["rate_drop"] = options["dropout"]
        parameters["normalize_type"] = options["dart_normalize_type"].lower()
    return parameters | objective


def _learning_rate(options: Mapping[str, Any]) -> float:
    return options.get("learn_rate", 1.0)


def _boost(
    training: "DMatrix",
    evaluation: "DMatrix | None",
    parameters: Mapping[str, Any],
    options: Mapping[str, Any],
) -> tuple["Booster", list[dict[str, Any]]]:
    """The trees and the rows of ML.TRAINING_INFO. A random forest is grown in one iteration."""
    measured = [(training, "loss")]
    if evaluation is not None:
        measured.append((evaluation, "eval_loss"))
    booster = _xgboost().Booster(parameters, [rows for rows, _ in measured])
    iterations: list[dict[str, Any]] = []
    for iteration in range(options.get("max_iterations", 1)):
        started = time.perf_counter()
        booster.update(training, iteration)
        losses = _losses(booster.eval_set(measured, iteration))
        iterations.append(
            {
                "iteration": iteration + 1,
                "loss": losses["loss"],
                "eval_loss": losses.get("eval_loss"),
                "learning_rate": _learning_rate(options),
                "duration_ms": round(1000 * (time.perf_counter() - started)),
            }
        )
        if options["early_stop"] and _is_small_step(iterations, options["min_rel_progress"]):
            break
    return booster, iterations


def _losses(printed: str) -> dict[str, float]:
    """From XGBoost's "[0]\\tloss-rmse:3018.0\\teval_loss-rmse:3021.5"."""
    pairs = (part.rsplit(":", 1) for part in printed.split("\t")[1:])
    return {name.partition("-")[0]: float(value) for name, value in pairs}


def _is_small_step(iterations: Sequence[Mapping[str, Any]], least: float) -> bool:
    if len(iterations) < 2:
        return False
    before, loss = iterations[-2]["loss"], iterations[-1]["loss"]
    return before - loss < least * before


def _instance_weights(data: Dataset) -> Floats | None:
    """The weights (n,) that INSTANCE_WEIGHT_COL gives; ModelError if one is no weight."""
    column = data.roles.get("instance_weight_col")
    if column is None:
        return None
    if column.data_type not in NUMBER_TYPES:
        raise ModelError(
            f"option 'instance_weight_col' names '{column.name}' of type {column.data_type}; "
            "name a number"
        )
    bad = int((~np.isfinite(column.values) | (column.values < 0)).sum())
    if bad:
        raise ModelError(
            f"weight column '{column.name}' is NULL, NaN, infinite or negative in {bad} rows; "
            "filter them out or give them a weight"
        )
    if not column.values.any():
        raise ModelError(f"weight column '{column.name}' is 0 in every row; weigh some rows more")
    return column.values


class _Trees:
    """Encoded features, a Booster on them, and their artifact.

    The artifact is the size of a header (8 bytes, little-endian), the header (JSON: the encoder
    and the classes), and the Booster in XGBoost's own format UBJSON, which is data, too.
    """

    def __init__(
        self, encoder: TreeEncoder, booster: "Booster", classes: Sequence[str] | None = None
    ) -> None:
        self.encoder, self.booster, self.classes = encoder, booster, classes

    @classmethod
    def grow(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        objective: Mapping[str, Any],
        classes: Sequence[str] | None = None,
        weights_of_classes: Floats | None = None,
    ) -> Training:
        is_first = options["xgboost_version"] in FIRST_VERSIONS
        if options["tree_method"] == "AUTO":
            options = {**options, "tree_method": "APPROX" if is_first else "HIST"}
        method = options.get("category_encoding_method", "LABEL_ENCODING")
        encoder = TreeEncoder.fit(training.features, method, training.label)

        def rows(data: Dataset) -> _Rows:
            weights = _instance_weights(data)
            if weights_of_classes is not None:
                weights = weights_of_classes[data.label.values]
            return _Rows(encoder.transform(data.features), data.label.values, weights)

        with _one_sentence():
            training_rows = rows(training)
            grown_on = _for_xgboost(training_rows, options)
            measured = evaluation and _for_xgboost(rows(evaluation), options, grown_on)
            parameters = _parameters(options, objective)
            parameters["nthread"] = _threads(training_rows.features)
            del training_rows  # as large as the table; XGBoost has its own
            booster, iterations = _boost(grown_on, measured, parameters, options)
        # A Booster keeps the rows it was trained on; one read from bytes has the trees only.
        model = cls.from_bytes(cls(encoder, booster, classes).to_bytes())
        return Training(model, dict(options), iterations)

    def outputs(self, features: Sequence[Column]) -> Floats:
        """What the objective gives: values or probabilities (n,), or probabilities (n, classes).

        Safe to call from several threads at once, as XGBoost says of its predictions.
        """
        matrix = self.encoder.transform(features)
        return self._booster_for(matrix).inplace_predict(matrix).astype(np.float64)

    def _booster_for(self, matrix: Matrix) -> "Booster":
        # The chunks of a query come in several threads already.
        is_small = len(matrix) <= CHUNK_ROWS or _threads(matrix) == 1
        return self.booster if is_small else self._parallel_booster

    @cached_property
    def _parallel_booster(self) -> "Booster":
        return _xgboost().Booster({"nthread": 0}, model_file=self.booster.save_raw("ubj"))

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        """Tree SHAP or, if `approximate`, what each split on the way adds to the expectation.

        The shares of the columns that encode one feature are added up. Of two classes the trees
        know the higher one; the log-odds of the other are the same with the sign changed.
        """
        matrix = self.encoder.transform(features)
        size = max(1, MOST_ATTRIBUTIONS // ((matrix.shape[1] + 1) * len(self.classes or [None])))
        found = [
            self._contributions(
                matrix[start : start + size],
                None if classes is None else classes[start : start + size],
                approximate,
            )
            for start in range(0, len(matrix), size)
        ]
        parts, value = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        attributions, baseline = self.encoder.sums(parts[:, :-1]), parts[:, -1]
        error = value - baseline - attributions.sum(axis=1)
        return Explanation(attributions, baseline, value, error)

    def _contributions(
        self, matrix: Matrix, classes: NDArray[np.intp] | None, approximate: bool
    ) -> tuple[Floats, Floats]:
        """Of each row, those of every column of the matrix and of the bias (n, width + 1), and the
        value or log-odds (n,) that they add up to."""
        booster = self._booster_for(matrix)
        rows = _xgboost().DMatrix(matrix, nthread=_threads(matrix))
        parts = booster.predict(rows, pred_contribs=True, approx_contribs=approximate)
        value = booster.predict(rows, output_margin=True)
        if parts.ndim == 3:
            chosen = np.arange(len(value)), classes
            parts, value = parts[chosen], value[chosen]
        elif classes is not None:
            sign = np.where(classes == 1, 1, -1)
            parts, value = parts * sign[:, None], value * sign
        return parts.astype(np.float64), value.astype(np.float64)

    def feature_importance(self, names: Sequence[str]) -> list[Importance]:
        splits, gain, cover = (
            self.encoder.sums(self._scores(kind)[None, :])[0]
            for kind in ("weight", "total_gain", "total_cover")
        )
        per_split = np.maximum(splits, 1)
        columns = (splits, gain / per_split, cover / per_split)
        return [
            Importance(name, *row)
            for name, row in zip(names, np.stack(columns, axis=1).tolist(), strict=True)
        ]

    def _scores(self, kind: str) -> Floats:
        """XGBoost's score (width,) of each column of the matrix, 0 if no split uses it."""
        scores = self.booster.get_score(importance_type=kind)
        return np.array([scores.get(f"f{i}", 0.0) for i in range(self.encoder.width)])

    def to_bytes(self) -> bytes:
        content = {"encoder": self.encoder.to_json(), "classes": self.classes}
        header = json.dumps(content, sort_keys=True, allow_nan=False).encode()
        size = len(header).to_bytes(HEADER_SIZE_BYTES, "little")
        return size + header + bytes(self.booster.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        end = HEADER_SIZE_BYTES + int.from_bytes(artifact[:HEADER_SIZE_BYTES], "little")
        content = json.loads(artifact[HEADER_SIZE_BYTES:end])
        booster = _xgboost().Booster({"nthread": 1}, model_file=bytearray(artifact[end:]))
        return cls(TreeEncoder.from_json(content["encoder"]), booster, content["classes"])


class TreeRegressor(Regressor, _Trees):
    """BOOSTED_TREE_REGRESSOR and RANDOM_FOREST_REGRESSOR; the loss is the root of the mean squared
    error."""

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        objective = {"objective": "reg:squarederror", "eval_metric": "rmse"}
        return cls.grow(training, evaluation, options, objective)

    def predict(self, features: Sequence[Column]) -> Floats:
        return self.outputs(features)[:, None]


class TreeClassifier(ProbabilisticClassifier, _Trees):
    """BOOSTED_TREE_CLASSIFIER and RANDOM_FOREST_CLASSIFIER; the loss is the mean log loss.

    Two classes share one tree per iteration, that of the higher class; more have one each.
    """

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        classes = training_classes(training.label, options["model_type"], MAX_CLASSES)
        if len(classes) == 2:
            objective = {"objective": "binary:logistic", "eval_metric": "logloss"}
        else:
            objective = {
                "objective": "multi:softprob",
                "eval_metric": "mlogloss",
                "num_class": len(classes),
            }
        weights = class_weights(training.label, options)
        return cls.grow(training, evaluation, options, objective, classes, weights)

    def predict(self, features: Sequence[Column]) -> Floats:
        probabilities = self.outputs(features)
        if len(self.classes) == 2:
            return np.stack([1 - probabilities, probabilities], axis=1)
        return probabilities
