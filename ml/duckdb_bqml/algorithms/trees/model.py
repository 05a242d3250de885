"""What the trees of all four model types share: growing, explanations, importance, the artifact."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Explanation, Request, Row, Trained
from duckdb_bqml.algorithms.dataset import NUMERIC_TYPES, Column, Dataset
from duckdb_bqml.algorithms.described import Described, Fields, Node, OneOf, Rule, Sizes, Whole
from duckdb_bqml.algorithms.trees import forest
from duckdb_bqml.algorithms.trees.encoding import DESCRIBED, Matrix, TreeEncoder
from duckdb_bqml.algorithms.trees.forest import Forest
from duckdb_bqml.algorithms.trees.xgboost_library import (
    FIRST_VERSIONS,
    Rows,
    boost,
    for_xgboost,
    load_xgboost,
    one_sentence,
    threads,
    xgboost_parameters,
)

if TYPE_CHECKING:
    from xgboost import Booster

Floats = NDArray[np.float64]

# Rows that DuckDB hands over at once.
CHUNK_ROWS = 2_048
# Numbers of the matrix of features that are in memory at once when predicting.
MOST_CELLS = 2**27
# Attributions, of all classes, that are computed at once.
MOST_ATTRIBUTIONS = 20_000_000


def _instance_weights(data: Dataset) -> Floats | None:
    """The weights (n,) that INSTANCE_WEIGHT_COL gives; ModelError if one is no weight."""
    column = data.role("instance_weight_col")
    if column is None:
        return None
    if column.data_type not in NUMERIC_TYPES:
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


def described(classes: Node, *rules: Rule) -> Described:
    """The artifact of trees; `classes` binds how many outputs there are."""
    content = {
        "encoder": DESCRIBED,
        "classes": classes,
        "booster": OneOf(("gbtree", "dart")),
        "parallel": Whole(1),
    }
    parts = {"model": Fields(content), **forest.described()}
    return Described(parts, forest.fault, _iterations_fault, *rules)


def _iterations_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    if sizes["trees"] % (parts["model"]["parallel"] * sizes["outputs"]):
        return "model.parallel: an iteration without some of its trees"
    return None


class Trees:
    """Encoded features, trees on them, and their artifact.

    `booster_type` is gbtree or dart, and `parallel` the number of trees of one iteration and
    output.
    """

    describes = ("FEATURE_IMPORTANCE",)

    def __init__(
        self,
        encoder: TreeEncoder,
        grown: Forest,
        classes: Sequence[str] | None,
        booster_type: str,
        parallel: int,
    ) -> None:
        self.encoder, self.forest, self.classes = encoder, grown, classes
        self.booster_type, self.parallel = booster_type, parallel
        self.booster = self._booster(threads=1)

    def _booster(self, threads: int) -> "Booster":
        is_dart = self.booster_type == "dart"
        return self.forest.booster(
            self.encoder.width, self.objective, is_dart, self.parallel, threads
        )

    @property
    def objective(self) -> str:
        """XGBoost's name of what the trees are grown for."""
        if self.classes is None:
            return "reg:squarederror"
        return "binary:logistic" if len(self.classes) == 2 else "multi:softprob"

    @classmethod
    def grow(
        cls,
        request: Request,
        objective: Mapping[str, Any],
        classes: Sequence[str] | None = None,
        weights_of_classes: Floats | None = None,
    ) -> Trained:
        (training, evaluation, _), options, _ = request
        is_first = options["xgboost_version"] in FIRST_VERSIONS
        if options["tree_method"] == "AUTO":
            options = {**options, "tree_method": "APPROX" if is_first else "HIST"}
        method = options.get("category_encoding_method", "LABEL_ENCODING")
        encoder = TreeEncoder.fit(training.features, method, training.label)

        def rows(data: Dataset) -> Rows:
            weights = _instance_weights(data)
            if weights_of_classes is not None:
                weights = weights_of_classes[data.label.values]
            return Rows(encoder.transform(data.features), data.label.values, weights)

        with one_sentence():
            training_rows = rows(training)
            grown_on = for_xgboost(training_rows, options)
            measured = evaluation and for_xgboost(rows(evaluation), options, grown_on)
            parameters = xgboost_parameters(options, objective)
            parameters["nthread"] = threads(training_rows.features)
            del training_rows  # as large as the table; XGBoost has its own
            booster, iterations = boost(grown_on, measured, parameters, options)
        # A Booster keeps the rows it was trained on; one made of the forest has the trees only.
        grown = Forest.of(booster)
        booster_type = parameters["booster"]
        model = cls(encoder, grown, classes, booster_type, options["num_parallel_tree"])
        return Trained(model, dict(options), iterations)

    def outputs(self, features: Sequence[Column]) -> Floats:
        """What the objective gives: values or probabilities (n,), or probabilities (n, classes).

        Safe to call from several threads at once, as XGBoost says of its predictions.
        """
        found = [
            self._booster_for(matrix).inplace_predict(matrix).astype(np.float64)
            for matrix, _ in self._matrices(features, MOST_CELLS // max(self.encoder.width, 1))
        ]
        return np.concatenate(found)

    def _matrices(self, features: Sequence[Column], size: int) -> Iterator[tuple[Matrix, slice]]:
        """The matrices of so many rows at once, at least one row, and which rows these are."""
        for start in range(0, max(features[0].rows, 1), max(size, 1)):
            rows = slice(start, start + max(size, 1))
            yield self.encoder.transform([column.take(rows) for column in features]), rows

    def _booster_for(self, matrix: Matrix) -> "Booster":
        # The chunks of a query come in several threads already.
        is_small = len(matrix) <= CHUNK_ROWS or threads(matrix) == 1
        return self.booster if is_small else self._parallel_booster

    @cached_property
    def _parallel_booster(self) -> "Booster":
        return self._booster(threads=0)

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        """Tree SHAP or, if `approximate`, what each split on the way adds to the expectation.

        The shares of the columns that encode one feature are added up. Of two classes the trees
        know the higher one; the log-odds of the other are the same with the sign changed.
        """
        size = MOST_ATTRIBUTIONS // ((self.encoder.width + 1) * len(self.classes or [None]))
        found = [
            self._contributions(matrix, None if classes is None else classes[rows], approximate)
            for matrix, rows in self._matrices(features, size)
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
        rows = load_xgboost().DMatrix(matrix, nthread=threads(matrix))
        parts = booster.predict(rows, pred_contribs=True, approx_contribs=approximate)
        value = booster.predict(rows, output_margin=True)
        if parts.ndim == 3:
            chosen = np.arange(len(value)), classes
            parts, value = parts[chosen], value[chosen]
        elif classes is not None:
            sign = np.where(classes == 1, 1, -1)
            parts, value = parts * sign[:, None], value * sign
        return parts.astype(np.float64), value.astype(np.float64)

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> list[Row]:
        """ML.FEATURE_IMPORTANCE, a row per feature, all 0 for one that no split uses: the number of
        splits, and means over them."""
        splits, gain, cover = (
            self.encoder.sums(self._scores(kind)[None, :])[0]
            for kind in ("weight", "total_gain", "total_cover")
        )
        per_split = np.maximum(splits, 1)
        columns = (splits, gain / per_split, cover / per_split)
        return [
            {
                "feature": name,
                "importance_weight": weight,
                "importance_gain": mean_gain,
                "importance_cover": mean_cover,
            }
            for name, (weight, mean_gain, mean_cover) in zip(
                features, np.stack(columns, axis=1).tolist(), strict=True
            )
        ]

    def _scores(self, kind: str) -> Floats:
        """XGBoost's score (width,) of each column of the matrix, 0 if no split uses it."""
        scores = self.booster.get_score(importance_type=kind)
        return np.array([scores.get(f"f{i}", 0.0) for i in range(self.encoder.width)])

    def to_parts(self) -> dict[str, Any]:
        content = {
            "encoder": self.encoder.to_json(),
            "classes": self.classes,
            "booster": self.booster_type,
            "parallel": self.parallel,
        }
        return {"model": content, **forest.to_parts(self.forest)}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        content = parts["model"]
        return cls(
            TreeEncoder.from_json(content["encoder"]),
            forest.from_parts(parts),
            content["classes"],
            content["booster"],
            content["parallel"],
        )
