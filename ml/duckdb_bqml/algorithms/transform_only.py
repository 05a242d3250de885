"""TRANSFORM_ONLY: a model that is its TRANSFORM clause."""

from collections.abc import Mapping
from typing import Any, Self

from duckdb_bqml.algorithms.contracts import Request, Trained
from duckdb_bqml.algorithms.described import Described


class TransformOnly:
    """Learns nothing; the clause is fitted before any algorithm sees the rows."""

    artifact = Described({})

    @classmethod
    def fit(cls, request: Request) -> Trained:
        return Trained(cls(), dict(request.options))

    def to_parts(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        return cls()
