"""How long training and prediction take beside the bare computation on arrays in memory.

    python benchmarks/ml_engine.py [--rows 1000000] [--features 20] [--models KMEANS PCA]

The README of this folder says what each number means.
"""

import argparse
import gc
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
from duckdb_bqml import register
from duckdb_bqml.algorithms import ALGORITHMS
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

LINE = "{:<24} {:<8} {:>9} {:>11} {:>9} {:>7} {:>9} {:>9}"


class Case(NamedTuple):
    """One model type: its options, its label, and the same computation on arrays."""

    options: Mapping[str, Any]
    label: str | None
    fit: Callable[[Floats, Floats | None, int], Any]
    """fit(features (n, d), label (n,), iterations): what `predict` needs."""
    predict: Callable[[Any, Floats], Any]


def _standardized(features: Floats, ddof: int = 0) -> tuple[Floats, Floats, Floats]:
    mean, deviation = features.mean(axis=0), features.std(axis=0, ddof=ddof)
    return (features - mean) / deviation, mean, deviation


def _least_squares(features: Floats, label: Floats, iterations: int) -> Floats:
    """The normal equation: the fastest there is."""
    mean = features.mean(axis=0)
    centred = features - mean
    weights = np.linalg.solve(centred.T @ centred, centred.T @ (label - label.mean()))
    return np.append(weights, label.mean() - mean @ weights)


def _gradient(features: Floats, label: Floats, iterations: int) -> tuple[Floats, ...]:
    """Logistic regression by as many steps, each with the best of four rates."""
    design, mean, deviation = _standardized(features)
    weights, rate = np.zeros(design.shape[1]), 0.1
    scores = np.zeros(len(label))
    for _ in range(iterations):
        gradient = design.T @ (expit(scores) - label) / len(label)
        step = design @ gradient
        tried = [
            (np.mean(np.logaddexp(0, scores - r * step) - label * (scores - r * step)), r)
            for r in (2 * rate, rate, rate / 2, rate / 4)
        ]
        rate = min(tried)[1]
        weights, scores = weights - rate * gradient, scores - rate * step
    return weights, mean, deviation


def _lloyd(features: Floats, label: None, iterations: int) -> tuple[Floats, ...]:
    design, mean, deviation = _standardized(features, ddof=1)
    centroids = design[:8]
    for _ in range(iterations):
        nearest = _distances(design, centroids).argmin(axis=1)
        members = np.eye(len(centroids))[nearest]
        centroids = members.T @ design / members.sum(axis=0)[:, None]
    return centroids, mean, deviation


def _distances(design: Floats, centroids: Floats) -> Floats:
    squares = np.einsum("ij,ij->i", design, design)[:, None] + np.square(centroids).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * design @ centroids.T, 0))


def _components(features: Floats, label: None, iterations: int) -> tuple[Floats, ...]:
    design, mean, deviation = _standardized(features, ddof=1)
    return np.linalg.eigh(design.T @ design)[1][:, -5:], mean, deviation


def _trees(features: Floats, label: Floats, iterations: int) -> Any:
    import xgboost

    settings = {"tree_method": "hist", "max_depth": 6, "eta": 0.3, "objective": "reg:squarederror"}
    return xgboost.train(settings, xgboost.DMatrix(features, label), iterations)


def _predict_trees(model: Any, features: Floats) -> Floats:
    import xgboost

    return model.predict(xgboost.DMatrix(features))


CASES: Mapping[str, Case] = {
    "LINEAR_REG": Case({}, "y", _least_squares, lambda w, x: x @ w[:-1] + w[-1]),
    "LOGISTIC_REG": Case({}, "is_high", _gradient, lambda m, x: expit((x - m[1]) / m[2] @ m[0])),
    "KMEANS": Case(
        {"num_clusters": 8}, None, _lloyd, lambda m, x: _distances((x - m[1]) / m[2], m[0])
    ),
    "PCA": Case(
        {"num_principal_components": 5}, None, _components, lambda m, x: (x - m[1]) / m[2] @ m[0]
    ),
    "BOOSTED_TREE_REGRESSOR": Case({}, "y", _trees, _predict_trees),
}


class Run(NamedTuple):
    """The best time of several, in seconds, and the most memory taken on top, in bytes."""

    seconds: float
    memory: int


def measured(call: Callable[[], Any], repeat: int) -> Run:
    runs = []
    for _ in range(repeat):
        gc.collect()
        before = _peak(reset=True)
        started = time.perf_counter()
        result = call()
        runs.append(Run(time.perf_counter() - started, _peak() - before))
        del result
    return Run(min(run.seconds for run in runs), max(run.memory for run in runs))


