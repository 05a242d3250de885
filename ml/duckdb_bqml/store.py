"""Reads trained models from the tables that hold them."""

import functools
import hashlib
import json
import re
import threading
import weakref
from typing import Any, NamedTuple

import duckdb
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.algorithms import MODEL_TYPES
from duckdb_bqml.algorithms.model import Model
from duckdb_bqml.algorithms.preprocessing import Column
from duckdb_bqml.algorithms.transform_only import NO_MODEL, TransformOnly
from duckdb_bqml.columns import Rows
from duckdb_bqml.transform import Transform

CACHED_MODELS = 32
ARTIFACT_FORMAT = 1

_PART = r'(?:"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)'
_RELATION = re.compile(rf"(?:{_PART}\.){{0,2}}(?P<name>{_PART})")


class StoredModel(NamedTuple):
    """One row of a model table, ready to predict."""

    model: Model
    features: list[dict[str, str]]
    label: dict[str, str] | None
    training_info: list[dict[str, Any]]
    options: dict[str, Any]
    transform: Transform | None = None

    @property
    def trained_features(self) -> list[dict[str, str]]:
        """Name and type of each column the algorithm knows: after TRANSFORM, if there is one."""
        return self.features if self.transform is None else self.transform.features

    def features_of(self, rows: Rows, function: str) -> list[Column]:
        """What the model was trained on, of these rows."""
        if isinstance(self.model, TransformOnly):
            raise ModelError(f"a model of type TRANSFORM_ONLY is not for {function}; {NO_MODEL}")
        if self.transform is not None:
            rows = self.transform.apply(rows, function, features_only=True)
        return rows.trained(self.trained_features, function)


def sealed(content: bytes) -> bytes:
    """An artifact: one line of JSON, the format and the checksum, and then what the model wrote."""
    envelope = {"format": ARTIFACT_FORMAT, "sha256": hashlib.sha256(content).hexdigest()}
    return json.dumps(envelope, sort_keys=True).encode() + b"\n" + content


def unsealed(artifact: bytes | None) -> bytes:
    """The inverse of `sealed`; ModelError if the artifact is of a newer version or damaged."""
    line, _, content = (artifact or b"").partition(b"\n")
    try:
        envelope = json.loads(line)
        version, checksum = int(envelope["format"]), envelope["sha256"]
    except (ValueError, TypeError, KeyError):
        raise ModelError("the artifact of the model is damaged; train the model again") from None
    if version > ARTIFACT_FORMAT:
        raise ModelError("the model was trained by a newer version of the engine; upgrade")
    if checksum != hashlib.sha256(content).hexdigest():
        raise ModelError("the artifact of the model is damaged; train the model again")
    return content


def model_name(relation: str | None) -> str:
    """The last part of a relation without its quotes; ModelError if it is not a relation.

    The text is going to be part of a statement, so nothing but one to three plain or quoted
    identifiers is let through.
    """
    match = _RELATION.fullmatch(relation or "")
    if match is None:
        raise ModelError(
            f"{relation!r} is not the name of a model; give one to three identifiers "
            "separated by dots"
        )
    name = match["name"]
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


class ModelStore:
    """The models one connection can see, the most recently used ones kept in memory.

    A version is a hash of the model's content, so a cached model cannot go stale: retraining
    makes another version. Models are read through a cursor of the connection, which does not
    see a transaction that is still open.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        # DuckDB keeps the functions, and so this object, alive as long as the database; a
        # strong reference back would keep the database open for ever.
        self._connection = weakref.ref(connection)
        self._lock = threading.Lock()
        self._cached = functools.lru_cache(CACHED_MODELS)(self._read)

    def load(self, relation: str, version: str) -> StoredModel:
        """The model; ModelError if the relation or the version does not exist."""
        with self._lock:  # so that parallel chunks read a model once
            return self._cached(relation, version)

    def _read(self, relation: str, version: str) -> StoredModel:
        model_name(relation)
        connection = self._connection()
        if connection is None:
            raise ModelError(
                "the connection that registered the functions is closed; register them again"
            )
        try:
            with connection.cursor() as cursor:
                row = cursor.execute(
                    "select model_type, features, label, training_info, options, artifact, "
                    f"transform from {relation} where model_version = ?",
                    [version],
                ).fetchone()
        except duckdb.Error as error:
            reason = str(error).partition("\n")[0]
            raise ModelError(
                f"the model cannot be read from {relation} ({reason}); build it, and commit, first"
            ) from error
        if row is None:
            raise ModelError(f"{relation} has no model_version {version}; take it from that table")
        model_type, features, label, training_info, options, artifact, clause = row
        if model_type not in MODEL_TYPES:
            raise ModelError(
                f"{model_type} is no model type of this version of the engine; upgrade, or train "
                "the model again"
            )
        model = MODEL_TYPES[model_type].from_bytes(unsealed(artifact))
        transform = None if clause is None else Transform(clause)
        return StoredModel(model, features, label, training_info, json.loads(options), transform)
