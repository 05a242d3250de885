"""Bytes and USD by node, and a budget for their sum."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PureWindowsPath
from typing import Any

from cost import CostError
from cost.prices import Prices
from cost.statement_bytes import StatementBytes
from cost.statements import FULL, WINDOW


@dataclass(frozen=True)
class NodeCost:
    """What the statements of one node cost in one form of a build: a row of target/cost.csv."""

    form: str
    layer: str
    resource_type: str
    name: str
    unique_id: str
    statements_count: int
    dry_runs_count: int
    bytes_processed: int
    bytes_billed: int
    usd: float

    @property
    def dearness(self) -> tuple[float, int]:
        return (-self.usd, -self.bytes_processed)


def node_costs(
    statements: Iterable[StatementBytes], nodes: Mapping[str, Any], prices: Prices
) -> list[NodeCost]:
    """A row per form and node, the dearest of a form first; `nodes` are dbt's, by unique id.

    A run of a window builds whole again what has no window of its own.
    """
    by_form: dict[str, dict[str, list[StatementBytes]]] = defaultdict(lambda: defaultdict(list))
    for statement in statements:
        if statement.node in nodes:
            by_form[statement.form][statement.node].append(statement)
    if FULL in by_form:
        windowed = by_form[WINDOW]
        whole = {
            node: [replace(statement, form=WINDOW) for statement in held]
            for node, held in by_form[FULL].items()
            if node not in windowed
        }
        windowed.update(whole)
    costs = [
        _node_cost(form, nodes[node], held, prices)
        for form, by_node in by_form.items()
        for node, held in by_node.items()
    ]
    return sorted(costs, key=lambda cost: (cost.form, cost.dearness, cost.unique_id))


def _node_cost(form: str, node: Any, held: list[StatementBytes], prices: Prices) -> NodeCost:
    return NodeCost(
        form=form,
        layer=layer_of(node.original_file_path),
        resource_type=str(node.resource_type),
        name=node.name,
        unique_id=node.unique_id,
        statements_count=len(held),
        dry_runs_count=sum(statement.is_dry_run for statement in held),
        bytes_processed=sum(statement.bytes_processed for statement in held),
        bytes_billed=sum(statement.bytes_billed for statement in held),
        usd=sum(prices.usd(statement.bytes_billed, statement.kind, node) for statement in held),
    )


def layer_of(path: str) -> str:
    """The layer of a node's file: models/<layer>/…, tests/dbt/<layer>/…, else its first folder."""
    parts = PureWindowsPath(path).parts  # which splits at / and at \
    depth = {"models": 1, "tests": 2}.get(parts[0], 0)
    return parts[min(depth, len(parts) - 1)]


def selected(costs: Iterable[NodeCost], words: Iterable[str]) -> list[NodeCost]:
    """Those of which a word is the name, with * for anything, the layer or the resource type."""
    words = tuple(words)
    return [cost for cost in costs if not words or any(_is_meant(cost, word) for word in words)]


def _is_meant(cost: NodeCost, word: str) -> bool:
    return fnmatchcase(cost.name, word) or word in (cost.layer, cost.resource_type)


def check_budget(
    costs: Iterable[NodeCost], form: str, budget_bytes: float | None, budget_usd: float | None
) -> None:
    """CostError if a form of the build is billed more than a budget; None is no limit."""
    of_form = [cost for cost in costs if cost.form == form]
    billed, usd = sum(cost.bytes_billed for cost in of_form), sum(cost.usd for cost in of_form)
    if budget_bytes is not None and billed > budget_bytes:
        raise CostError(
            f"Over budget: the {form} build bills {human_bytes(billed)}, the budget is"
            f" {human_bytes(budget_bytes)} (cost_budget_bytes)."
        )
    if budget_usd is not None and usd > budget_usd:
        raise CostError(
            f"Over budget: the {form} build costs {usd:.4f} USD, the budget is {budget_usd:.4f} USD"
            " (cost_budget_usd)."
        )


def human_bytes(size: float) -> str:
    """A size in the greatest unit that it fills."""
    for unit, bytes_ in {"TiB": 1024**4, "GiB": 1024**3, "MiB": 1024**2, "KiB": 1024}.items():
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size:.0f} B"
