"""The table of model types (`model_types.json`).

A row holds
  model_type   BigQuery's name; old_name is one that it had, which is taken, too
  kind         types of one kind give the same columns and have the same metrics
  groups       names under which options.json and functions.json speak of several types
  trained_by   who trains it on BigQuery, which decides the price: bigquery, vertex_ai, or nobody
               where nothing is trained
  query        whether CREATE MODEL takes a query: required (the default) or none, for a model that
               is read from files
  features     whether the query must hold columns without a role: required (the default),
               optional or none
  split        how the rows are divided: train_eval (the default), or none
  importance   what says how important a feature is: standardized_weight or total_gain
  without      functions of its kind that the type does not have
  rest, loss   the REST API's names of the type and of its loss, where it has names of its own

and a kind
  label        how a label arrives: number or class; absent where there is none
  metrics      those of ML.EVALUATE in its order, with which of two values is the better one and
               the REST API's name
  headline     the metric that compares two models unless their project names another
  rest         the REST API's name of the metrics
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

ANY = "ANY"
"""The key of what holds for every model type."""


@dataclass(frozen=True)
class Metric:
    """Whether "more" or "less" of it is better, and the REST API's name, if it has one."""

    name: str
    better: str
    rest: str | None = None


@dataclass(frozen=True)
class ModelType:
    """A row of the table, together with what its kind says."""

    name: str
    kind: str
    groups: tuple[str, ...] = ()
    trained_by: str = "bigquery"
    query: str = "required"
    features: str = "required"
    split: str = "train_eval"
    label: str | None = None
    metrics: tuple[Metric, ...] = ()
    headline: str | None = None
    importance: str | None = None
    rest: str = ""
    rest_metrics: str | None = None
    loss: str | None = None
    without: tuple[str, ...] = ()
    old_name: str | None = None
    keys: tuple[str, ...] = field(init=False)
    """What the other tables call it by, the nearest name first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", (self.name, *self.groups, self.kind, ANY))

    @property
    def is_supervised(self) -> bool:
        return self.label is not None


def read(content: Mapping[str, Any]) -> dict[str, ModelType]:
    """The table by model type, from the content of a file like `model_types.json`."""
    return {row["model_type"]: _model_type(row, content["kinds"]) for row in content["model_types"]}


def _model_type(row: Mapping[str, Any], kinds: Mapping[str, Any]) -> ModelType:
    kind = kinds[row["kind"]]
    given = {key: row[key] for key in row if key not in ("model_type", "groups", "without")}
    return ModelType(
        name=row["model_type"],
        groups=tuple(row["groups"]),
        without=tuple(row.get("without", ())),
        label=kind.get("label"),
        metrics=tuple(Metric(name, **rest) for name, rest in kind.get("metrics", {}).items()),
        headline=kind.get("headline"),
        rest_metrics=kind.get("rest"),
        **given | {"rest": row.get("rest", row["model_type"])},
    )


def _content() -> dict[str, Any]:
    file = resources.files("bqml_vocabulary").joinpath("model_types.json")
    return json.loads(file.read_text("utf-8"))


KINDS: dict[str, dict[str, Any]] = _content()["kinds"]
"""The kinds of model types, those that no type is of yet among them."""

MODEL_TYPES: dict[str, ModelType] = read(_content())
"""The table by model type. Whoever reads it looks a type up when it is asked for one."""


def now_named(model_type: str) -> str:
    """The name of today, in upper case, of a model type that may be called by an old one."""
    name = model_type.upper()
    return next((row.name for row in MODEL_TYPES.values() if row.old_name == name), name)


def keys_of(model_type: str | None) -> tuple[str, ...]:
    """What the other tables call a model type by, the nearest name first; ANY without a model."""
    return MODEL_TYPES[model_type].keys if model_type else (ANY,)


def types_of(key: str) -> list[str]:
    """The model types that a name of a type, a group or a kind stands for."""
    return [name for name, row in MODEL_TYPES.items() if key in row.keys]


def named(keys: Iterable[str]) -> Iterator[str]:
    """Words for the model types that some keys stand for: a kind of many types is one word."""
    for key in keys:
        types = types_of(key)
        is_word = key == ANY or (key in KINDS and len(types) > 2)
        yield from [key.replace("_", " ")] if is_word else types


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them: `KMEANS, PCA and ARIMA_PLUS`."""
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last
