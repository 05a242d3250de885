"""The row of a model table, from what a training found."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bqml_vocabulary.model_types import MODEL_TYPES

from duckdb_bqml.algorithms.contracts import PredictsValues, Row, Trained
from duckdb_bqml.artifact import closed
from duckdb_bqml.model_table import ITERATION, json_text
from duckdb_bqml.training.measures import Measured
from duckdb_bqml.training.query import TrainingQuery


def model_row(
    name: str,
    trained: Trained,
    query: TrainingQuery,
    measured: Measured,
    earlier_runs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The row; `earlier_runs` is the training info of the model that a warm start goes on from."""
    content = {
        "model_type": trained.options["model_type"],
        "options": json.dumps(trained.options, sort_keys=True),
        "features": [*query.types, *(column._asdict() for column in trained.inputs)],
        "label": query.label,
    }
    if query.transform is not None:
        content["transform"] = query.transform.stored
    features = query.transform.features if query.transform else content["features"]
    artifact = closed(trained.model, [feature["data_type"] for feature in features])
    earlier_runs = [
        {**row, "details": json_text(row["details"]) if row["details"] else None}
        for row in earlier_runs
    ]
    run = 1 + max((row["training_run"] for row in earlier_runs), default=-1)
    details = {**trained.details, **measured.details}
    evaluation = _evaluation(content["model_type"], measured.evaluation)
    # A run that changes no weight is a version of its own, with its own training_info; so are the
    # same weights measured on other rows.
    identity = content | {"training_run": run, "evaluation": evaluation, "details": details}
    digest = hashlib.sha256(json_text(identity).encode() + artifact)
    return content | {
        "model_name": name,
        "model_version": digest.hexdigest()[:16],
        "outputs": _outputs(trained.model),
        "statistics": query.statistics,
        "reference": query.reference,
        "training_info": [*earlier_runs, *(_iteration(run, row) for row in trained.iterations)],
        "evaluation": evaluation,
        "details": json_text(details) if details else None,
        "rows_used": query.rows,
        "rows_skipped": 0,
        "artifact": artifact,
        "label_classes": getattr(trained.model, "classes", None),
        "trained_at": datetime.now(UTC).replace(tzinfo=None),
    }


def _evaluation(model_type: str, rows: Sequence[Row] | None) -> list[dict[str, Any]] | None:
    """Each row in two: the metrics of the model type, and what tells the rows apart."""
    if rows is None:
        return None
    metrics = {metric.name for metric in MODEL_TYPES[model_type].metrics}
    return [
        {
            "keys": [(name, str(row[name])) for name in row if name not in metrics],
            "metrics": [(name, row[name]) for name in row if name in metrics],
        }
        for row in rows
    ]


def _outputs(model: Any) -> list[dict[str, str]] | None:
    if not isinstance(model, PredictsValues):
        return None
    return [output._asdict() for output in model.outputs]


def _iteration(run: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of training_info: what only some model types have goes into its details."""
    details = {name: value for name, value in row.items() if name not in ITERATION}
    common = {name: row.get(name) for name in ITERATION}
    return common | {"training_run": run, "details": json_text(details) if details else None}
