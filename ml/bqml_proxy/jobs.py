"""BigQuery's jobs and queries, with the BigQuery ML in them done before the emulator sees them."""

import asyncio
import copy
import time
import urllib.parse
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bqml_proxy import bridges
from bqml_proxy.errors import BigQueryError, already_exists
from bqml_proxy.machine_learning import MachineLearning
from bqml_proxy.models import ModelReference
from bqml_proxy.notes import Note, Notes
from bqml_proxy.rest import Json, answer, answer_error, fault, object_in
from bqml_proxy.upstream import Upstream, answer_of, object_of

# seconds that a request waits for a job before its answer is that the job is running
PATIENCE = 10
# what the emulator runs in place of a statement that cannot be run, so that it knows the job
_REFUSED = "select error('refused')"
# seconds between two questions whether a job is done
_PAUSE = 0.05

Key = tuple[str, str]  # project and id of a job


@dataclass(frozen=True)
class Running:
    """A job whose BigQuery ML is being done; the emulator does not know of it yet."""

    task: asyncio.Task[Response]
    resource: Json


@dataclass
class Jobs:
    """The API's jobs.* of an emulator."""

    upstream: Upstream
    machine_learning: MachineLearning
    drop: Callable[[str], None]  # a table `project.dataset.table`
    mend_sql: Callable[[str], str]  # a statement in the form that the emulator runs
    notes: Notes = field(default_factory=Notes)
    _running: dict[Key, Running] = field(default_factory=dict)
    _copied: dict[Key, Json] = field(default_factory=dict)  # jobs that copied a model

    async def insert_job(self, request: Request, project: str) -> Response:
        """jobs.insert: the job keeps the client's id, runs while a model is trained, and fails as a
        job does."""
        job = await object_in(request)
        configuration = job.get("configuration") or {}
        query = configuration.get("query")
        if configuration.get("copy"):
            copied = await run_in_threadpool(self._copy_model, job, project)
            if copied:
                return answer(copied)
        if not query or "query" not in query or query.get("useLegacySql"):
            return await self.upstream.hand_on(request)
        if configuration.get("dryRun"):
            return await self._dry_run(request, job, project)
        reference = job.setdefault("jobReference", {})
        key = project, reference.setdefault("jobId", str(uuid.uuid4()))
        if key in self._running:
            raise already_exists(f"Job {project}:{key[1]}")
        resource = _running_job(project, job)
        task = asyncio.create_task(self._run(request, job, project))
        self._running[key] = Running(task, resource)
        task.add_done_callback(lambda _: self._running.pop(key))
        await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if task.done() else answer(resource)

    async def run_query(self, request: Request, project: str) -> Response:
        """jobs.query: an error is the answer."""
        query = await object_in(request)
        if "query" not in query or query.get("useLegacySql"):
            return await self.upstream.hand_on(request)
        note, temporary = await self._prepared(query, project, bool(query.get("dryRun")))
        if note is None:
            return await self.upstream.hand_on(request)
        if note.error:
            raise note.error
        try:
            got = await self.upstream.send(request, query)
            made = object_of(got) or {}
            reference = made.get("jobReference") or {}
            if job_id := reference.get("jobId"):
                self.notes.add(project, job_id, note)
                if temporary and got.status_code == 200 and not made.get("jobComplete"):
                    await self._ended(project, job_id, reference.get("location"))
            return _mended(got, note)
        finally:
            await self._drop(temporary)

    async def get_job(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.get."""
        if copied := self._copied.get((project, job_id)):
            return answer(copied)
        if running := self._running.get((project, job_id)):
            return answer(running.resource)
        return _mended(await self.upstream.send(request), self.notes.of(project, job_id))

    async def get_results(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.getQueryResults, which waits for the job a while."""
        if running := self._running.get((project, job_id)):
            seconds = int(request.query_params.get("timeoutMs") or 10_000) / 1000
            await asyncio.wait({running.task}, timeout=min(seconds, PATIENCE))
            if not running.task.done():
                reference = running.resource["jobReference"]
                kind = "bigquery#getQueryResultsResponse"
                return answer({"kind": kind, "jobReference": reference, "jobComplete": False})
        note = self.notes.of(project, job_id)
        if note is None:
            return await self.upstream.hand_on(request)
        return _mended(await self.upstream.send(request), note)

    async def cancel_job(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.cancel: a model that is being trained is trained to the end."""
        if running := self._running.get((project, job_id)):
            return answer({"kind": "bigquery#jobCancelResponse", "job": running.resource})
        return await self.upstream.hand_on(request)

    async def list_jobs(self, request: Request, project: str) -> Response:
        """jobs.list."""
        got = await self.upstream.send(request)
        listed = object_of(got)
        if got.status_code != 200 or not listed:
            return answer_of(got)
        for job in listed.get("jobs", []):
            bridges.mend_job(job)
            note = self.notes.of(project, job.get("jobReference", {}).get("jobId", ""))
            if note:
                note.mend_job(job)
        return answer_of(got, listed)

    def _copy_model(self, job: Json, project: str) -> Json | None:
        """The job that has copied a model; None if what it copies is a table."""
        given = job["configuration"]["copy"]
        sources = given.get("sourceTables") or [given.get("sourceTable") or {}]
        references = [
            ModelReference(place.get("projectId"), place.get("datasetId"), place.get("tableId"))
            for place in (*sources, given.get("destinationTable") or {})
        ]
        replace = given.get("writeDisposition") == "WRITE_TRUNCATE"
        if len(sources) > 1 or not self.machine_learning.copy(*references, replace):
            return None
        job.setdefault("jobReference", {}).setdefault("jobId", str(uuid.uuid4()))
        copied = _running_job(project, job)
        copied["status"] = {"state": "DONE"}
        copied["statistics"]["endTime"] = copied["statistics"]["startTime"]
        self._copied[project, copied["jobReference"]["jobId"]] = copied
        return copied

    async def _dry_run(self, request: Request, job: Json, project: str) -> Response:
        note, temporary = await self._prepared(job["configuration"]["query"], project, True)
        try:
            if note and note.error:
                raise note.error
            return _mended(await self.upstream.send(request, job), note)
        finally:
            await self._drop(temporary)

    async def _run(self, request: Request, job: Json, project: str) -> Response:
        """The answer to jobs.insert, once BigQuery ML is done."""
        note, temporary = await self._prepared(job["configuration"]["query"], project, False)
        job_id = job["jobReference"]["jobId"]
        try:
            got = await self.upstream.send(request, job)
            ended = None
            if got.status_code == 200:
                if note:
                    self.notes.add(project, job_id, note)
                if temporary:
                    made = (object_of(got) or {}).get("jobReference") or {}
                    ended = await self._ended(project, job_id, made.get("location"))
            return _mended(got, note, ended)
        finally:
            await self._drop(temporary)

    async def _prepared(
        self, query: Json, project: str, dry_run: bool
    ) -> tuple[Note | None, list[str]]:
        """Put the SQL that the emulator is to run into `query`; what is to be said of its job, and
        the tables to drop after it."""
        asked = query["query"]
        default = query.get("defaultDataset") or {}
        parts = [default.get("projectId"), default.get("datasetId")]
        dataset = ".".join(part for part in parts if part) or None
        query["query"] = _REFUSED
        try:
            rewritten = await run_in_threadpool(
                self.machine_learning.rewrite, asked, project, dataset, dry_run
            )
        except BigQueryError as error:
            return Note(asked, error=error), []
        except Exception as error:
            return Note(asked, error=fault(error)), []
        query["query"] = await run_in_threadpool(self.mend_sql, rewritten.sql)
        if query["query"] == asked:
            return None, []
        return Note(asked, rewritten.statement_type), list(rewritten.temporary)

    async def _ended(self, project: str, job_id: str, location: str | None) -> Json:
        """The job, once it is done."""
        where = f"?location={urllib.parse.quote(location)}" if location else ""
        job_path = f"/bigquery/v2/projects/{project}/jobs/{urllib.parse.quote(job_id)}{where}"
        while (job := await self.upstream.get(job_path))["status"]["state"] != "DONE":
            await asyncio.sleep(_PAUSE)
        return job

    async def _drop(self, tables: list[str]) -> None:
        """What is left behind of them does no harm: nobody sees the dataset they are in."""
        for table in tables:
            with suppress(BigQueryError):
                await run_in_threadpool(self.drop, table)


def _running_job(project: str, job: Json) -> Json:
    """The Job resource of a job that has just begun."""
    reference = {"projectId": project, "location": "US", **job["jobReference"]}
    now = str(int(time.time() * 1000))
    return {
        "kind": "bigquery#job",
        "id": f"{project}:{reference['location']}.{reference['jobId']}",
        "jobReference": reference,
        "configuration": copy.deepcopy(job["configuration"]),
        "status": {"state": "RUNNING"},
        "statistics": {"creationTime": now, "startTime": now},
    }


def _mended(got: httpx.Response, note: Note | None, job: Json | None = None) -> Response:
    """The emulator's answer, or one with this job in it, as the client is to see it."""
    value = job or object_of(got)
    if value is None:
        return answer_of(got)
    if value.get("kind", "").startswith("bigquery#job") or "configuration" in value:
        bridges.mend_job(value)
        if note:
            note.mend_job(value)
    elif note and note.error and got.status_code >= 400:
        return answer_error(note.error)
    elif note:
        note.mend_results(value)
    return answer_of(got, value)
