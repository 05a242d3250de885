"""Model types that exist in tests only: what is left to add a type is its rows and one class.

MEAN_ONLY   predicts the mean label, plus the option `shift`
ECHO        takes no query and gives a text and an array, under names of its own
LAST_VALUE  a series by one or several id columns: no features, no split, a row of metrics per
            series, and rows of its own
BEST_SHIFT  trains, chooses among trials by the rows that evaluate, and is measured on the rows
            that test; an artifact of one part per trial
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pytest
from bqml_vocabulary import model_types, options
from duckdb_bqml import algorithms
from duckdb_bqml.algorithms.contracts import Made, Output, Request, Row, Trained
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import (
    TEXT,
    Array,
    Described,
    Fields,
    Finite,
    ListOf,
    Whole,
)
from duckdb_bqml.algorithms.supervised import Regressor

MODEL_TYPES = [
    {
        "model_type": "MEAN_ONLY",
        "kind": "regression",
        "groups": [],
        "trained_by": "vertex_ai",
        "without": ["EXPLAIN_PREDICT", "GLOBAL_EXPLAIN"],
    },
    {
        "model_type": "ECHO",
        "kind": "imported",
        "groups": [],
        "query": "none",
        "features": "none",
        "split": "none",
    },
    {
        "model_type": "LAST_VALUE",
        "kind": "time_series",
        "groups": [],
        "features": "none",
        "split": "none",
    },
    {"model_type": "BEST_SHIFT", "kind": "regression", "groups": []},
]
ALL = [row["model_type"] for row in MODEL_TYPES]
LABELLED = ["MEAN_ONLY", "BEST_SHIFT"]


def _option(name: str, types: list[str], type_: str, default: Any = None, **rest: Any) -> dict:
    given = {"name": name, "model_types": types, "type": type_, "default": default}
    return given | {"doc": f"The option {name} of a test."} | rest


OPTIONS = [
    _option("model_type", ALL, "STRING"),
    _option("input_label_cols", LABELLED, "ARRAY<STRING>", ["label"], role="label column"),
    _option("shift", ["MEAN_ONLY"], "FLOAT64", 0.0, maximum=100, tunable=True),
    _option("words", ["ECHO"], "ARRAY<STRING>", required=True),
    _option("layers", ["ECHO"], "ARRAY<INT64>"),
    _option("shares", ["ECHO"], "ARRAY<FLOAT64>", maximum=1),
    _option("data_col", ["LAST_VALUE"], "STRING", required=True, role="data column"),
    _option("id_col", ["LAST_VALUE"], "STRING | ARRAY<STRING>", role="series id column"),
    _option("order", ["LAST_VALUE"], "STRUCT<INT64, INT64, INT64>", minimum=0),
    _option("num_trials", ["BEST_SHIFT"], "INT64", minimum=1),
    _option(
        "data_split_method", ["BEST_SHIFT"], "STRING", "AUTO_SPLIT", allowed=["AUTO_SPLIT", "SEQ"]
    ),
    _option(
        "data_split_col",
        ["BEST_SHIFT"],
        "STRING",
        role="split column",
        only_with={"data_split_method": ["SEQ"]},
    ),
]


def add(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these types be, for one test: their rows, and their classes."""
    rows = model_types.read({"kinds": model_types.KINDS, "model_types": MODEL_TYPES})
    for name, row in rows.items():
        monkeypatch.setitem(model_types.MODEL_TYPES, name, row)
    for name, table in options.read({"options": OPTIONS}).items():
        monkeypatch.setitem(options.OPTIONS, name, table)
    for name, made in zip(ALL, (MeanOnly, Echo, LastValue, BestShift), strict=True):
        monkeypatch.setitem(algorithms.ALGORITHMS, name, f"{__name__}:{made.__name__}")


class MeanOnly(Regressor):
    """MEAN_ONLY."""

    artifact = Described({"model": Fields({"mean": Finite()})})

    def __init__(self, mean: float) -> None:
        self.mean = mean

    @classmethod
    def fit(cls, request: Request) -> Trained:
        mean = float(request.data.train.label.values.mean()) + request.options["shift"]
        return Trained(cls(mean), dict(request.options), [{"iteration": 0, "loss": 0.0}])

    def predict(self, features: Sequence[Column]) -> np.ndarray:
        return np.full((features[0].rows, 1), self.mean)

    def to_parts(self) -> dict[str, Any]:
        return {"model": {"mean": self.mean}}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        return cls(parts["model"]["mean"])


