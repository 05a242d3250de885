"""What a client is told of a job whose statement the emulator ran in another form."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bqml_proxy.errors import BigQueryError

# jobs that are remembered; the oldest are forgotten first
REMEMBERED = 10_000


@dataclass(frozen=True)
class Note:
    """The statement as the client wrote it, its type, and the error that it ended with."""

    sql: str
    statement_type: str | None = None  # None: the emulator knows
    error: BigQueryError | None = None

    @property
    def has_no_rows(self) -> bool:
        return self.statement_type is not None and self.statement_type.endswith("_MODEL")

    def mend_job(self, job: dict[str, Any]) -> None:
        """Correct a Job resource in place."""
        query = job.get("configuration", {}).get("query")
        if query is not None:
            query["query"] = self.sql
            if self.has_no_rows:
                query.pop("destinationTable", None)
        if self.statement_type:
            statistics = job.setdefault("statistics", {}).setdefault("query", {})
            statistics["statementType"] = self.statement_type
            if self.has_no_rows:
                statistics.pop("schema", None)
        if self.error and job.get("status", {}).get("state") == "DONE":
            error = self.error.proto()
            job["status"] |= {"errorResult": error, "errors": [error]}

    def mend_results(self, results: dict[str, Any]) -> None:
        """Correct the response of jobs.query or jobs.getQueryResults in place."""
        if self.statement_type:
            results["statementType"] = self.statement_type
        if self.has_no_rows and results.get("jobComplete"):
            for name in ("schema", "rows", "pageToken"):
                results.pop(name, None)
            results["totalRows"] = "0"


@dataclass
class Notes:
    """The notes by project and job id."""

    _notes: OrderedDict[tuple[str, str], Note] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, project: str, job_id: str, note: Note) -> None:
        with self._lock:
            self._notes[project, job_id] = note
            if len(self._notes) > REMEMBERED:
                self._notes.popitem(last=False)

    def of(self, project: str, job_id: str) -> Note | None:
        with self._lock:
            return self._notes.get((project, job_id))
