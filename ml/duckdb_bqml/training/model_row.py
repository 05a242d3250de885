"""The row of a model table, from what a training found."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from duckdb_bqml.algorithms.contracts import PredictsValues, Trained
from duckdb_bqml.artifact import sealed
from duckdb_bqml.model_table import ITERATION, json_text
from duckdb_bqml.training.measures import Measured
from duckdb_bqml.training.query import TrainingQuery


def model_row(
    trained: Trained,
    query: TrainingQuery,
    measured: Measured,
    earlier_runs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The row; `earlier_runs` is the training info of the model that a warm start goes on from."""
    content = {
        "model_type": trained.options["model_type"],
        "options": json.dumps(trained.options, sort_keys=True),
        "features": query.types,
        "label": query.label,
    }
    if query.transform is not None:
        content["transform"] = query.transform.stored
    artifact = sealed(trained.model.to_parts())
    run = 1 + max((row["training_run"] for row in earlier_runs), default=-1)
    # A run that changes no weight is a version of its own, with its own training_info.
    identity = content | ({"training_run": run} if run else {})
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode() + artifact)
    details = {**trained.details, **measured.details}
    return content | {
        "model_version": digest.hexdigest()[:16],
        "outputs": _outputs(trained.model),
        "statistics": query.statistics,
        "reference": query.reference,
        "training_info": [*earlier_runs, *(_iteration(run, row) for row in trained.iterations)],
        "evaluation": None if measured.evaluation is None else json_text(measured.evaluation),
        "details": json_text(details) if details else None,
        "rows_used": query.rows,
        "rows_skipped": 0,
        "artifact": artifact,
    }


def _outputs(model: Any) -> list[dict[str, str]] | None:
    if not isinstance(model, PredictsValues):
        return None
    return [output._asdict() for output in model.outputs]


def _iteration(run: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of training_info: what only some model types have goes into its details."""
    details = {name: value for name, value in row.items() if name not in ITERATION}
    common = {name: row.get(name) for name in ITERATION}
    return common | {"training_run": run, "details": json_text(details) if details else None}
