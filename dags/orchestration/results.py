"""What dbt says of the nodes it ran: its run_results.json."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FAILED = ("error", "fail", "runtime error", "partial success")


@dataclass(frozen=True)
class Result:
    """What became of one node."""

    node: str
    status: str
    rows: int | None
    """Rows that its table holds after the run, or that a test found wrong."""
    seconds: float
    message: str

    @property
    def has_failed(self) -> bool:
        return self.status in FAILED

    @property
    def is_hook(self) -> bool:
        """dbt never retries one."""
        return self.node.startswith("operation.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read(path: Path) -> list[Result]:
    """The results in the file, or none if dbt has written no such file, or not to its end."""
    try:
        found = json.loads(path.read_text())["results"]
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    return [_result(result) for result in found]


def _result(result: dict[str, Any]) -> Result:
    failures = result.get("failures")
    rows = (result.get("adapter_response") or {}).get("rows_count")
    return Result(
        node=result["unique_id"],
        status=result["status"],
        rows=rows if failures is None else failures,
        seconds=round(result.get("execution_time") or 0, 3),
        message=one_line(result.get("message") or ""),
    )


def one_line(text: str, limit: int = 500) -> str:
    """The text without line breaks, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def can_be_retried(results: Iterable[Result]) -> bool:
    """Whether `dbt retry` has anything to do."""
    return any(
        not result.is_hook and (result.has_failed or result.status == "skipped")
        for result in results
    )


def failed(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.has_failed]


def only_tests_failed(results: Iterable[Result]) -> bool:
    """Whether all that failed are data tests that found wrong rows, and at least one did."""
    statuses = [result.status for result in failed(results)]
    return bool(statuses) and set(statuses) == {"fail"}


def table(results: Sequence[Result]) -> str:
    """The results for people, the slowest first, the failed before all."""
    order = sorted(results, key=lambda result: (not result.has_failed, -result.seconds))
    rows = [("status", "rows", "seconds", "node")]
    for result in order:
        count = "" if result.rows is None else f"{result.rows:,}"
        name = f"{result.node}: {result.message}" if result.has_failed else result.node
        rows.append((result.status, count, f"{result.seconds:.2f}", name))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{status:<{widths[0]}}  {count:>{widths[1]}}  {seconds:>{widths[2]}}  {name}"
        for status, count, seconds, name in rows
    )


def summary(results: Sequence[Result]) -> str:
    """One sentence: how many nodes had which status, and which failed with what message."""
    counts: dict[str, int] = {}
    for result in results:
        counts[result.status] = counts.get(result.status, 0) + 1
    text = ", ".join(f"{count} {status}" for status, count in counts.items()) or "no node ran"
    wrong = "; ".join(f"{result.node}: {result.message}" for result in failed(results))
    return f"{text}. {wrong}" if wrong else f"{text}."
