"""How XGBoost is loaded, given rows, told the options of BigQuery, and trained.

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

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms import extra
from duckdb_bqml.algorithms.trees.encoding import Matrix
from duckdb_bqml.algorithms.trees.split_candidates import split_candidates

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix

Floats = NDArray[np.float64]

FIRST_VERSIONS = ("0.9", "1.1")
MAX_BIN = 256
# XGBoost refuses a share of 0 and takes at least one feature of any other.
SMALLEST_SHARE = 1e-6
# Numbers in a matrix from which on more than one thread pays.
MANY_CELLS = 200_000

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


def load_xgboost() -> Any:
    """The package, imported when it is first needed: models of other types do without.

    Its OpenMP reads when it is loaded how threads are to wait. They spin unless told otherwise,
    which makes training many times slower while anything else is running, as it is under dbt.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return extra("xgboost", "models of trees")


@contextmanager
def one_sentence() -> Iterator[None]:
    """What XGBoost refuses, without its stack trace."""
    xgboost = load_xgboost()
    try:
        yield
    except xgboost.core.XGBoostError as error:
        reason = str(error).partition("\n")[0].rpartition(": ")[2]
        raise ModelError(
            f"XGBoost does not train with these options and rows ({reason.rstrip('.')}); "
            "change the option it speaks of"
        ) from error


def threads(matrix: Matrix) -> int:
    """XGBoost's nthread, of which 0 is as many as OpenMP has."""
    return 1 if matrix.size < MANY_CELLS else 0


class Rows(NamedTuple):
    """Rows to fit or to measure: features (n, width), label (n,), weights (n,) or None."""

    features: Matrix
    label: NDArray[Any]
    weights: Floats | None


def for_xgboost(rows: Rows, options: Mapping[str, Any], training: Any = None) -> "DMatrix":
    """The rows as XGBoost wants them for the tree method of the options, which is not AUTO; rows
    to be measured need the `training` rows in that form."""
    xgboost = load_xgboost()
    method, is_first = options["tree_method"], options["xgboost_version"] in FIRST_VERSIONS
    if method == "EXACT" or (method == "APPROX" and not is_first):
        return xgboost.DMatrix(
            rows.features, rows.label, weight=rows.weights, nthread=threads(rows.features)
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
        nthread=threads(rows.features),
    )


def _candidates(rows: Rows) -> Matrix:
    """The split candidates of every feature (most of them, width), the last one repeated."""
    columns = [
        split_candidates(np.ascontiguousarray(column), rows.weights) for column in rows.features.T
    ]
    longest = max(map(len, columns))
    return np.stack([np.pad(column, (0, longest - len(column)), "edge") for column in columns], 1)


def xgboost_parameters(options: Mapping[str, Any], objective: Mapping[str, Any]) -> dict[str, Any]:
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


def boost(
    training: "DMatrix",
    evaluation: "DMatrix | None",
    parameters: Mapping[str, Any],
    options: Mapping[str, Any],
) -> tuple["Booster", list[dict[str, Any]]]:
    """The trees and the rows of ML.TRAINING_INFO. A random forest is grown in one iteration."""
    measured = [(training, "loss")]
    if evaluation is not None:
        measured.append((evaluation, "eval_loss"))
    booster = load_xgboost().Booster(parameters, [rows for rows, _ in measured])
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
