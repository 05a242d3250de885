"""bqml_detect_anomalies: how unlike the training rows one chunk of rows is."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import json_object

from duckdb_bqml.algorithms.anomalies import MAX_CONTAMINATION
from duckdb_bqml.algorithms.contracts import DetectsAnomalies
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked, constant, structs
from duckdb_bqml.store import ModelStore

ANOMALY = "STRUCT(is_anomaly BOOLEAN, score DOUBLE, centroid_id BIGINT)"


def detect_anomalies(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """How unlike the training rows one chunk of rows is."""
    relation, version = constant(relations, "model"), constant(versions, "version")
    given = constant(settings, "settings")
    with asked(store, relation, version, "DETECT_ANOMALIES") as stored:
        if not isinstance(stored.model, DetectsAnomalies):
            raise ModelError("the model keeps no rows to compare with; its own are in bqml_rows")
        contamination = _contamination(json_object(given, "settings"))
        features = stored.features_of(Rows(rows.combine_chunks()), "ml_detect_anomalies")
        score, cutoff, cluster = stored.model.anomalies(features, contamination)
    return structs(
        result_type, {"is_anomaly": score > cutoff, "score": score, "centroid_id": cluster}
    )


def _contamination(settings: Mapping[str, Any]) -> float:
    for name in settings:
        if name != "contamination":
            raise ModelError(f"setting '{name}' is not valid; use 'contamination'")
    value = settings.get("contamination")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_CONTAMINATION:
        raise ModelError(
            f"setting 'contamination' must be between 0 and {MAX_CONTAMINATION}, not {value!r}"
        )
    return value
