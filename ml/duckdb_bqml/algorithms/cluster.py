"""KMEANS: Lloyd's algorithm.

Numbers are standardized with the sample standard deviation unless STANDARDIZE_FEATURES is off,
categories are one-hot encoded and left 0 or 1. Cluster radii are root mean squares. These follow
values BigQuery printed; it documents neither them nor its random choices. Ours come from the
contents of the rows: training hands them over in the order of their hashes, so that the first
ones are any, and yet the same every time.

WARM_START goes on from the centroids of the previous model and keeps its encoder, so that they
mean the same.
"""

import math
import operator
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.anomalies import ROWS, SCORES, Cutoffs, scores_fault
from duckdb_bqml.algorithms.contracts import Anomalies, Request, Row, Trained, category_pairs
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import Array, Described, Fields, OneOf, Sizes
from duckdb_bqml.algorithms.design import (
    Design,
    group_sums,
    products_by_row,
    squared_norms,
    to_dense,
)
from duckdb_bqml.algorithms.encoding import (
    DESCRIBED,
    Category,
    Encoder,
    Number,
    Scaling,
    Set,
    Vector,
)

Floats = NDArray[np.float64]

MIN_CLUSTERS, MAX_CLUSTERS = 2, 100
BLOCK = 16_384
# A squared distance that is a smaller part of the squared norms is rounding, and means 0.
SMALLEST_RELATIVE_DISTANCE = 1e-14


def distances(
    design: Design,
    centroids: Floats,
    distance_type: str,
    product: Callable[[Design, Floats], Floats] = operator.matmul,
) -> Floats:
    """The distance (n, k) of every row to every centroid (k, width).

    COSINE is sqrt(1 - cosine); the cosine of a row of zeros with anything is 0.
    """
    measured = product(design, centroids.T)
    of_rows, of_centroids = squared_norms(design)[:, None], np.square(centroids).sum(axis=1)
    # In place and by blocks of rows, so that what is in between stays in the cache.
    for start in range(0, len(measured), BLOCK):
        rows = slice(start, start + BLOCK)
        products = measured[rows]
        if distance_type == "COSINE":
            lengths = np.sqrt(of_rows[rows] * of_centroids)
            cosines = np.zeros_like(products)
            np.divide(products, lengths, out=cosines, where=lengths > 0)
            squared, limit = 1 - cosines, SMALLEST_RELATIVE_DISTANCE
        else:
            squared = of_rows[rows] - 2 * products + of_centroids
            limit = SMALLEST_RELATIVE_DISTANCE * (of_rows[rows] + of_centroids)
        measured[rows] = np.sqrt(np.where(squared > limit, squared, 0.0))
    return measured


class _Assignment(NamedTuple):
    """Every row's nearest centroid (n,), the distance to it (n,), and the size (k,) and radius
    (k,) of every cluster, the radius being the root mean square of its rows' distances."""

    nearest: NDArray[np.intp]
    distance: Floats
    sizes: NDArray[np.intp]
    radii: Floats

    @classmethod
    def of(cls, measured: Floats) -> Self:
        """From distances (n, k); a tie goes to the lower centroid id."""
        nearest = measured.argmin(axis=1)
        distance = measured[np.arange(len(nearest)), nearest]
        sizes = np.bincount(nearest, minlength=measured.shape[1])
        sums = np.bincount(nearest, weights=distance**2, minlength=measured.shape[1])
        return cls(nearest, distance, sizes, np.sqrt(sums / np.maximum(sizes, 1)))

    @property
    def loss(self) -> float:
        """The mean squared distance."""
        return float(np.mean(self.distance**2))

    def means(self, design: Design, centroids: Floats) -> Floats:
        """The mean (k, width) of every cluster; one without rows stays at its centroid."""
        sums = group_sums(design, self.nearest, len(self.sizes))
        means = sums / np.maximum(self.sizes, 1)[:, None]
        return np.where(self.sizes[:, None] > 0, means, centroids)

    def cluster_info(self) -> list[dict[str, Any]]:
        return [
            {"centroid_id": i, "cluster_radius": radius, "cluster_size": size}
            for i, (radius, size) in enumerate(
                zip(self.radii.tolist(), self.sizes.tolist(), strict=True), start=1
            )
        ]


def _clusters_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    is_good = 1 <= sizes["clusters"] <= MAX_CLUSTERS
    return None if is_good else f"centroids: {sizes['clusters']} of them"


