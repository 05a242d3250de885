"""What LINEAR_REG and LOGISTIC_REG share: encoded features times weights, plus an intercept.

WARM_START descends from the weights of the previous model and keeps its encoder, so that they
mean the same; a category that is new stays unseen.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Explanation, Row, category_names, category_pairs
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import (
    Array,
    Described,
    Fields,
    Finite,
    ListOf,
    Node,
    Optional,
    Sizes,
)
from duckdb_bqml.algorithms.design import products_by_row
from duckdb_bqml.algorithms.encoding import DESCRIBED, Encoder, Number
from duckdb_bqml.algorithms.linear.encoded_columns import encoded_means
from duckdb_bqml.algorithms.linear.p_values import (
    P_VALUES_MAX_CARDINALITY,
    StandardErrors,
    advanced_weight,
)

Floats = NDArray[np.float64]

INTERCEPT = "__INTERCEPT__"


def described(classes: Node) -> Described:
    """The artifact of a linear model; `classes` binds how many outputs there are."""
    error = Optional(Finite(0))
    errors = {
        "weights": ListOf(error, "width"),
        "intercept": error,
        "original_intercept": error,
    }
    content = {
        "encoder": DESCRIBED,
        "classes": classes,
        "stddevs": ListOf(Optional(Finite(0)), "blocks"),
        "errors": Optional(Fields(errors)),
    }
    return Described(
        {
            "model": Fields(content),
            "coefficients": Array("<f8", ("width", "outputs")),
            "intercept": Array("<f8", ("outputs",)),
        },
        _stddevs_fault,
    )


def _stddevs_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    pairs = zip(parts["model"]["encoder"], parts["model"]["stddevs"], strict=True)
    if any((block["kind"] == "number") == (stddev is None) for block, stddev in pairs):
        return "model.stddevs: a number has one, and nothing else has"
    return None


class LinearModel:
    """Encoded features times coefficients (d, k) plus intercept (k,), and their artifact.

    `stddevs` holds, per block of the encoder, the sample standard deviation of a number.
    """

    describes = ("WEIGHTS", "ADVANCED_WEIGHTS")

    def __init__(
        self,
        encoder: Encoder,
        coefficients: Floats,
        intercept: Floats,
        stddevs: Sequence[float | None],
        classes: Sequence[str] | None = None,
        errors: StandardErrors | None = None,
    ) -> None:
        self.encoder, self.coefficients, self.intercept = encoder, coefficients, intercept
        self.stddevs, self.classes, self.errors = stddevs, classes, errors

    @classmethod
    def _prepare(
        cls, training: Dataset, options: Mapping[str, Any], previous: Self | None
    ) -> tuple[Encoder, Sequence[float | None]]:
        """The encoder and `stddevs`, of the previous model if there is one; ModelError if
        CALCULATE_P_VALUES is asked of too many encoded columns."""
        is_dummy = options["category_encoding_method"] == "DUMMY_ENCODING"
        encoder = previous.encoder if previous else Encoder.fit(training.features, dummy=is_dummy)
        if options["calculate_p_values"] and encoder.width >= P_VALUES_MAX_CARDINALITY:
            raise ModelError(
                f"option 'calculate_p_values' takes fewer than {P_VALUES_MAX_CARDINALITY} encoded "
                f"columns, and the features make {encoder.width}; leave out columns of many "
                "categories"
            )
        if previous is not None:
            return encoder, previous.stddevs
        known = {
            column.name: np.count_nonzero(~column.is_null)
            for column in training.features
            if column.categories is None
        }
        rows = len(training.label.values)
        return encoder, [
            _sample_stddev(block.stddev, known.get(block.name, rows))
            if isinstance(block, Number)
            else None
            for block in encoder.blocks
        ]

    def scores(self, features: Sequence[Column]) -> Floats:
        return products_by_row(self.encoder.transform(features), self.coefficients) + self.intercept

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> list[Row]:
        """ML.WEIGHTS and ML.ADVANCED_WEIGHTS."""
        of_function = self.weights if function == "WEIGHTS" else self.advanced_weights
        return of_function(settings.get("standardize", False))

    def weights(self, standardize: bool) -> list[Row]:
        """ML.WEIGHTS, by class in the order of the features, the intercept last.

        The weight of a number is per unit of the feature, or per sample standard deviation; the
        intercept is the score where all numbers are 0, or at their means.
        """
        factors, intercepts = self._factors(standardize), self._intercepts(standardize)
        labels = [None] if len(intercepts) == 1 else self.classes
        rows = []
        for label, intercept, column in zip(labels, intercepts, self.coefficients.T, strict=True):
            for block, factor, values in zip(
                self.encoder.blocks, factors, self.encoder.split(column), strict=True
            ):
                if isinstance(block, Number):
                    rows.append(_weight(block.name, factor * float(values[0]), [], label))
                else:
                    pairs = category_pairs(block, values, "weight")
                    rows.append(_weight(block.name, None, pairs, label))
            rows.append(_weight(INTERCEPT, intercept, [], label))
        return rows

    def advanced_weights(self, standardize: bool) -> list[Row]:
        """ML.ADVANCED_WEIGHTS, the intercept last.

        A weight that the rows do not determine has neither standard error nor p-value, and nor
        has, in BigQuery, the intercept on the scale of the features if there are categories.
        """
        if self.errors is None:
            raise ModelError(
                "Model is not supported by ML.ADVANCED_WEIGHTS because it was not trained with "
                "calculate_p_values = true."
            )
        rows, position = [], 0
        for block, factor in zip(self.encoder.blocks, self._factors(standardize), strict=True):
            for name in [None] if isinstance(block, Number) else category_names(block):
                weight, error = self.coefficients[position, 0], self.errors.weights[position]
                error = None if error is None else factor * error
                rows.append(advanced_weight(block.name, name, factor * float(weight), error))
                position += 1
        if standardize:
            error = self.errors.intercept
        elif all(isinstance(block, Number) for block in self.encoder.blocks):
            error = self.errors.original_intercept
        else:
            error = None
        return [*rows, advanced_weight(INTERCEPT, None, self._intercepts(standardize)[0], error)]

    def _factors(self, standardize: bool) -> list[float]:
        """What the weights of each block are multiplied by."""
        return [
            (stddev if standardize else 1.0) / block.unit if isinstance(block, Number) else 1.0
            for block, stddev in zip(self.encoder.blocks, self.stddevs, strict=True)
        ]

    def _intercepts(self, standardize: bool) -> list[float]:
        moved = 0 if standardize else encoded_means(self.encoder) @ self.coefficients
        return (self.intercept - moved).tolist()

    def _explain(self, features: Sequence[Column], column: int) -> Explanation:
        """The scores in one column of the weights, by feature.

        The attribution of a feature is the sum of its encoded values times their weights, in
        which a number counts from its mean and a category from no category.
        """
        owners = np.repeat(np.arange(len(features)), self._widths(features))
        by_feature = np.zeros((self.encoder.width, len(features)))
        by_feature[np.arange(len(owners)), owners] = self.coefficients[:, column]
        attributions = products_by_row(self.encoder.transform(features), by_feature)
        baseline = np.full(len(attributions), self.intercept[column])
        value = baseline + attributions.sum(axis=1)
        return Explanation(attributions, baseline, value, np.zeros(len(value)))

    def _widths(self, features: Sequence[Column]) -> list[int]:
        """How many encoded columns each feature has; a TIMESTAMP has several blocks."""
        nothing = np.array([], dtype=np.intp)
        widths = iter(block.width for block in self.encoder.blocks)
        return [
            sum(next(widths) for _ in Encoder.fit([feature.take(nothing)]).blocks)
            for feature in features
        ]

    def to_parts(self) -> dict[str, Any]:
        content = {
            "encoder": self.encoder.to_json(),
            "stddevs": self.stddevs,
            "classes": self.classes,
            "errors": self.errors and self.errors._asdict(),
        }
        return {
            "model": content,
            "coefficients": self.coefficients,
            "intercept": self.intercept,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        content = parts["model"]
        return cls(
            Encoder.from_json(content["encoder"]),
            parts["coefficients"],
            parts["intercept"],
            content["stddevs"],
            content["classes"],
            content["errors"] and StandardErrors(**content["errors"]),
        )


def _weight(
    processed_input: str, weight: float | None, categories: list[Row], label: str | None
) -> Row:
    """A row of ML.WEIGHTS: of a number, or of every category of anything else."""
    return {
        "processed_input": processed_input,
        "weight": weight,
        "category_weights": categories,
        "class_label": label,
    }


def _sample_stddev(population: float, rows: int) -> float:
    return population * math.sqrt(rows / (rows - 1)) if rows > 1 else population
