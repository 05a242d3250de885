"""An algorithm trained on arrays, without a database."""

from collections.abc import Mapping
from typing import Any

from duckdb_bqml.algorithms.contracts import Partition, Request, Trained
from duckdb_bqml.algorithms.dataset import Dataset
from duckdb_bqml.artifact import sealed, unsealed


def fitted(
    algorithm: type,
    data: Dataset,
    evaluation: Dataset | None,
    options: Mapping[str, Any],
    previous: Any = None,
) -> Trained:
    """The algorithm trained on `data`, with these rows to evaluate it on."""
    return algorithm.fit(Request(Partition(data, evaluation), options, previous))


def artifact_of(model: Any) -> bytes:
    return sealed(model.to_parts())


def restored(model: Any) -> Any:
    """The model after a round trip through its artifact."""
    return type(model).from_parts(unsealed(artifact_of(model)))
