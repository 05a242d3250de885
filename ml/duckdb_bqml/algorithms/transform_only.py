"""TRANSFORM_ONLY: a model that is its TRANSFORM clause."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from bqml_vocabulary.errors import ModelError

from duckdb_bqml.algorithms.model import Training
from duckdb_bqml.algorithms.preprocessing import Column, Dataset

NO_MODEL = "it only transforms, use ml_transform"


class TransformOnly:
    """Learns nothing; the clause is fitted before any algorithm sees the rows."""

    label_kind = None

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        return Training(cls(), dict(options), [])

    def predict(self, features: Sequence[Column]) -> Any:
        raise ModelError(f"a model of type TRANSFORM_ONLY predicts nothing; {NO_MODEL}")

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> dict[str, float]:
        raise ModelError(f"a model of type TRANSFORM_ONLY has no metrics; {NO_MODEL}")

    def to_bytes(self) -> bytes:
        return b"{}"

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        return cls()
