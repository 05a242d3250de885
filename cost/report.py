"""What is printed of the costs, and the file that holds all of them."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

from cost.node_costs import NodeCost, human_bytes
from cost.statement_bytes import RUN
from cost.statements import FULL, WINDOW

TITLES = {FULL: "first build", WINDOW: "run of a day", RUN: "billed"}


def write_csv(costs: list[NodeCost], file: Path) -> None:
    """A row per form and node, tests too."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(
            lines, [field.name for field in fields(NodeCost)], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(asdict(cost) for cost in costs)


def report(costs: list[NodeCost], forms: list[str], form: str, top: int, file: Path) -> str:
    """Models and snapshots, totals by resource type and layer, and the sum, by `form`'s cost."""
    return "\n".join(_lines(costs, forms, form, top, file))


def _lines(
    costs: list[NodeCost], forms: list[str], form: str, top: int, file: Path
) -> Iterator[str]:
    yield " ".join([f"{'':42}", *(f"{TITLES[one]:>34}" for one in forms)])
    columns = f"{'scanned':>11} {'billed':>11} {'USD':>10}"
    yield " ".join([f"{'model or snapshot':42}", *(columns for _ in forms)])
    built = list(
        _groups([cost for cost in costs if cost.resource_type != "test"], "name", forms, form)
    )
    yield from built[:top]
    if len(built) > top:
        yield f"and {len(built) - top} more models and snapshots, see {file}"
    yield ""
    yield "resource type"
    yield from _groups(costs, "resource_type", forms, form)
    yield ""
    yield "layer"
    yield from _groups(costs, "layer", forms, form)
    yield ""
    yield from _groups(costs, None, forms, form)
    yield ""
    yield f"each node, tests too: {file}"


def _groups(
    costs: list[NodeCost], attribute: str | None, forms: list[str], form: str
) -> Iterator[str]:
    """A line per value of an attribute, the dearest first; of None, one line for all."""
    sums: dict[str, dict[str, tuple[int, int, float]]] = {}
    for cost in costs:
        name = getattr(cost, attribute) if attribute else "all"
        group = sums.setdefault(name, {one: (0, 0, 0.0) for one in forms})
        processed, billed, usd = group[cost.form]
        group[cost.form] = (
            processed + cost.bytes_processed,
            billed + cost.bytes_billed,
            usd + cost.usd,
        )

    def dearness(name: str) -> tuple[float, int, str]:
        processed, _, usd = sums[name][form]
        return (-usd, -processed, name)

    for name in sorted(sums, key=dearness):
        yield " ".join([f"{name:42}", *(_cells(*sums[name][one]) for one in forms)])


def _cells(processed: int, billed: int, usd: float) -> str:
    return f"{human_bytes(processed):>11} {human_bytes(billed):>11} {usd:10.4f}"
