"""An algorithm trained on arrays, without a database."""

from collections.abc import Mapping
from typing import Any

from duckdb_bqml.algorithms.contracts import Partition, Request, Trained
from duckdb_bqml.algorithms.dataset import Dataset
from duckdb_bqml.artifact import closed, opened


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
    return closed(model, None)


def restored(model: Any) -> Any:
    """The model after a round trip through its artifact."""
    return opened(type(model), artifact_of(model), None)
