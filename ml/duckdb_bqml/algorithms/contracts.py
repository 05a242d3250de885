"""What an algorithm gets, what it gives back, and what a trained model can be asked.

`Model` is what every trained model is. What else one can do, it says by the protocols it fulfils:
`Predicts`, `Evaluates`, `Describes` and so on. Which functions a model type has stands in the table
of functions (bqml_vocabulary); the protocols say how the engine asks for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import Described
from duckdb_bqml.algorithms.encoding import Category, Set, Vector

Floats = NDArray[np.float64]
Row = Mapping[str, Any]
"""A row of an ML function by column: plain values, lists and mappings of them."""


# ---- training


class Partition(NamedTuple):
    """The rows of a training query by what they are for; None where there are none."""

    train: Dataset
    evaluate: Dataset | None = None
    test: Dataset | None = None

    @property
    def measured(self) -> Dataset:
        """The rows that the metrics kept are of: to test, else to evaluate, else all."""
        return self.test or self.evaluate or self.train

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self if part is not None)


class Request(NamedTuple):
    """What there is to train with.

    `data` is None for a model type that takes no query. WARM_START goes on from `previous`.
    """

    data: Partition | None
    options: Mapping[str, Any]
    previous: "Model | None" = None


class Trained(NamedTuple):
    """The outcome of `Model.fit`.

    `options` are the effective options with every automatic choice resolved. `iterations` are the
    rows of ML.TRAINING_INFO, duration_ms among them; what a row leaves out is NULL. `details` is
    what the model table keeps of this model type alone, for people to read: plain values, lists and
    mappings. `inputs` are the columns that the model wants to be given, where no query says so.
    """

    model: "Model"
    options: dict[str, Any]
    iterations: Sequence[Row] = ()
    details: Mapping[str, Any] = {}
    inputs: Sequence["Output"] = ()


class Model(Protocol):
    """A trained model of one type; it knows its features by position, not by name."""

    artifact: ClassVar[Described]
    """What `to_parts` gives. An artifact is checked by it before `from_parts` sees the parts."""

    @classmethod
    def fit(cls, request: Request) -> Trained:
        """Train on the rows that train; all others are only measured."""

    def to_parts(self) -> Mapping[str, Any]:
        """What the artifact holds (artifact.py): data only, equal for equal models."""

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        """The inverse of `to_parts`, of parts that are as `artifact` says."""


# ---- asking


@runtime_checkable
class Predicts(Protocol):
    """A model that gives numbers for every row: most of them."""

    def predict(self, features: Sequence[Column]) -> Floats:
        """The (rows, outputs) array of predictions."""


class Output(NamedTuple):
    """A column that a model gives by a name of its own; `data_type` is BigQuery's."""

    name: str
    data_type: str


@runtime_checkable
class PredictsValues(Protocol):
    """A model whose outputs have names and types of their own: one that was made elsewhere."""

    outputs: Sequence[Output]

    def predict_values(self, features: Sequence[Column]) -> Sequence[Sequence[Any]]:
        """By output, a value of its type for every row."""


@runtime_checkable
class Evaluates(Protocol):
    """A model that can be measured."""

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of ML.EVALUATE, mostly one; ModelError on an unknown setting."""


@runtime_checkable
class Classifier(Predicts, Evaluates, Protocol):
    """A model whose `predict` gives the (n, classes) probabilities, classes ascending."""

    classes: Sequence[str]

    def codes(self, label: Column) -> NDArray[np.intp]:
        """The label (n,) as positions in `classes`; ModelError if one is not known."""

    def threshold(self, settings: Mapping[str, Any]) -> float:
        """The setting of that name, checked."""


class Explanation(NamedTuple):
    """Why n rows were predicted so, the sum of it being the prediction.

    `value` (n,) is `baseline` (n,) plus the row's `attributions` (n, features) plus an `error`
    (n,), in the unit of the label or, for a class, as log-odds.
    """

    attributions: Floats
    baseline: Floats
    value: Floats
    error: Floats


@runtime_checkable
class Explains(Protocol):
    """A model that can say how much each feature has added to a prediction."""

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        """Of the class (n,) given for each row, if it is a classifier; `approximate` asks for the
        faster of two ways, if there are two."""


class Anomalies(NamedTuple):
    """Rows measured: `score` (n,), the `cutoff` above which a row is an anomaly, and `cluster`
    (n,), the centroid id the score refers to, if the model has clusters."""

    score: Floats
    cutoff: float
    cluster: NDArray[np.integer] | None


@runtime_checkable
class DetectsAnomalies(Protocol):
    """A model that knows which rows are unlike those it was trained on."""

    def anomalies(self, features: Sequence[Column], contamination: float) -> Anomalies:
        """`contamination` in [0, 0.5] is the share of the training rows above the cutoff."""


@runtime_checkable
class Describes(Protocol):
    """A model that can be looked into."""

    describes: ClassVar[Sequence[str]]
    """The functions it answers, by their names without ML.: "WEIGHTS", "CENTROIDS"."""

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> Sequence[Row]:
        """The rows of the function; `features` are the names of the features."""


class Made(NamedTuple):
    """Rows that a model makes by itself: whole numbers `keys` (n, k) and `numbers` (n, m).

    A key is a position in a list that the model table keeps, a moment in microseconds, or 0 or 1.
    NaN among the numbers stands for NULL.
    """

    keys: NDArray[np.int64]
    numbers: Floats


@runtime_checkable
class MakesRows(Protocol):
    """A model that gives rows of its own rather than one for each row: a forecast, a
    recommendation. They are made part by part, so that not all of them are in memory at once."""

    def parts(self, function: str, settings: Mapping[str, Any]) -> int:
        """How many parts the rows of the function come in; ModelError on an unknown setting."""

    def make_rows(self, function: str, settings: Mapping[str, Any], part: int) -> Made:
        """The rows of one part, counted from 0."""


@runtime_checkable
class AddsFeatures(Protocol):
    """A model of time series to which features add."""

    def added(self, features: Sequence[Column], keys: Sequence[Column]) -> Floats:
        """What each feature adds (n, features) to rows of the series that the keys name; NaN where
        there is no such series."""


NULL_CATEGORY = "_null_filler"
"""BigQuery's name of the category that stands for NULL."""


def category_names(block: Category | Set | Vector) -> list[str]:
    """The categories of a feature as BigQuery prints them; of a vector, its positions."""
    return [NULL_CATEGORY if name is None else name for name in block.categories]


def category_pairs(block: Category | Set | Vector, values: Floats, value: str) -> list[Row]:
    """A row (category, `value`) for each category of a feature, or element by position."""
    pairs = zip(category_names(block), values.tolist(), strict=True)
    return [{"category": category, value: number} for category, number in pairs]
