"""Airflow's REST API, as much of it as the tests ask for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx


@dataclass(frozen=True)
class Run:
    """A run of a DAG."""

    dag: str
    id: str
    type: str
    state: str
    logical_date: datetime | None
    start: datetime | None
    """The data interval begins."""
    end: datetime | None
    """The data interval ends, exclusive."""
    began: datetime | None
    ended: datetime | None

    @property
    def has_ended(self) -> bool:
        return self.state in ("success", "failed")

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()


@dataclass(frozen=True)
class Task:
    """A task of a run, as of its last try."""

    name: str
    map_index: int
    state: str
    tries: int
    began: datetime | None
    ended: datetime | None

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds() if self.began and self.ended else 0.0


class Client:
    """Asks a running Airflow. An answer that is an error raises, with what the API said."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=f"{address}/api/v2", timeout=60, trust_env=False)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        return self._json(self._http.get(path, params=parameters))

    def unpause(self, dag: str) -> None:
        self._json(self._http.patch(f"/dags/{dag}", json={"is_paused": False}))

    def trigger(
        self,
        dag: str,
        *,
        logical_date: datetime | None = None,
        interval: tuple[date, date] | None = None,
        conf: dict[str, Any] | None = None,
    ) -> Run:
        moment = None if logical_date is None else logical_date.isoformat()
        body: dict[str, Any] = {"logical_date": moment, "conf": conf or {}}
        if interval is not None:
            start, end = (f"{day}T00:00:00Z" for day in interval)
            body |= {"data_interval_start": start, "data_interval_end": end}
        return _run(self._json(self._http.post(f"/dags/{dag}/dagRuns", json=body)))

    def run(self, run: Run) -> Run:
        """The run as it is now."""
        return _run(self.get(f"/dags/{run.dag}/dagRuns/{run.id}"))

    def runs(self, dag: str) -> list[Run]:
        """All runs of a DAG, the first that was made first."""
        found = self.get(f"/dags/{dag}/dagRuns", order_by="id", limit=100)
        return [_run(row) for row in found["dag_runs"]]

    def tasks(self, run: Run) -> dict[str, Task]:
        """The tasks of a run by name; of a mapped one the last."""
        found = self.get(f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances", limit=100)
        return {row["task_id"]: _task(row) for row in found["task_instances"]}

    def clear(self, run: Run, *tasks: str, downstream: bool = False) -> list[str]:
        """Have tasks of a run run again; the names of those that will."""
        body = {"dry_run": False, "dag_run_id": run.id, "task_ids": list(tasks)}
        body |= {"only_failed": False, "include_downstream": downstream}
        answer = self._http.post(f"/dags/{run.dag}/clearTaskInstances", json=body)
        return sorted(row["task_id"] for row in self._json(answer)["task_instances"])

    def log(self, run: Run, task: str, number: int = 1) -> str:
        """What a try has logged, the messages of its errors among it."""
        path = f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}/logs/{number}"
        answer = self._http.get(path, headers={"accept": "application/json"})
        lines: list[str] = []
        for line in self._json(answer)["content"]:
            lines.append(line["event"])
            lines += [error["exc_value"] for error in line.get("error_detail") or []]
        return "\n".join(lines)

    def updates(self, run: Run) -> list[dict[str, Any]]:
        """The updates of assets that a run was made for."""
        path = f"/dags/{run.dag}/dagRuns/{run.id}/upstreamAssetEvents"
        return self.get(path)["asset_events"]

    def result(self, run: Run, task: str, key: str = "return_value") -> Any:
        """What a task has left for others, an XCom."""
        path = f"/dags/{run.dag}/dagRuns/{run.id}/taskInstances/{task}/xcomEntries/{key}"
        return self.get(path, deserialize="true")["value"]

    @staticmethod
    def _json(answer: httpx.Response) -> dict[str, Any]:
        request = answer.request
        assert answer.is_success, (
            f"{request.method} {request.url} answered {answer.status_code}: {answer.text[:1000]}"
        )
        return answer.json()


def _run(row: dict[str, Any]) -> Run:
    return Run(
        dag=row["dag_id"],
        id=row["dag_run_id"],
        type=row["run_type"],
        state=row["state"],
        logical_date=_read(row["logical_date"]),
        start=_read(row["data_interval_start"]),
        end=_read(row["data_interval_end"]),
        began=_read(row["start_date"]),
        ended=_read(row["end_date"]),
    )


def _task(row: dict[str, Any]) -> Task:
    return Task(
        name=row["task_id"],
        map_index=row["map_index"],
        state=row["state"] or "none",
        tries=row["try_number"],
        began=_read(row["start_date"]),
        ended=_read(row["end_date"]),
    )


def _read(moment: str | None) -> datetime | None:
    return None if moment is None else datetime.fromisoformat(moment)
