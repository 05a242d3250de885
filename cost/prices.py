"""What BigQuery takes for a TiB: seeds/bigquery_prices.csv, or what dbt's vars say instead."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bqml_vocabulary.model_types import MODEL_TYPES, now_named
from dbt.contracts.graph.manifest import Manifest

from cost import CostError

TIB = 1024**4
SEED = "bigquery_prices"
QUERY, CREATE_MODEL = "query", "create_model"
VARS = {QUERY: "price_per_tib", CREATE_MODEL: "create_model_price_per_tib"}
"""The vars that override the seed, by the name of the price."""
TRAINING = {"bigquery": CREATE_MODEL, "vertex_ai": QUERY, "nobody": QUERY}
"""The price of the bytes that a training reads, by who trains the model. What Vertex AI takes
besides is not counted."""


@dataclass(frozen=True)
class Prices:
    """USD per TiB, by the name of the price."""

    usd_per_tib: Mapping[str, float]

    def usd(self, bytes_billed: int, kind: str, node: Any) -> float:
        """What a statement of a node costs; `kind` is GoogleSQL's name of it."""
        name = price_of_training(node) if kind == "CreateModelStmt" else QUERY
        return self.usd_per_tib[name] * bytes_billed / TIB


def price_of_training(node: Any) -> str:
    """The name of the price at which a node's CREATE MODEL is billed."""
    if node.config.materialized != "ml_model":
        return QUERY
    model_type = now_named(str((node.config.meta or {}).get("ml", {}).get("model_type", "")))
    if model_type not in MODEL_TYPES:
        raise CostError(
            f"Model {node.name}: nobody says who trains its model_type {model_type or '(none)'};"
            " add its row to ml/bqml_vocabulary/model_types.json."
        )
    return TRAINING[MODEL_TYPES[model_type].trained_by]


def prices(manifest: Manifest, variables: Mapping[str, Any], today: date) -> Prices:
    """Today's prices; a var of dbt's comes before the seed."""
    given = {
        name: number(variables[var], var)
        for name, var in VARS.items()
        if variables.get(var) is not None
    }
    missing = VARS.keys() - given.keys()
    return Prices({**(_seeded(manifest, today) if missing else {}), **given})


def _seeded(manifest: Manifest, today: date) -> dict[str, float]:
    seeds = [node for node in manifest.nodes.values() if node.resource_type == "seed"]
    files = [Path(node.root_path, node.original_file_path) for node in seeds if node.name == SEED]
    if not files:
        raise CostError(
            f"The project has no seed {SEED}: add it, or give the vars"
            f" {' and '.join(VARS.values())}."
        )
    return valid_prices(files[0], today)


def valid_prices(file: Path, today: date) -> dict[str, float]:
    """Of each price the one that became valid last, up to today."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["valid_from"])
    found = {
        row["price_name"]: number(row["usd_per_tib"], f"{file.name}, {row['price_name']}")
        for row in rows
        if date.fromisoformat(row["valid_from"]) <= today
    }
    for name in VARS:
        if name not in found:
            raise CostError(f"{file.name} has no price {name!r} that is valid on {today}.")
    return found


def number(value: Any, name: str) -> float:
    """A setting that is a number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise CostError(f"{name} must be a number, not {value!r}.") from None
