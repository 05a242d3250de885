"""What features add to a series: a linear regression for each series, whose weights are found
before the rest is taken apart.

A number adds its weight for each unit, NULL being the mean of the training rows. A category adds
its own weight, and so does NULL; the rarest one of a series, as in a linear regression, adds
nothing, and nor does one that the series never saw.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Row, category_pairs
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.encoding import Encoder, Number, Scaling
from duckdb_bqml.algorithms.linear.encoded_columns import left_to_the_intercept, references
from duckdb_bqml.algorithms.linear.normal_equation import normal_equation

Floats = NDArray[np.float64]

AS_GIVEN = Scaling(is_centered=False, is_scaled=False)
MOST_COLUMNS = 10_000
"""BigQuery's limit of the cardinality of features."""


class Regressors:
    """An encoder of the features, and by series the weight (series, width) of each of its columns,
    in the unit of the feature."""

    def __init__(self, encoder: Encoder, weights: Floats) -> None:
        self.encoder, self.weights = encoder, weights

    @classmethod
    def fit(
        cls, features: Sequence[Column], values: Floats, rows: Sequence[NDArray[np.intp]], l2: float
    ) -> Self:
        """The least squares of values (n,), some NaN, by series, whose rows are given; ModelError
        if a feature is neither a number nor a category."""
        for column in features:
            if column.kind not in ("number", "category") or column.data_type == "TIMESTAMP":
                raise ModelError(
                    f"feature '{column.name}' has the type {column.data_type}; a feature of a time "
                    "series is a number or a category, so cast it or leave it out"
                )
        encoder = Encoder.fit(features, scaling=AS_GIVEN)
        if encoder.width > MOST_COLUMNS:
            raise ModelError(
                f"the features have {encoder.width} numbers and categories together, more than "
                f"{MOST_COLUMNS}; leave out one of many categories"
            )
        design = encoder.transform(features)
        weights = np.zeros((len(rows), encoder.width))
        for number, own in enumerate(rows):
            own = own[~np.isnan(values[own])]
            if len(own):
                part = design[own]
                dense = part if isinstance(part, np.ndarray) else part.toarray()
                weights[number] = cls._weights(encoder, dense, values[own], l2)
        return cls(encoder, weights)

    @staticmethod
    def _weights(encoder: Encoder, design: Floats, values: Floats, l2: float) -> Floats:
        """Of one series: design (m, width), values (m,)."""
        is_number = np.repeat(
            [isinstance(block, Number) for block in encoder.blocks],
            [block.width for block in encoder.blocks],
        )
        mean = np.where(is_number, design.mean(axis=0), 0.0)
        spread = design.std(axis=0)
        unit = np.where(is_number & (spread > 1e-12 * np.abs(mean)), spread, 1.0)
        encoded = (design - mean) / unit
        solution = normal_equation(encoded, values, l2, True)
        weights, intercept = solution[:-1, None], solution[-1:]
        weights, _ = left_to_the_intercept(weights, intercept, references(encoded, encoder))
        return weights[:, 0] / unit

    def added(self, features: Sequence[Column], series: NDArray[np.intp]) -> Floats:
        """What each feature adds (n, features) to a row of a series (n,); NaN for a series of a
        number below 0, which is none."""
        design = self.encoder.transform(features)
        dense = design if isinstance(design, np.ndarray) else design.toarray()
        products = dense * self.weights[np.maximum(series, 0)]
        ends = np.cumsum([0, *(block.width for block in self.encoder.blocks)])
        parts = [products[:, start:end].sum(axis=1) for start, end in itertools.pairwise(ends)]
        found = np.stack(parts, axis=1)
        found[series < 0] = np.nan
        return found

    def describe(self, place: int) -> list[Row]:
        """The weights of one series, by feature."""
        rows = []
        for block, values in zip(
            self.encoder.blocks, self.encoder.split(self.weights[place]), strict=True
        ):
            is_number = isinstance(block, Number)
            rows.append(
                {
                    "processed_input": block.name,
                    "weight": float(values[0]) if is_number else None,
                    "category_weights": []
                    if is_number
                    else category_pairs(block, values, "weight"),
                }
            )
        return rows

    def to_parts(self) -> dict[str, Any]:
        return {"encoder": {"blocks": self.encoder.to_json()}, "weights": self.weights}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        return cls(Encoder.from_json(parts["encoder"]["blocks"]), parts["weights"])
