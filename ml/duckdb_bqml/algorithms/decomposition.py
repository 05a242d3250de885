"""PCA.

Numbers are centred, and scaled unless SCALE_FEATURES is off; one-hot columns are neither. The
components are the eigenvectors of X'X / (n - 1) for that matrix X, and explained variance is a
share of the sum of all its eigenvalues. BigQuery documents none of this; it reproduces the values
BigQuery printed.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray
from scipy import linalg

from duckdb_bqml.algorithms.anomalies import ROWS, SCORES, Cutoffs, scores_fault
from duckdb_bqml.algorithms.contracts import Anomalies, Request, Row, Trained, category_pairs
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import (
    Array,
    Described,
    Fields,
    Finite,
    Sizes,
    Whole,
    first,
)
from duckdb_bqml.algorithms.design import Design, products_by_row, squared_norms
from duckdb_bqml.algorithms.encoding import DESCRIBED, Encoder, Number, Scaling

Floats = NDArray[np.float64]

FULL_BY_CHOICE_MAX_WIDTH = 1_000
FULL_MAX_WIDTH = 1_500
RANDOMIZED_MAX_WIDTH = 10_000
OVERSAMPLING = 10
POWER_ITERATIONS = 7


def _components_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    content, features = parts["model"], sizes.data_types
    return first(
        [
            (not 1 <= sizes["components"] <= sizes["width"], "components: too few or too many"),
            (not content["total"] > 0, "model.total: nothing varies"),
            (
                features is not None and content["inputs"] != len(features),
                "model.inputs: another number than that of the features",
            ),
        ]
    )


class PCA:
    """PCA: `predict` gives the (n, components) coordinates of the rows.

    `components` (k, width) are unit vectors, `eigenvalues` (k,) descend, `total` is the sum of all
    eigenvalues, `inputs` the number of feature columns.
    """

    describes = ("PRINCIPAL_COMPONENTS", "PRINCIPAL_COMPONENT_INFO")
    artifact = Described(
        {
            "model": Fields(
                {"encoder": DESCRIBED, "total": Finite(0), "inputs": Whole(1), "rows": ROWS}
            ),
            "components": Array("<f8", ("components", "width")),
            "eigenvalues": Array("<f8", ("components",), least=0),
            "scores": SCORES,
        },
        _components_fault,
        scores_fault,
    )

    def __init__(
        self,
        encoder: Encoder,
        components: Floats,
        eigenvalues: Floats,
        total: float,
        inputs: int,
        cutoffs: Cutoffs | None = None,
    ) -> None:
        self.encoder, self.components, self.eigenvalues = encoder, components, eigenvalues
        self.total, self.inputs, self.cutoffs = total, inputs, cutoffs

    @classmethod
    def fit(cls, request: Request) -> Trained:
        training, options = request.data.train, request.options
        started = time.perf_counter()
        scaling = Scaling(ddof=1, is_scaled=options["scale_features"])
        encoder = Encoder.fit(training.features, scaling=scaling)
        design = encoder.transform(training.features)
        if design.shape[0] < 2:
            raise ModelError("PCA needs at least two rows; the training query returned one")
        solver = _solver(encoder.width, options["pca_solver"])
        total = float(squared_norms(design).sum()) / (design.shape[0] - 1)
        if not total > 0:
            raise ModelError("no feature varies, so there is no component; select other columns")
        eigenvalues, components = _components(design, solver, total, options)
        model = cls(encoder, components, eigenvalues, total, len(training.features))
        model.cutoffs = Cutoffs.of(model._squared_errors(design))
        resolved = {
            **options,
            "pca_solver": solver,
            "num_principal_components": len(eigenvalues),
        }
        duration = round(1000 * (time.perf_counter() - started))
        return Trained(model, resolved, [{"iteration": 0, "duration_ms": duration}])

    def predict(self, features: Sequence[Column]) -> Floats:
        return products_by_row(self.encoder.transform(features), self.components.T)

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> list[Row]:
        for name in settings:
            raise ModelError(f"setting '{name}' is not valid for PCA; remove it")
        design = self.encoder.transform(data.features)
        kept = np.square(design @ self.components.T).sum()
        with np.errstate(invalid="ignore"):  # NaN where every row is the mean: nothing varies
            return [{"total_explained_variance_ratio": float(kept / squared_norms(design).sum())}]

    def anomalies(self, features: Sequence[Column], contamination: float) -> Anomalies:
        """`score` is the squared reconstruction error divided by the number of input columns."""
        errors = self._squared_errors(self.encoder.transform(features))
        return Anomalies(errors, self.cutoffs.at(contamination), None)

    def _squared_errors(self, design: Design) -> Floats:
        kept = np.square(products_by_row(design, self.components.T)).sum(axis=1)
        return np.maximum(squared_norms(design) - kept, 0) / self.inputs

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> list[Row]:
        """ML.PRINCIPAL_COMPONENTS and ML.PRINCIPAL_COMPONENT_INFO."""
        if function == "PRINCIPAL_COMPONENTS":
            return self._parts_of_components()
        shares = self.eigenvalues / self.total
        rows = zip(self.eigenvalues, shares, np.cumsum(shares), strict=True)
        return [
            {
                "principal_component_id": i,
                "eigenvalue": float(eigenvalue),
                "explained_variance_ratio": float(share),
                "cumulative_explained_variance_ratio": float(cumulative),
            }
            for i, (eigenvalue, share, cumulative) in enumerate(rows)
        ]

    def _parts_of_components(self) -> list[Row]:
        return [
            {
                "principal_component_id": i,
                "feature": block.name,
                "numerical_value": float(values[0]) if isinstance(block, Number) else None,
                "categorical_value": []
                if isinstance(block, Number)
                else category_pairs(block, values, "value"),
            }
            for i, component in enumerate(self.components)
            for block, values in zip(
                self.encoder.blocks, self.encoder.split(component), strict=True
            )
        ]

    def to_parts(self) -> dict[str, Any]:
        content = {
            "encoder": self.encoder.to_json(),
            "total": self.total,
            "inputs": self.inputs,
            "rows": self.cutoffs.rows,
        }
        return {
            "model": content,
            "components": self.components,
            "eigenvalues": self.eigenvalues,
            "scores": self.cutoffs.scores,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        content = parts["model"]
        return cls(
            Encoder.from_json(content["encoder"]),
            parts["components"],
            parts["eigenvalues"],
            content["total"],
            content["inputs"],
            Cutoffs(content["rows"], parts["scores"]),
        )


def _solver(width: int, asked: str) -> str:
    """PCA_SOLVER with AUTO resolved, within the widths BigQuery takes."""
    solver = asked
    if asked == "AUTO":
        solver = "FULL" if width <= FULL_BY_CHOICE_MAX_WIDTH else "RANDOMIZED"
    limit = FULL_MAX_WIDTH if solver == "FULL" else RANDOMIZED_MAX_WIDTH
    if width > limit:
        raise ModelError(
            f"option 'pca_solver' = {asked} takes at most {limit} encoded columns, and the "
            f"features make {width}; "
            + ("use RANDOMIZED" if solver == "FULL" else "leave out columns of many categories")
        )
    return solver


def _components(
    design: Design, solver: str, total: float, options: Mapping[str, Any]
) -> tuple[Floats, Floats]:
    """The eigenvalues (k,) and components (k, width) that the options ask for."""
    width = design.shape[1]
    count = options.get("num_principal_components")
    if count is not None and count > width:
        raise ModelError(
            f"option 'num_principal_components' = {count} is more than the {width} encoded "
            "columns; ask for fewer"
        )
    size = width if solver == "FULL" else min(count or OVERSAMPLING, width)
    while True:
        values, vectors = (_full if solver == "FULL" else _randomized)(design, size)
        if count is None:
            # The smallest count whose cumulative ratio exceeds the target.
            exceeds = np.cumsum(values) / total > options["pca_explained_variance_ratio"]
            if not exceeds.any() and size < width:
                size = min(2 * size, width)
                continue
            count = int(np.argmax(exceeds)) + 1 if exceeds.any() else size
        return values[:count], vectors[:count]


def _full(design: Design, size: int) -> tuple[Floats, Floats]:
    return _eigen(design.T @ design / (design.shape[0] - 1))


def _randomized(design: Design, size: int) -> tuple[Floats, Floats]:
    """The `size` largest, by subspace iteration from a start that is always the same.

    Source: Halko, Martinsson, Tropp, "Finding structure with randomness", algorithms 4.4 and 5.3.
    """
    width = design.shape[1]
    start = np.random.default_rng(0).normal(size=(width, min(size + OVERSAMPLING, width)))
    basis = linalg.qr(start, mode="economic")[0]
    for _ in range(POWER_ITERATIONS):
        basis = linalg.qr(design.T @ (design @ basis), mode="economic")[0]
    image = design @ basis
    values, vectors = _eigen(image.T @ image / (design.shape[0] - 1))
    return values[:size], _signed(vectors @ basis.T)[:size]


def _eigen(gram: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, descending, and eigenvectors as rows."""
    values, vectors = linalg.eigh(gram)
    return np.maximum(values[::-1], 0), _signed(vectors.T[::-1])


def _signed(vectors: Floats) -> Floats:
    """Each row with the sign that makes its largest entry positive: an eigenvector has none."""
    largest = np.abs(vectors).argmax(axis=1)
    return vectors * np.sign(vectors[np.arange(len(vectors)), largest])[:, None]
