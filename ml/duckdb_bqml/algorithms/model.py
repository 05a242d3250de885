"""What every algorithm offers to the rest of the package."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.preprocessing import Category, Column, Dataset, Set, Vector


class Training(NamedTuple):
    """The outcome of `Model.fit`.

    `options` are the effective options with every automatic choice resolved; `iterations` are
    the rows of ML.TRAINING_INFO.
    """

    model: "Model"
    options: dict[str, Any]
    iterations: list[dict[str, Any]]


class Model(Protocol):
    """A trained model of one type; it knows its features by position, not by name."""

    label_kind: ClassVar[str | None]
    """"number" or "class": whether the label arrives as float64 or as codes; None: no label."""

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        """Train on `training`; `evaluation`, if any, is only measured.

        WARM_START goes on from the `previous` model, if there is one.
        """

    def predict(self, features: Sequence[Column]) -> NDArray[np.float64]:
        """The (rows, outputs) array of predictions."""

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> dict[str, float]:
        """The metrics of ML.EVALUATE, in its column order; ModelError on an unknown setting."""

    def to_bytes(self) -> bytes:
        """The artifact: data only, equal for equal models, readable without running code."""

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        """The inverse of `to_bytes`."""


@runtime_checkable
class Classifier(Model, Protocol):
    """A model whose `predict` gives the (n, classes) probabilities, classes ascending."""

    classes: Sequence[str]

    def codes(self, label: Column) -> NDArray[np.intp]:
        """The label (n,) as positions in `classes`; ModelError if one is not known."""


class Explanation(NamedTuple):
    """Why n rows were predicted so, the sum of it being the prediction.

    `value` (n,) is `baseline` (n,) plus the row's `attributions` (n, features) plus an `error`
    (n,), in the unit of the label or, for a class, as log-odds.
    """

    attributions: NDArray[np.float64]
    baseline: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]


@runtime_checkable
class Explains(Protocol):
    """A model that can say how much each feature has added to a prediction."""

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        """Of the class (n,) given for each row, if it is a classifier; `approximate` asks for the
        faster of two ways, if there are two."""


class Weight(NamedTuple):
    """One row of ML.WEIGHTS: of a number, or of every category of anything else."""

    processed_input: str
    weight: float | None
    category_weights: Sequence[tuple[str, float]] = ()
    class_label: str | None = None


class AdvancedWeight(NamedTuple):
    """One row of ML.ADVANCED_WEIGHTS."""

    processed_input: str
    category: str | None
    weight: float
    standard_error: float | None
    p_value: float | None


@runtime_checkable
class Weighted(Protocol):
    """A linear model."""

    def weights(self, standardize: bool) -> list[Weight]:
        """On the scale of the features, or of their standard deviations."""

    def advanced_weights(self, standardize: bool) -> list[AdvancedWeight]:
        """The same with standard errors; ModelError if it was trained without p-values."""


class Importance(NamedTuple):
    """One row of ML.FEATURE_IMPORTANCE: number of splits, and means over them."""

    feature: str
    importance_weight: float
    importance_gain: float
    importance_cover: float


@runtime_checkable
class RanksFeatures(Protocol):
    """A model of trees; it is told the names of its features."""

    def feature_importance(self, names: Sequence[str]) -> list[Importance]:
        """One row per feature; all are 0 for one that no split uses."""


NULL_CATEGORY = "_null_filler"
"""BigQuery's name of the category that stands for NULL."""


def category_names(block: Category | Set | Vector) -> list[str]:
    """The categories of a feature as BigQuery prints them; of a vector, its positions."""
    return [NULL_CATEGORY if name is None else name for name in block.categories]


class Part(NamedTuple):
    """What a model says of one feature in one of its parts (a centroid, a component).

    A number has `numerical_value` and no categories; any other feature has pairs of category and
    value.
    """

    id: int
    feature: str
    numerical_value: float | None
    categorical_value: Sequence[tuple[str, float]] = ()

    @classmethod
    def of_category(
        cls, id: int, block: Category | Set | Vector, values: NDArray[np.float64]
    ) -> Self:
        """The part of a feature whose categories, or elements by position, have these values."""
        pairs = zip(category_names(block), values.tolist(), strict=True)
        return cls(id, block.name, None, list(pairs))


@runtime_checkable
class Described(Protocol):
    """A model with parts to look at."""

    def describe(self, what: str) -> list[Part]:
        """The parts called `what`; ModelError if the model has none of that name."""


class Anomalies(NamedTuple):
    """Rows measured: `score` (n,), the `cutoff` above which a row is an anomaly, and `cluster`
    (n,), the centroid id the score refers to, if the model has clusters."""

    score: NDArray[np.float64]
    cutoff: float
    cluster: NDArray[np.integer] | None


@runtime_checkable
class DetectsAnomalies(Protocol):
    """A model that knows which rows are unlike those it was trained on."""

    def anomalies(self, features: Sequence[Column], contamination: float) -> Anomalies:
        """`contamination` in [0, 0.5] is the share of the training rows above the cutoff."""
