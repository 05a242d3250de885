"""bqml_train: from the rows of a training query to the row of a model table."""

import logging
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from bqml_vocabulary.errors import about
from bqml_vocabulary.options import json_object, validate

from duckdb_bqml.algorithms import algorithm_of
from duckdb_bqml.algorithms.contracts import Request
from duckdb_bqml.store import ModelStore, StoredModel
from duckdb_bqml.training.measures import measured
from duckdb_bqml.training.model_row import model_row
from duckdb_bqml.training.query import read_query

_logger = logging.getLogger("duckdb_bqml")


def train(
    store: ModelStore,
    result_type: pa.DataType,
    model_names: pa.ChunkedArray,
    options: pa.ChunkedArray,
    rows: pa.ChunkedArray,
    relations: pa.ChunkedArray | None = None,
    versions: pa.ChunkedArray | None = None,
) -> pa.Array:
    """One model per value of `rows`, each the list of all rows of a training query.

    `relations` and `versions` name the models that WARM_START goes on from.
    """
    results = []
    for i, name in enumerate(model_names.to_pylist()):
        previous = None
        with about(name):
            given = json_object(options[i].as_py(), "options")
            if relations is not None and relations[i].is_valid and versions[i].is_valid:
                previous = store.load(relations[i].as_py(), versions[i].as_py())
        results.append(_train_one(name, given, rows[i], previous))
    return pa.array(results, result_type)


def _train_one(
    name: str, given: Mapping[str, Any], row_list: pa.ListScalar, previous: StoredModel | None
) -> dict[str, Any]:
    options, warnings = validate(name, given)  # names the model in its errors itself
    for warning in warnings:
        _logger.warning(warning)
    with about(name):
        warm = previous if options.get("warm_start") else None
        query = read_query(row_list, options, warm)
        request = Request(query.data, query.options, warm and warm.model)
        trained = algorithm_of(options["model_type"]).fit(request)
        kept = measured(trained.model, query.data, options)
        return model_row(name, trained, query, kept, warm.training_info if warm else [])
