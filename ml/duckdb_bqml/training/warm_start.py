"""What a training that goes on from a model must have in common with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import lasting_of

from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.store import StoredModel


def require_same_clause(clause: Sequence[str] | None, previous: StoredModel | None) -> None:
    """ModelError unless the previous model, if there is one, has the same TRANSFORM clause."""
    if previous is None:
        return
    before = None if previous.transform is None else previous.transform.stored["expressions"]
    if clause != before:
        raise ModelError(
            "option 'transform' differs from that of the model warm_start goes on from; keep it, "
            "or set warm_start to false"
        )


def continuing(data: Dataset, options: Mapping[str, Any], previous: StoredModel) -> Dataset:
    """The data with their features in the order of the previous model; ModelError unless the two
    have the same model type, schema and lasting options."""
    for name in ("model_type", *lasting_of(options["model_type"])):
        before = previous.options.get(name)
        if options.get(name, before) != before:
            raise ModelError(
                f"option '{name}' is {str(options[name]).upper()} and was {str(before).upper()} in "
                "the model that warm_start goes on from; keep it, or set warm_start to false"
            )
    columns = {column.name.lower(): column for column in data.features}
    trained = previous.trained_features
    wanted = [field["name"].lower() for field in trained]
    pairs = [
        *zip(trained, map(columns.get, wanted), strict=True),
        *((None, column) for name, column in columns.items() if name not in wanted),
    ]
    if previous.label is not None:
        pairs.append((previous.label, data.label))
    for before, column in pairs:
        if fault := _fault(before, column):
            raise ModelError(
                f"warm_start goes on from a model of the same schema: {fault}, or set warm_start "
                "to false"
            )
    return data._replace(features=[columns[name] for name in wanted])


def _fault(before: Mapping[str, str] | None, column: Column | None) -> str | None:
    """How a column differs from the one before, if it does."""
    if column is None:
        return f"column '{before['name']}' is missing from the training query; add it"
    if before is None:
        return f"column '{column.name}' is new; leave it out"
    if before["name"].lower() != column.name.lower():
        return f"label column '{column.name}' was '{before['name']}'; keep it"
    if before["data_type"] != column.data_type:
        return (
            f"column '{column.name}' has the type {column.data_type} and had "
            f"{before['data_type']}; cast it"
        )
    return None
