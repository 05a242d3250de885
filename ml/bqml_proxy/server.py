"""The front's HTTP half: BigQuery's REST API, handed on to an emulator, with BigQuery ML added.

A request for a query or a query job passes the machine learning half and the bridges before the
emulator sees it. The Models resource is answered here. Everything else goes through as it came.
"""

import copy
import gzip
import http.client
import json
import re
import threading
import time
import traceback
import urllib.parse
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from bqml_proxy import bridges
from bqml_proxy.errors import BigQueryError, already_exists
from bqml_proxy.jobs import Note, Notes
from bqml_proxy.models import ModelReference

API = r"(?:/bigquery/v2)?/projects/(?P<project>[^/]+)"
# headers that belong to one connection, and those that say how a body is packed
HOP = {
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
}

# seconds that a request waits for a job before its answer is that the job is running
PATIENCE = 10
# what the emulator runs in place of a statement that cannot be run, so that it knows the job
_REFUSED = "select error('refused')"

Json = dict[str, Any]


class MachineLearning(Protocol):
    """What the front asks of bqml_proxy.machine_learning."""

    def rewrite(
        self, sql: str, project: str, default_dataset: str | None, dry_run: bool
    ) -> Any: ...
    def models(self, project: str, dataset: str) -> list[Json]: ...
    def model(self, project: str, dataset: str, model_id: str) -> Json: ...
    def copy(self, source: ModelReference, destination: ModelReference, replace: bool) -> bool: ...
    def delete(self, project: str, dataset: str, model_id: str) -> None: ...


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # path and query, as they came
    headers: dict[str, str]  # by lower-case name
    body: bytes

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.target).query))

    def json(self) -> Json:
        """The body as an object; an error of BigQuery's kind if it is none."""
        body = self.body
        try:
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            value = json.loads(body)
        except (OSError, ValueError):
            raise BigQueryError(400, "parseError", "The request is not valid JSON.") from None
        if not isinstance(value, dict):
            raise BigQueryError(400, "parseError", "The request is not a JSON object.")
        return value

    def with_json(self, value: Json) -> "Request":
        headers = {name: text for name, text in self.headers.items() if name not in HOP}
        headers["content-type"] = "application/json"
        return replace(self, headers=headers, body=json.dumps(value).encode())


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Json | None:
        """The body as an object, or None if it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def with_json(self, value: Json) -> "Response":
        return replace(self, body=json.dumps(value).encode())


def answer_json(value: Json, status: int = 200) -> Response:
    headers = [("content-type", "application/json; charset=UTF-8")]
    return Response(status, headers, json.dumps(value).encode())


def answer_error(error: BigQueryError) -> Response:
    return answer_json(error.response(), error.code)


def _fault(error: Exception) -> BigQueryError:
    """A mistake of the front's own; a client would repeat a request after an error of the 500s."""
    traceback.print_exception(error)
    message = f"The front failed ({error!r}); its output says where."
    return BigQueryError(400, "invalid", message)


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


