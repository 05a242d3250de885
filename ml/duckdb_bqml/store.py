"""Reads trained models from the tables that hold them."""

import functools
import re
import threading
import weakref
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import duckdb
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.model_types import MODEL_TYPES

from duckdb_bqml.algorithms import algorithm_of
from duckdb_bqml.algorithms.contracts import Classifier, Model
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.described import Fault, OneOf, Sizes, check_all
from duckdb_bqml.artifact import damaged, opened, outdated, read_json
from duckdb_bqml.columns import FEATURE_TYPES, LABEL_TYPES, Rows
from duckdb_bqml.model_table import LABEL_CLASSES, READ_COLUMNS, TRAINED_COLUMNS
from duckdb_bqml.transform import Transform

CACHED_MODELS = 32

_PART = r'(?:"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)'
_RELATION = re.compile(rf"(?:{_PART}\.){{0,2}}(?P<name>{_PART})")


class StoredModel(NamedTuple):
    """One row of a model table, ready to be asked."""

    model: Model
    model_type: str
    options: dict[str, Any]
    features: list[dict[str, str]]
    label: dict[str, str] | None
    statistics: list[dict[str, Any]]
    training_info: list[dict[str, Any]]
    evaluation: list[dict[str, Any]]
    details: dict[str, Any]
    transform: Transform | None = None

    @property
    def trained_features(self) -> list[dict[str, str]]:
        """Name and type of each column the algorithm knows: after TRANSFORM, if there is one."""
        return self.features if self.transform is None else self.transform.features

    def features_of(self, rows: Rows, function: str) -> list[Column]:
        """What the model was trained on, of these rows."""
        if self.transform is not None:
            rows = self.transform.apply(rows, function, features_only=True)
        return rows.trained(self.trained_features, function)


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
                cursor.execute(f"select * from {relation} limit 0")
                columns = _columns([column[0] for column in cursor.description])
                values = cursor.execute(
                    f"select {columns} from {relation} where model_version = ?", [version]
                ).fetchone()
                names = [column[0] for column in cursor.description]
        except duckdb.ConversionException:
            raise damaged() from None
        except duckdb.Error as error:
            reason = str(error).partition("\n")[0]
            raise ModelError(
                f"the model cannot be read from {relation} ({reason}); build it, and commit, first"
            ) from error
        if values is None:
            raise ModelError(f"{relation} has no model_version {version}; take it from that table")
        return _stored(dict(zip(names, values, strict=True)))


def _columns(present: Collection[str]) -> str:
    """The select list of what is read, in the types it was written in, whatever the table says;
    ModelError if an earlier version of the engine wrote it."""
    if not set(TRAINED_COLUMNS) <= set(present):
        raise outdated()
    casts = [f"cast({name} as {kind}) as {name}" for name, kind in TRAINED_COLUMNS.items()]
    return ", ".join([*casts, *(name for name in (LABEL_CLASSES,) if name in present)])


def _stored(row: Mapping[str, Any]) -> StoredModel:
    """A row of a model table, by column; ModelError if it is not what this engine writes."""
    algorithm = algorithm_of(row["model_type"])
    row = {**row, **{name: read_json(row[name] or "{}") for name in ("options", "details")}}
    row["training_info"] = [
        info and {**info, "details": read_json(info["details"] or "{}")}
        for info in row["training_info"] or []
    ]
    sizes = Sizes()
    try:
        READ_COLUMNS.check(row, row["model_type"], sizes)
        _check_label(row)
        clause = None if row["transform"] is None else Transform(row["transform"])
        features = (row["features"] or []) if clause is None else clause.features
        if MODEL_TYPES[row["model_type"]].features != "none":
            check_all(
                OneOf(FEATURE_TYPES), [field["data_type"] for field in features], "features", sizes
            )
        model = opened(algorithm, row["artifact"], [field["data_type"] for field in features])
        if isinstance(model, Classifier):
            sizes.bind("classes", len(model.classes), "classes")
    except Fault:
        raise damaged() from None
    return StoredModel(
        model,
        row["model_type"],
        row["options"],
        row["features"] or [],
        row["label"],
        row["statistics"] or [],
        row["training_info"],
        row["evaluation"] or [],
        row["details"],
        clause,
    )


def _check_label(row: Mapping[str, Any]) -> None:
    """Fault unless there is a label where the model type has one, of a type that it may have."""
    kind, label = MODEL_TYPES[row["model_type"]].label, row["label"]
    if (kind is None) != (label is None):
        raise Fault("label: missing or unknown")
    if kind is not None:
        OneOf(LABEL_TYPES[kind]).check(label["data_type"], "label", Sizes())