def _peak(reset: bool = False) -> int:
    """The most memory the process has held since the last reset; 0 where the system is no Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def make_table(connection: duckdb.DuckDBPyConnection, rows: int, features: int) -> None:
    """Table t: x0, x1, … in [0, 1), a number y that depends on them, and whether it is high."""
    names = [f"x{i}" for i in range(features)]
    columns = ", ".join(f"(hash(i, {j}) % 1000003) / 1000003 as x{j}" for j in range(features))
    total = " + ".join(f"{1 + j % 3} * {name}" for j, name in enumerate(names))
    connection.execute(
        f"create or replace table t as select *, y > (select avg(y) from (select {total} as y "
        f"from (select {columns} from range(1000) r(i)))) as is_high from ("
        f"select *, {total} + hash(x0) % 1000 / 1000 as y from "
        f"(select {columns} from range({rows}) r(i)))"
    )


def fetch(connection: duckdb.DuckDBPyConnection, query: str, features: int) -> Floats:
    """The features of a query as one matrix (n, features), column by column."""
    columns = connection.execute(query).fetchnumpy()
    matrix = np.empty((len(columns["x0"]), features), order="F")
    for j in range(features):
        matrix[:, j] = columns[f"x{j}"]
    return matrix


def compare(
    connection: duckdb.DuckDBPyConnection, model_type: str, features: int, repeat: int
) -> list[tuple[str, Run, Run, Run]]:
    """(step, engine, bare computation, fetch) of training and of prediction."""
    case = CASES[model_type]
    options = {"model_type": model_type, **case.options}
    if case.label:
        options["input_label_cols"] = [case.label]
    others = [name for name in ("y", "is_high") if name != case.label]
    query = f"from (select * exclude ({', '.join(others)}) from t)"

    def train() -> None:
        connection.execute(
            f"create or replace table m as select unnest(bqml_train('m', ?, list(r))) {query} r",
            [json.dumps(options)],
        )

    def predict() -> None:
        connection.execute(
            "create or replace table p as select bqml_predict("
            f"'m', (select model_version from m), r) as prediction {query} r"
        )

    engine = measured(train, repeat)
    iterations = connection.sql("select len(training_info) from m").fetchone()[0]
    fetched = measured(lambda: fetch(connection, query, features), repeat)
    matrix = fetch(connection, query, features)
    label = None
    if case.label:
        label = connection.execute(f"select {case.label} from t").fetchnumpy()[case.label] * 1.0
    fitted = case.fit(matrix, label, iterations)
    bare = measured(lambda: case.fit(matrix, label, iterations), repeat)
    predicted = measured(lambda: case.predict(fitted, matrix), repeat)
    return [
        ("train", engine, bare, fetched),
        ("predict", measured(predict, repeat), predicted, fetched),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many counts")
    known = [name for name in CASES if name in ALGORITHMS]
    parser.add_argument("--models", nargs="+", choices=known, default=known, metavar="MODEL")
    given = parser.parse_args()
    with duckdb.connect() as connection:
        register(connection)
        # The steps that no function over rows can avoid: gathering them, and handing them over.
        connection.create_function(
            "rows_given", lambda rows: rows.is_null(), None, "BOOLEAN", type="arrow"
        )
        make_table(connection, given.rows, given.features)
        matrix_mb = given.rows * given.features * 8 / 1e6
        print(
            f"{given.rows:,} rows x {given.features} features ({matrix_mb:,.0f} MB), "
            f"{os.cpu_count()} cores, best of {given.repeat}"
        )
        floor = {
            "train": "create or replace table p as select rows_given(list(r)) as x from t r",
            "predict": "create or replace table p as select rows_given(r) as x from t r",
        }
        for step, statement in floor.items():
            run = measured(lambda statement=statement: connection.execute(statement), given.repeat)
            print(f"a function that does nothing, {step}: {run.seconds:.3f} s")
        print(LINE.format("model", "step", "seconds", "rows/s", "bare", "ratio", "MB", "bare MB"))
        for model_type in given.models:
            for step, engine, bare, fetched in compare(
                connection, model_type, given.features, given.repeat
            ):
                total = bare.seconds + fetched.seconds
                print(
                    LINE.format(
                        model_type,
                        step,
                        f"{engine.seconds:.3f}",
                        f"{given.rows / engine.seconds:,.0f}",
                        f"{total:.3f}",
                        f"{engine.seconds / total:.2f}",
                        f"{engine.memory / 1e6:,.0f}",
                        f"{(fetched.memory + bare.memory) / 1e6:,.0f}",
                    ),
                    flush=True,
                )


if __name__ == "__main__":
    main()