class Upstream:
    """The emulator, at `http://host:port`."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        parts = urllib.parse.urlsplit(self.address)
        self.netloc = parts.netloc
        self._host, self._port = parts.hostname, parts.port

    def send(self, request: Request) -> Response:
        """What the emulator answers. BigQueryError if it cannot be reached."""
        headers = {
            name: text
            for name, text in request.headers.items()
            if name not in HOP - {"content-encoding"}
        }
        connection = http.client.HTTPConnection(self._host, self._port)
        try:
            connection.request(request.method, request.target, request.body or None, headers)
            got = connection.getresponse()
            kept = [(name, text) for name, text in got.getheaders() if name.lower() not in HOP]
            return Response(got.status, kept, got.read())
        except (OSError, http.client.HTTPException) as error:
            raise BigQueryError(
                400,
                "invalid",
                f"The emulator {self.address} does not answer ({error}); start it, or name"
                " another with --emulator.",
            ) from error
        finally:
            connection.close()

    def get(self, target: str) -> Json:
        """An object that the emulator gives; BigQueryError if it gives an error."""
        response = self.send(Request("GET", target, {}, b""))
        value = response.json() or {}
        if response.status != 200:
            raise BigQueryError.of(value, response.status)
        return value


@dataclass(frozen=True)
class Running:
    """A job whose BigQuery ML is being done; the emulator does not know of it yet."""

    future: Future[Response]
    resource: Json


@dataclass
class Front:
    """Answers requests; knows nothing of sockets."""

    upstream: Upstream
    machine_learning: MachineLearning
    drop: Callable[[str], None]  # a table `project.dataset.table`
    mend_sql: Callable[[str], str]  # a statement in the form that the emulator runs
    notes: Notes = field(default_factory=Notes)
    _running: dict[tuple[str, str], Running] = field(default_factory=dict)
    _copied: dict[tuple[str, str], Json] = field(default_factory=dict)  # jobs that copied a model
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16))

    def answer(self, request: Request) -> Response:
        try:
            for method, pattern, handler in _ROUTES:
                match = re.fullmatch(pattern, request.path)
                if match and request.method == method:
                    parts = {
                        name: urllib.parse.unquote(text) for name, text in match.groupdict().items()
                    }
                    return handler(self, request, **parts)
            return self.upstream.send(request)
        except BigQueryError as error:
            return answer_error(error)
        except Exception as error:
            return answer_error(_fault(error))

    # ---- queries ------------------------------------------------------------------------------

    def insert_job(self, request: Request, project: str) -> Response:
        """jobs.insert: the job keeps the client's id, runs while a model is trained, and fails as a
        job does."""
        job = request.json()
        configuration = job.get("configuration") or {}
        query = configuration.get("query")
        if configuration.get("copy") and (copied := self._copy_model(job, project)):
            return answer_json(copied)
        if not query or "query" not in query or query.get("useLegacySql"):
            return self.upstream.send(request)
        if configuration.get("dryRun"):
            return self._dry_run(request, job, project)
        reference = job.setdefault("jobReference", {})
        job_id = reference.setdefault("jobId", str(uuid.uuid4()))
        if (project, job_id) in self._running:
            raise already_exists(f"Job {project}:{job_id}")
        resource = _running_job(project, job)
        future = self._workers.submit(self._run_job, request, job, project)
        self._running[project, job_id] = Running(future, resource)
        future.add_done_callback(lambda _: self._running.pop((project, job_id), None))
        wait([future], timeout=PATIENCE)
        return future.result() if future.done() else answer_json(resource)

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

    def _dry_run(self, request: Request, job: Json, project: str) -> Response:
        note, temporary = self._prepare(job["configuration"]["query"], project, True)
        try:
            if note and note.error:
                raise note.error
            return self._patched(self.upstream.send(request.with_json(job)), note)
        finally:
            self._drop(temporary)

    def _run_job(self, request: Request, job: Json, project: str) -> Response:
        """The answer to jobs.insert, once BigQuery ML is done."""
        note, temporary = self._prepare(job["configuration"]["query"], project, False)
        job_id = job["jobReference"]["jobId"]
        try:
            response = self.upstream.send(request.with_json(job))
            if response.status == 200:
                if note:
                    self.notes.add(project, job_id, note)
                if temporary:
                    made = (response.json() or {}).get("jobReference") or {}
                    ended = self._ended(project, job_id, made.get("location"))
                    response = response.with_json(ended)
            return self._patched(response, note)
        finally:
            self._drop(temporary)

    def run_query(self, request: Request, project: str) -> Response:
        """jobs.query: an error is the answer."""
        query = request.json()
        if "query" not in query or query.get("useLegacySql"):
            return self.upstream.send(request)
        note, temporary = self._prepare(query, project, bool(query.get("dryRun")))
        if note and note.error:
            raise note.error
        response = self.upstream.send(request.with_json(query))
        made = response.json() or {}
        job_id = (made.get("jobReference") or {}).get("jobId")
        if note and job_id:
            self.notes.add(project, job_id, note)
        if temporary:
            if response.status == 200 and job_id and not made.get("jobComplete"):
                self._ended(project, job_id, made["jobReference"].get("location"))
            self._drop(temporary)
        return self._patched(response, note)

    def job(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.get."""
        if copied := self._copied.get((project, job_id)):
            return answer_json(copied)
        if running := self._running.get((project, job_id)):
            return answer_json(running.resource)
        return self._patched(self.upstream.send(request), self.notes.of(project, job_id))

    def results(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.getQueryResults, which waits for the job a while."""
        if running := self._running.get((project, job_id)):
            seconds = min(int(request.query.get("timeoutMs") or 10_000) / 1000, PATIENCE)
            wait([running.future], timeout=seconds)
            if not running.future.done():
                reference = running.resource["jobReference"]
                kind = "bigquery#getQueryResultsResponse"
                return answer_json({"kind": kind, "jobReference": reference, "jobComplete": False})
        return self._patched(self.upstream.send(request), self.notes.of(project, job_id))

    def cancel(self, request: Request, project: str, job_id: str) -> Response:
        """jobs.cancel: a model that is being trained is trained to the end."""
        if running := self._running.get((project, job_id)):
            return answer_json({"kind": "bigquery#jobCancelResponse", "job": running.resource})
        return self.upstream.send(request)

    def jobs(self, request: Request, project: str) -> Response:
        """jobs.list."""
        response = self.upstream.send(request)
        listed = response.json()
        if response.status != 200 or not listed:
            return response
        for job in listed.get("jobs", []):
            bridges.mend_job(job)
            note = self.notes.of(project, job.get("jobReference", {}).get("jobId", ""))
            if note:
                note.mend_job(job)
        return response.with_json(listed)

    def _prepare(self, query: Json, project: str, dry_run: bool) -> tuple[Note | None, list[str]]:
        """Put the SQL that the emulator is to run into `query`; what is to be said of its job."""
        asked = query["query"]
        default = query.get("defaultDataset") or {}
        parts = [default.get("projectId"), default.get("datasetId")]
        dataset = ".".join(part for part in parts if part) or None
        try:
            rewritten = self.machine_learning.rewrite(asked, project, dataset, dry_run)
        except BigQueryError as error:
            query["query"] = _REFUSED
            return Note(asked, error=error), []
        except Exception as error:
            query["query"] = _REFUSED
            return Note(asked, error=_fault(error)), []
        query["query"] = self.mend_sql(rewritten.sql)
        if query["query"] == asked:
            return None, []
        return Note(asked, rewritten.statement_type), list(rewritten.temporary)

    def _patched(self, response: Response, note: Note | None) -> Response:
        value = response.json()
        if value is None:
            return response
        if value.get("kind", "").startswith("bigquery#job") or "configuration" in value:
            bridges.mend_job(value)
            if note:
                note.mend_job(value)
        elif note and note.error and response.status >= 400:
            return answer_error(note.error)
        elif note:
            note.mend_results(value)
        return response.with_json(value)

    def _ended(self, project: str, job_id: str, location: str | None) -> Json:
        """The job, once it is done."""
        where = f"?location={urllib.parse.quote(location)}" if location else ""
        job_path = f"/bigquery/v2/projects/{project}/jobs/{urllib.parse.quote(job_id)}{where}"
        pause = threading.Event()
        while (job := self.upstream.get(job_path))["status"]["state"] != "DONE":
            pause.wait(0.05)
        return job

    def _drop(self, tables: list[str]) -> None:
        """What is left behind of them does no harm: nobody sees the dataset they are in."""
        for table in tables:
            with suppress(BigQueryError):
                self.drop(table)

    # ---- models -------------------------------------------------------------------------------

    def list_models(self, request: Request, project: str, dataset: str) -> Response:
        found = self.machine_learning.models(project, dataset)
        start = int(request.query.get("pageToken") or 0)
        size = int(request.query.get("maxResults") or 0) or len(found)
        listed: Json = {"models": found[start : start + size]}
        if start + size < len(found):
            listed["nextPageToken"] = str(start + size)
        return answer_json(listed)

    def get_model(self, _: Request, project: str, dataset: str, model: str) -> Response:
        return answer_json(self.machine_learning.model(project, dataset, model))

    def delete_model(self, _: Request, project: str, dataset: str, model: str) -> Response:
        self.machine_learning.delete(project, dataset, model)
        return Response(204, [], b"")

    def delete_dataset(self, request: Request, project: str, dataset: str) -> Response:
        """datasets.delete: models go with their dataset, and keep it from going without them."""
        models = self.machine_learning.models(project, dataset)
        if models and request.query.get("deleteContents", "").lower() != "true":
            raise BigQueryError(
                400, "resourceInUse", f"Dataset {project}:{dataset} is still in use"
            )
        response = self.upstream.send(request)
        if response.status < 300:
            for model in models:
                self.machine_learning.delete(project, dataset, model["modelReference"]["modelId"])
        return response


_MODELS = API + r"/datasets/(?P<dataset>[^/]+)/models"
_ROUTES: list[tuple[str, str, Callable[..., Response]]] = [
    ("POST", API + "/jobs", Front.insert_job),
    ("POST", API + "/queries", Front.run_query),
    ("GET", API + "/jobs", Front.jobs),
    ("GET", API + "/jobs/(?P<job_id>[^/]+)", Front.job),
    ("POST", API + "/jobs/(?P<job_id>[^/]+)/cancel", Front.cancel),
    ("GET", API + "/queries/(?P<job_id>[^/]+)", Front.results),
    ("GET", _MODELS, Front.list_models),
    ("GET", _MODELS + "/(?P<model>[^/]+)", Front.get_model),
    ("DELETE", _MODELS + "/(?P<model>[^/]+)", Front.delete_model),
    ("DELETE", API + "/datasets/(?P<dataset>[^/]+)", Front.delete_dataset),
]


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 takes a free one, `port` says which."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, front: Front, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.front = front

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are not logged."""

    def _answer(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, self.path, headers, self._body(headers))
        response = self.server.front.answer(request)
        self.send_response(response.status)
        front, emulator = headers.get("host", ""), self.server.front.upstream.netloc
        for name, text in response.headers:
            # where an upload goes on
            moved = text.replace(emulator, front) if name.lower() == "location" else text
            self.send_header(name, moved)
        if response.status != 204:
            self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        # trailers follow, up to an empty line; clients of BigQuery say nothing there
        while self.rfile.readline().strip():
            continue
        return b"".join(chunks)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer
