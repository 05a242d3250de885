"""The training query: its rows as typed columns, each with its role, in an order of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import LABEL, columns_named, columns_of, roles_of

from duckdb_bqml import transform
from duckdb_bqml.algorithms.contracts import Partition
from duckdb_bqml.algorithms.dataset import Column, Dataset, describe
from duckdb_bqml.algorithms.distribution import distribution
from duckdb_bqml.algorithms.parallel import each
from duckdb_bqml.algorithms.partition import Order, canonical_order, purposes, row_hashes
from duckdb_bqml.columns import Rows
from duckdb_bqml.store import StoredModel
from duckdb_bqml.training.warm_start import continuing, require_same_clause
from duckdb_bqml.transform import Transform

SPLIT_COLUMN = "data_split_col"


class TrainingQuery(NamedTuple):
    """What a training reads: the data by what they are for, and what is kept of them.

    `options` are those of the algorithm. `types`, `statistics` and `reference` are of the columns
    that the features are, or are made of, the last two of the rows that train. `data` is None for a
    model type without a query.
    """

    options: Mapping[str, Any]
    data: Partition | None = None
    rows: int = 0
    types: Sequence[Mapping[str, str]] = ()
    label: Mapping[str, str] | None = None
    statistics: Sequence[Mapping[str, Any]] = ()
    reference: Sequence[Mapping[str, Any]] = ()
    transform: Transform | None = None


def read_query(
    row_list: pa.ListScalar, options: Mapping[str, Any], warm: StoredModel | None
) -> TrainingQuery:
    """The rows of one list(r), read and split by the options; `warm` is what a warm start goes on
    from. ModelError says which column or option is wrong."""
    algorithm_options = {name: value for name, value in options.items() if name != "transform"}
    if MODEL_TYPES[options["model_type"]].query == "none":
        return TrainingQuery(algorithm_options)
    rows, clause = Rows.of_list(row_list, "training"), options.get("transform")
    require_same_clause(clause, warm)
    if clause is None:
        return _read(rows, algorithm_options, warm)
    return _transformed(rows, clause, algorithm_options, warm)


def _read(rows: Rows, options: Mapping[str, Any], warm: StoredModel | None) -> TrainingQuery:
    data = _by_role(rows, options, warm)
    order = _ordered(data.columns, options, data.role(SPLIT_COLUMN))
    # All rows are gathered once; what is taken of them later are views.
    data = data.take(order.rows)
    trained = slice(order.trained)
    return TrainingQuery(
        options,
        _partition(data, order),
        data.rows,
        [*map(_schema, data.features)],
        data.label and _schema(data.label),
        each(lambda column: describe(column.take(trained)), data.features, data.rows),
        each(lambda column: distribution(column.take(trained)), data.features, data.rows),
    )


def _transformed(
    rows: Rows, clause: Sequence[str], options: Mapping[str, Any], warm: StoredModel | None
) -> TrainingQuery:
    """The same through a TRANSFORM clause: raw rows are split, and those that train fit it."""
    roles = _roles(rows, options)
    rows = rows.whole
    order = _ordered(transform.all_columns(rows), options, *roles.get(SPLIT_COLUMN, ()))
    rows = transform.take(rows, order.rows)
    # The weights a warm start goes on from are those of the previous statistics.
    trained = transform.take(rows, np.arange(order.trained))
    fitted = warm.transform if warm else transform.fit(clause, trained, columns_named(options))
    data = _by_role(fitted.apply(rows, "training"), options, warm)
    inputs = fitted.feature_inputs
    return TrainingQuery(
        options,
        _partition(data, order),
        len(order.rows),
        inputs,
        data.label and _schema(data.label),
        [transform.describe_input(trained, column["name"]) for column in inputs],
        [transform.reference_of_input(rows, column["name"], order.trained) for column in inputs],
        fitted,
    )


def _ordered(
    columns: Sequence[Column], options: Mapping[str, Any], split_column: Column | None = None
) -> Order:
    """The order of the rows, by what they are for.

    DuckDB hands rows over in any order and floating-point sums depend on it: sorted by a hash of
    their contents, the same rows always give the same model.
    """
    hashes = row_hashes(columns)
    order = canonical_order(hashes)
    found = purposes(options, hashes[order], split_column and split_column.take(order))
    return Order.of(order, found)


def _partition(data: Dataset, order: Order) -> Partition:
    """The ordered rows in their parts."""
    ends = np.cumsum(order.counts)
    parts = [
        data.take(slice(int(end - count), int(end))) if count else None
        for end, count in zip(ends, order.counts, strict=True)
    ]
    return Partition(parts[0] or data, *parts[1:])


def _by_role(rows: Rows, options: Mapping[str, Any], warm: StoredModel | None) -> Dataset:
    """The label if the model type has one, the columns with another role, and the features: all
    columns without a role, if the model type has features."""
    row = MODEL_TYPES[options["model_type"]]
    label = None
    if row.label is not None:
        label = rows.label(options[LABEL][0], row.label)
        _require_complete(label)
    roles = _roles(rows, options)
    rows.require_distinct()
    others = {column.name.lower() for column in Dataset([], label, roles).columns}
    names = [name for name in rows.names if name.lower() not in others]
    if row.features == "required" and not names:
        raise ModelError("the training query has no feature column; select at least one")
    features = [] if row.features == "none" else [rows.column(name, "column") for name in names]
    data = Dataset(features, label, roles)
    return data if warm is None else continuing(data, options, warm)


def _roles(rows: Rows, options: Mapping[str, Any]) -> dict[str, tuple[Column, ...]]:
    """The columns that an option names, the label excepted, by that option."""
    return {
        option: tuple(rows.column(name, word) for name in columns_of(option, options))
        for option, word in roles_of(options["model_type"]).items()
        if option != LABEL and columns_of(option, options)
    }


def _require_complete(label: Column) -> None:
    bad = ~np.isfinite(label.values) if label.categories is None else label.is_null
    if bad.any():
        fault = "NULL, NaN or infinite" if label.categories is None else "NULL"
        raise ModelError(
            f"label column '{label.name}' is {fault} in {bad.sum()} rows; filter them out"
        )
    if label.categories is None:
        with np.errstate(over="ignore"):
            sum_of_squares = np.square(label.values).sum()
        if not np.isfinite(sum_of_squares):
            raise ModelError(
                f"label column '{label.name}' holds numbers from {label.values.min():g} to "
                f"{label.values.max():g}, too large to square; divide them by a power of ten"
            )


def _schema(column: Column) -> dict[str, str]:
    return {"name": column.name, "data_type": column.data_type}