class Echo:
    """ECHO."""

    artifact = Described({"model": Fields({"words": ListOf(TEXT)})})

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.outputs = [Output("said", "STRING"), Output("lengths", "ARRAY<INT64>")]

    @classmethod
    def fit(cls, request: Request) -> Trained:
        assert request.data is None
        inputs = [Output("x", "FLOAT64")]
        return Trained(cls(request.options["words"]), dict(request.options), inputs=inputs)

    def predict_values(self, features: Sequence[Column]) -> list[list[Any]]:
        [x] = features
        said = [f"{' '.join(self.words)} {value:g}" for value in x.values]
        return [said, [[len(word) for word in self.words]] * len(said)]

    def to_parts(self) -> dict[str, Any]:
        return {"model": {"words": self.words}}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        return cls(parts["model"]["words"])


class LastValue:
    """LAST_VALUE: two rows per part, a part per series."""

    describes = ("ARIMA_COEFFICIENTS",)
    artifact = Described(
        {"last": Array("<f8", ("series",)), "series": Array("<i8", ("series", "columns"))}
    )

    def __init__(self, last: np.ndarray, series: np.ndarray) -> None:
        self.last, self.series = last, series

    @classmethod
    def fit(cls, request: Request) -> Trained:
        data = request.data.train
        ids = np.stack([column.values for column in data.roles["id_col"]], axis=1)
        series, places = np.unique(ids, axis=0, return_inverse=True)
        values = data.role("data_col").values
        last = np.array([values[places == number].max() for number in range(len(series))])
        names = [
            [
                column.categories[code]
                for column, code in zip(data.roles["id_col"], row, strict=True)
            ]
            for row in series
        ]
        return Trained(cls(last, series), dict(request.options), details={"series": names})

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> list[Row]:
        return [
            {"series": str(number), "mean_absolute_error": float(value)}
            for number, value in enumerate(self.last)
        ]

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> list[Row]:
        return [{"intercept_or_drift": float(value)} for value in self.last]

    def parts(self, function: str, settings: Mapping[str, Any]) -> int:
        return len(self.last)

    def make_rows(self, function: str, settings: Mapping[str, Any], part: int) -> Made:
        steps = settings.get("horizon", 2)
        keys = np.stack([np.full(steps, part), np.arange(steps)], axis=1)
        return Made(keys, self.last[part] + np.arange(steps)[:, None])

    def to_parts(self) -> dict[str, Any]:
        return {"last": self.last, "series": self.series.astype(np.int64)}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        return cls(parts["last"], parts["series"])


class BestShift(Regressor):
    """BEST_SHIFT: trial k predicts the mean label plus k."""

    artifact = Described(
        {
            "trials/{trial}/mean": Array("<f8", (1,)),
            "model": Fields({"best": Whole(below="trial")}),
        }
    )

    def __init__(self, means: Sequence[float], best: int) -> None:
        self.means, self.best = means, best

    @classmethod
    def fit(cls, request: Request) -> Trained:
        train, evaluate, _ = request.data
        mean = float(train.label.values.mean())
        means = [mean + number for number in range(request.options.get("num_trials", 1))]
        measured = (evaluate or train).label.values.mean()
        best = int(np.argmin([abs(one - measured) for one in means]))
        rows = [part.rows if part else 0 for part in request.data]
        return Trained(cls(means, best), dict(request.options), details={"rows": rows})

    def predict(self, features: Sequence[Column]) -> np.ndarray:
        return np.full((features[0].rows, 1), self.means[self.best])

    def to_parts(self) -> dict[str, Any]:
        trials = {f"trials/{i}/mean": np.array([mean]) for i, mean in enumerate(self.means)}
        return {"model": {"best": self.best}, **trials}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        count = sum(name.startswith("trials/") for name in parts)
        return cls(
            [float(parts[f"trials/{i}/mean"][0]) for i in range(count)], parts["model"]["best"]
        )
