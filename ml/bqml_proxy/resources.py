"""The resource `Model` of BigQuery's REST API, made of what is kept of a model.

Field names: https://cloud.google.com/bigquery/docs/reference/rest/v2/models. As in all of that
API, an INT64 is text, and what is not known is left out.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import OPTIONS, Option

from bqml_proxy.models import ModelReference, Record
from googlesql import types
from googlesql.types import Type

Resource = dict[str, Any]


def summary(reference: ModelReference, record: Record) -> Resource:
    """What models.list has of a model."""
    return _without_nothing(
        {
            "modelReference": {
                "projectId": reference.project,
                "datasetId": reference.dataset,
                "modelId": reference.model_id,
            },
            "modelType": MODEL_TYPES[record.model_type].rest,
            "creationTime": _milliseconds(record.created_at),
            "lastModifiedTime": _milliseconds(record.modified_at),
            "labels": dict(record.details.get("labels", [])) or None,
        }
    )


def model(reference: ModelReference, record: Record, type_named: Callable[[str], Type]) -> Resource:
    """What models.get has of a model."""
    details, trained = record.details, record.trained
    expires = details.get("expiration_timestamp")
    changed = f"{trained['model_version']} {record.modified_at.isoformat()}"
    label, transform = trained["label"], trained["transform"]
    return summary(reference, record) | _without_nothing(
        {
            "etag": hashlib.sha256(changed.encode()).hexdigest()[:22],
            "location": "US",
            "description": details.get("description"),
            "friendlyName": details.get("friendly_name"),
            "expirationTime": expires and _milliseconds(datetime.fromisoformat(expires)),
            "featureColumns": [_column(column, type_named) for column in trained["features"]],
            "labelColumns": [_column(label, type_named)] if label else None,
            "transformColumns": transform
            and [
                _column(column, type_named)
                | {"transformSql": details["transform_sql"].get(column["name"], column["name"])}
                for column in transform["outputs"]
            ],
            "trainingRuns": _training_runs(record),
        }
    )


def _training_runs(record: Record) -> list[Resource]:
    """One per run, a warm start being another; the options and metrics are those of the last."""
    trained = record.trained
    runs: dict[int, list[Resource]] = {}
    for row in trained["training_info"]:
        runs.setdefault(row["training_run"], []).append(_iteration(row))
    found: list[Resource] = [{"results": results} for results in runs.values()] or [{}]
    explained = _explanations(record.kept.get("global_explanation", []))
    found[-1] |= _without_nothing(
        {
            "startTime": trained["trained_at"].isoformat(timespec="milliseconds") + "Z",
            "trainingOptions": _training_options(record),
            "evaluationMetrics": _evaluation_metrics(record),
            "modelLevelGlobalExplanation": explained.pop(None, None),
            "classLevelGlobalExplanations": list(explained.values()) or None,
        }
    )
    return found


def _iteration(row: Mapping[str, Any]) -> Resource:
    return _without_nothing(
        {
            "index": row["iteration"],
            "durationMs": _whole(row["duration_ms"]),
            "trainingLoss": row["loss"],
            "evalLoss": row["eval_loss"],
            "learnRate": row["learning_rate"],
            "clusterInfos": [
                _without_nothing(
                    {
                        "centroidId": str(cluster["centroid_id"]),
                        "clusterRadius": cluster["cluster_radius"],
                        "clusterSize": str(cluster["cluster_size"]),
                    }
                )
                for cluster in json.loads(row["details"] or "{}").get("cluster_info", [])
            ]
            or None,
        }
    )


def _training_options(record: Record) -> Resource:
    table = OPTIONS[record.model_type]
    given = {
        table[name].get("rest", _camel(name)): _option(value, table[name])
        for name, value in record.trained_options.items()
        if name != "model_type" and "clause" not in table[name]
    }
    given["lossType"] = MODEL_TYPES[record.model_type].loss
    return _without_nothing(given)


def _option(value: Any, option: Option) -> Any:
    if isinstance(value, str):
        return option.get("rest_words", {}).get(value, value)
    if option["type"].startswith("ARRAY<STRUCT<STRING,"):
        return dict(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return _whole(value)


def _whole(value: Any) -> Any:
    """An INT64 as text, as the API has it; anything else as it is."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_whole else value


def _evaluation_metrics(record: Record) -> Resource | None:
    trained, row = record.trained, MODEL_TYPES[record.model_type]
    if not trained["evaluation"]:
        return None
    measured = trained["evaluation"][0]["metrics"]
    aggregate = _without_nothing(
        {metric.rest: measured.get(metric.name) for metric in row.metrics if metric.rest}
    )
    if row.label != "class":
        return {row.rest_metrics: aggregate} if row.rest_metrics else None
    classes = [_text(label) for label in trained["label_classes"]]
    if len(classes) == 2:
        return {
            "binaryClassificationMetrics": {
                "aggregateClassificationMetrics": aggregate | {"threshold": 0.5},
                "positiveLabel": classes[1],
                "negativeLabel": classes[0],
            }
        }
    rows = [
        {
            "actualLabel": actual,
            "entries": [
                {"predictedLabel": predicted, "itemCount": str(count)}
                for predicted, count in zip(classes, counts, strict=True)
            ],
        }
        for actual, counts in zip(classes, record.kept["confusion_matrix"], strict=True)
    ]
    return {
        "multiClassClassificationMetrics": {
            "aggregateClassificationMetrics": aggregate,
            "confusionMatrixList": [{"rows": rows}],
        }
    }


def _explanations(rows: list[Mapping[str, Any]]) -> dict[str | None, Resource]:
    """By class; None is the model."""
    found: dict[str | None, Resource] = {}
    for row in rows:
        label = row["class_label"]
        one = found.setdefault(label, _without_nothing({"classLabel": label, "explanations": []}))
        one["explanations"].append(
            {"featureName": row["feature"], "attribution": row["attribution"]}
        )
    return found


def _column(column: Mapping[str, str], type_named: Callable[[str], Type]) -> Resource:
    return {"name": column["name"], "type": _type(type_named(column["data_type"]))}


def _type(type_: Type) -> Resource:
    """A StandardSqlDataType."""
    if type_.HasField("array_type"):
        return {"typeKind": "ARRAY", "arrayElementType": _type(type_.array_type.element_type)}
    if type_.HasField("struct_type"):
        fields = [
            _without_nothing({"name": field.field_name or None, "type": _type(field.field_type)})
            for field in type_.struct_type.field
        ]
        return {"typeKind": "STRUCT", "structType": {"fields": fields}}
    return {"typeKind": types.text(type_)}


def _text(label: Any) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _without_nothing(resource: Resource) -> Resource:
    return {
        name: value
        for name, value in resource.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }
