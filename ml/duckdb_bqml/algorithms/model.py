"""What every algorithm offers to the rest of the package."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.preprocessing import Column, Dataset


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

    label_kind: ClassVar[str]
    """"number" or "class": whether the label arrives as float64 or as codes."""

    @classmethod
    def fit(
        cls, training: Dataset, evaluation: Dataset | None, options: Mapping[str, Any]
    ) -> Training:
        """Train on `training`; `evaluation`, if any, is only measured."""

    def predict(self, features: Sequence[Column]) -> NDArray[np.float64]:
        """The (rows, outputs) array of predictions."""

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> dict[str, float]:
        """The metrics of ML.EVALUATE, in its column order; ModelError on an unknown setting."""

    def to_bytes(self) -> bytes:
        """The artifact: data only, equal for equal models, readable without running code."""

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        """The inverse of `to_bytes`."""