class KMeans:
    """KMEANS: `predict` gives the (n, k) distances to every centroid, of ids 1 to k.

    `centroids` (k, width) are encoded, `radii` (k,) those of the training rows' clusters.
    """

    describes = ("CENTROIDS",)
    artifact = Described(
        {
            "model": Fields(
                {
                    "encoder": DESCRIBED,
                    "distance_type": OneOf(("EUCLIDEAN", "COSINE")),
                    "rows": ROWS,
                }
            ),
            "centroids": Array("<f8", ("clusters", "width")),
            "radii": Array("<f8", ("clusters",), least=0),
            "scores": SCORES,
        },
        _clusters_fault,
        scores_fault,
    )

    def __init__(
        self,
        encoder: Encoder,
        centroids: Floats,
        distance_type: str,
        radii: Floats | None = None,
        cutoffs: Cutoffs | None = None,
    ) -> None:
        self.encoder, self.centroids, self.distance_type = encoder, centroids, distance_type
        self.radii, self.cutoffs = radii, cutoffs

    @classmethod
    def fit(cls, request: Request) -> Trained:
        training, options, previous = request.data.train, request.options, request.previous
        is_scaled, distance_type = options["standardize_features"], options["distance_type"]
        # Centring changes angles but no Euclidean distance, which it makes more exact.
        is_centered = is_scaled or distance_type == "EUCLIDEAN"
        if previous is not None:
            encoder, first = previous.encoder, previous.centroids
            design, clusters = encoder.transform(training.features), len(first)
        else:
            encoder = Encoder.fit(
                training.features, scaling=Scaling(1, is_centered=is_centered, is_scaled=is_scaled)
            )
            design = encoder.transform(training.features)
            clusters = options.get("num_clusters") or _default_clusters(design.shape[0])
            initial = _INITIAL[options["kmeans_init_method"]]
            first = to_dense(design[initial(design, clusters, training, distance_type)])
        centroids, iterations = _lloyd(design, first, distance_type, options)
        model = cls(encoder, centroids, distance_type)
        model.measure(design)
        return Trained(model, {**options, "num_clusters": clusters}, iterations)

    def measure(self, design: Design) -> None:
        """Learn what is normal, for `anomalies`, from the encoded training rows."""
        measured = distances(design, self.centroids, self.distance_type)
        self.radii = _Assignment.of(measured).radii
        self.cutoffs = Cutoffs.of(self._normalized(measured).min(axis=1))

    def predict(self, features: Sequence[Column]) -> Floats:
        design = self.encoder.transform(features)
        return distances(design, self.centroids, self.distance_type, products_by_row)

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> list[Row]:
        for name in settings:
            raise ModelError(f"setting '{name}' is not valid for KMEANS; remove it")
        assigned = _Assignment.of(self.predict(data.features))
        return [
            {
                "davies_bouldin_index": self._davies_bouldin_index(assigned),
                "mean_squared_distance": assigned.loss,
            }
        ]

    def _davies_bouldin_index(self, assigned: _Assignment) -> float:
        """The mean over clusters of their worst (radius + radius) / distance of centroids.

        Clusters without a row do not count; NaN if fewer than two have one.
        """
        present = assigned.sizes > 0
        if present.sum() < 2:
            return float("nan")
        centroids, radii = self.centroids[present], assigned.radii[present]
        apart = distances(centroids, centroids, self.distance_type)
        np.fill_diagonal(apart, np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(((radii[:, None] + radii) / apart).max(axis=1).mean())

    def anomalies(self, features: Sequence[Column], contamination: float) -> Anomalies:
        """`score` is the least distance / radius over the clusters, `cluster` where it is."""
        normalized = self._normalized(self.predict(features))
        score = normalized.min(axis=1)
        return Anomalies(score, self.cutoffs.at(contamination), normalized.argmin(axis=1) + 1)

    def _normalized(self, measured: Floats) -> Floats:
        """distance / radius; a cluster without radius holds its centroid and nothing else."""
        outside = np.where(measured > 0, np.inf, 0.0)
        return np.divide(measured, self.radii, out=outside, where=self.radii > 0)

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> list[Row]:
        """ML.CENTROIDS, in the units of the features or, if asked for, standardized."""
        standardize = settings.get("standardize", False)
        return [
            {
                "centroid_id": i,
                "feature": block.name,
                "numerical_value": block.decode(float(values[0]), standardize)
                if isinstance(block, Number)
                else None,
                "categorical_value": [] if isinstance(block, Number) else _shares(block, values),
            }
            for i, centroid in enumerate(self.centroids, start=1)
            for block, values in zip(self.encoder.blocks, self.encoder.split(centroid), strict=True)
        ]

    def to_parts(self) -> dict[str, Any]:
        content = {
            "encoder": self.encoder.to_json(),
            "distance_type": self.distance_type,
            "rows": self.cutoffs.rows,
        }
        return {
            "model": content,
            "centroids": self.centroids,
            "radii": self.radii,
            "scores": self.cutoffs.scores,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        content = parts["model"]
        return cls(
            Encoder.from_json(content["encoder"]),
            parts["centroids"],
            content["distance_type"],
            parts["radii"],
            Cutoffs(content["rows"], parts["scores"]),
        )


def _shares(block: Category | Set | Vector, values: Floats) -> list[Row]:
    """The share of a cluster's rows in each category that has one; a vector whole."""
    pairs = category_pairs(block, values, "value")
    return pairs if isinstance(block, Vector) else [pair for pair in pairs if pair["value"]]


def _default_clusters(rows: int) -> int:
    """The whole part of log10(rows); BigQuery does not say how it rounds, nor what is least."""
    return max(MIN_CLUSTERS, min(MAX_CLUSTERS, int(math.log10(rows))))


def _lloyd(
    design: Design, centroids: Floats, distance_type: str, options: Mapping[str, Any]
) -> tuple[Floats, list[dict[str, Any]]]:
    """The centroids (k, width) and the rows of ML.TRAINING_INFO.

    The iteration that makes too little progress moves no centroid, so what is returned then are
    the means of the assignment before, as BigQuery reports them.
    """
    iterations: list[dict[str, Any]] = []
    for iteration in range(options["max_iterations"]):
        started = time.perf_counter()
        assigned = _Assignment.of(distances(design, centroids, distance_type))
        before = iterations[-1]["loss"] if iterations else math.inf
        is_small_step = iteration > 0 and (
            before - assigned.loss <= options["min_rel_progress"] * before
        )
        stops = options["early_stop"] and is_small_step
        if not stops:
            centroids = assigned.means(design, centroids)
        iterations.append(
            {
                "iteration": iteration,
                "loss": assigned.loss,
                "duration_ms": round(1000 * (time.perf_counter() - started)),
                "cluster_info": assigned.cluster_info(),
            }
        )
        if stops:
            break
    return centroids, iterations


def _random_rows(
    design: Design, clusters: int, training: Dataset, distance_type: str
) -> NDArray[np.intp]:
    """The first rows that differ: rows come in the order of their hashes."""
    # Rows are equal where a random projection is: one number to sort instead of a row.
    direction = np.random.default_rng(0).normal(size=(design.shape[1], 1))
    projection = products_by_row(design, direction)[:, 0]
    first = np.sort(np.unique(projection, return_index=True)[1])
    _require_distinct(len(first), clusters)
    return first[:clusters]


def _distant_rows(
    design: Design, clusters: int, training: Dataset, distance_type: str
) -> NDArray[np.intp]:
    """KMEANS++: each next row is drawn with a chance proportional to its squared distance from
    those chosen already. Source: Arthur and Vassilvitskii, 2007."""
    draws = np.random.default_rng(0).random(clusters)
    chosen = [0]
    squared = np.full(design.shape[0], np.inf)
    for draw in draws[1:]:
        latest = distances(design, to_dense(design[chosen[-1:]]), distance_type)[:, 0]
        squared = np.minimum(squared, latest**2)
        sums = np.cumsum(squared)
        if not sums[-1] > 0:
            _require_distinct(len(chosen), clusters)
        chosen.append(int(np.searchsorted(sums, draw * sums[-1], side="right")))
    return np.array(chosen)


def _require_distinct(found: int, clusters: int) -> None:
    if found < clusters:
        raise ModelError(
            f"option 'num_clusters' = {clusters} needs as many distinct rows, and the training "
            f"query returned {found}; ask for fewer clusters"
        )


def _marked_rows(
    design: Design, clusters: int, training: Dataset, distance_type: str
) -> NDArray[np.intp]:
    """CUSTOM: the rows where KMEANS_INIT_COL is TRUE."""
    column = training.role("kmeans_init_col")
    if column.data_type != "BOOL":
        raise ModelError(
            f"option 'kmeans_init_col' names '{column.name}' of type {column.data_type}; "
            "CUSTOM needs a BOOL column"
        )
    # Code -1, NULL, reads the last element.
    is_true = np.array([*(category == "true" for category in column.categories), False])
    marked = np.flatnonzero(is_true[column.values])
    if len(marked) != clusters:
        raise ModelError(
            f"option 'kmeans_init_col' names '{column.name}', which is TRUE in {len(marked)} rows; "
            f"num_clusters = {clusters} needs as many"
        )
    return marked


_INITIAL: Mapping[str, Callable[[Design, int, Dataset, str], NDArray[np.intp]]] = {
    "RANDOM": _random_rows,
    "KMEANS++": _distant_rows,
    "CUSTOM": _marked_rows,
}
