"""The proxy's HTTP half, between a client and an emulator that both live in the test."""

import gzip
import http.client
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import bqml_proxy.jobs
import pytest
import uvicorn
from bqml_proxy.datasets import Datasets
from bqml_proxy.errors import BigQueryError
from bqml_proxy.jobs import Jobs
from bqml_proxy.server import make_app, make_server
from bqml_proxy.upstream import Upstream

from web_server.limits import Limits

JOBS = "/bigquery/v2/projects/p/jobs"
QUERIES = "/bigquery/v2/projects/p/queries"
MODELS = "/bigquery/v2/projects/p/datasets/d/models"
HALVES, HALF = "/a/body/of/two/halves", 300_000
SECONDS = 20  # after which what did not happen never will


class Emulator(ThreadingHTTPServer):
    """Runs nothing: a job is done at once, and fails if its statement says error."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Emulating)
        self.asked: list[tuple[str, str, bytes]] = []
        self.jobs: dict[str, dict] = {}
        self.unfinished = 0  # how often a job is said to run still
        # of a body in two halves
        self.has_half, self.may_end, self.is_cut_off = (threading.Event() for _ in range(3))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Emulating(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Emulator

    def log_message(self, *_) -> None:
        pass

    def _answer(self) -> None:
        if self.path == HALVES:
            self._answer_halves()
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((self.command, self.path, body))
        path = self.path.split("?")[0]
        status, value, headers = 200, {"path": self.path}, {}
        if self.command == "POST" and path == JOBS:
            value = self._made(json.loads(body))
        elif self.command == "POST" and path == QUERIES:
            value = {
                "kind": "bigquery#queryResponse",
                "jobComplete": True,
                "schema": {},
                "rows": [],
            }
            value["jobReference"] = {"jobId": "q", "location": "US"}
            value["query"] = json.loads(body)["query"]
        elif path == JOBS:
            value = {"kind": "bigquery#jobList", "jobs": list(self.server.jobs.values())}
        elif path.startswith(JOBS):
            value = json.loads(json.dumps(self.server.jobs[path.rpartition("/")[2]]))
            if self.server.unfinished:
                self.server.unfinished -= 1
                value["status"] = {"state": "RUNNING"}
        elif path.startswith(QUERIES):
            job = self.server.jobs[path.rpartition("/")[2]]
            value = {"kind": "bigquery#getQueryResultsResponse", "jobComplete": True, "rows": [{}]}
            if "errorResult" in job["status"]:
                status, value = 400, {"error": {"code": 400, "message": "as the emulator says it"}}
        elif path.startswith("/upload"):
            headers = {"Location": f"{self.server.address}/upload/session"}
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def _answer_halves(self) -> None:
        """Take a body of two halves and give another; the second when it may."""
        if self.command == "POST":
            self.rfile.read(HALF)
            self.server.has_half.set()
            self.rfile.read(HALF)
        self.send_response(200)
        self.send_header("Content-Length", str(2 * HALF))
        self.end_headers()
        self.wfile.write(b"1" * HALF)
        for _ in range(1000):
            if self.server.may_end.wait(SECONDS / 1000):
                self.wfile.write(b"2" * HALF)
                return
            if select.select([self.connection], [], [], 0)[0]:  # nothing comes but its end
                self.server.is_cut_off.set()
                return

    def _made(self, job: dict) -> dict:
        query = job["configuration"]["query"]["query"]
        job |= {"kind": "bigquery#job", "status": {"state": "DONE"}, "statistics": {"query": {}}}
        if "error(" in query:
            job["status"]["errorResult"] = {"reason": "invalidQuery", "message": "refused"}
        if query.startswith("create table"):
            job["statistics"]["query"]["ddlTargetTable"] = {"tableId": "made"}
        job["jobReference"].setdefault("location", "US")
        self.server.jobs[job["jobReference"]["jobId"]] = job
        return job

    do_GET = do_POST = do_DELETE = do_PUT = _answer


class MachineLearning:
    """Knows one model, p.d.known."""

    def __init__(self) -> None:
        self.known = {"known"}
        self.may_end = threading.Event()
        self.may_end.set()
        self.rewritten: list[tuple[str, str, str | None, bool]] = []

    def rewrite(
        self, sql: str, project: str, default_dataset: str | None, dry_run: bool
    ) -> SimpleNamespace:
        self.rewritten.append((sql, project, default_dataset, dry_run))
        self.may_end.wait()
        if sql == "a fault":
            raise ZeroDivisionError
        if "missing" in sql:
            raise BigQueryError(404, "notFound", "Not found: Model p:d.missing")
        if sql.startswith("create model"):
            return SimpleNamespace(sql="select 1", statement_type="CREATE_MODEL", temporary=[])
        if "ml.predict" in sql:
            return SimpleNamespace(sql="select 2", statement_type=None, temporary=["p._hidden.t"])
        return SimpleNamespace(sql=sql, statement_type=None, temporary=[])

    def models(self, project: str, dataset: str) -> list[dict]:
        return [{"modelReference": {"modelId": name}} for name in sorted(self.known)]

    def model(self, project: str, dataset: str, model_id: str) -> dict:
        if model_id not in self.known:
            raise BigQueryError(404, "notFound", f"Not found: Model {project}:{dataset}.{model_id}")
        return {"modelReference": {"modelId": model_id}}

    def copy(self, source, destination, replace: bool) -> bool:
        if source.model_id not in self.known:
            return False
        if destination.model_id in self.known and not replace:
            raise BigQueryError(409, "duplicate", f"Already Exists: Model {destination}")
        self.known.add(destination.model_id)
        return True

    def delete(self, project: str, dataset: str, model_id: str) -> None:
        self.model(project, dataset, model_id)
        self.known.remove(model_id)


@dataclass(frozen=True)
class Proxy:
    """A proxy that listens at a port."""

    port: int
    machine_learning: MachineLearning
    dropped: list[str]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    server = Emulator()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(emulator: Emulator) -> Iterator[Proxy]:
    machine_learning, dropped = MachineLearning(), []
    upstream = Upstream(emulator.address)
    jobs = Jobs(upstream, machine_learning, dropped.append, str)
    server = make_server(make_app(upstream, jobs, Datasets(upstream, machine_learning)))
    with _serving(server) as port:
        yield Proxy(port, machine_learning, dropped)


@contextmanager
def _serving(server: uvicorn.Server) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def test_a_request_that_does_not_come_is_ended_in_bigquerys_form(emulator: Emulator):
    upstream = Upstream(emulator.address)
    jobs = Jobs(upstream, MachineLearning(), print, str)
    app = make_app(upstream, jobs, Datasets(upstream, MachineLearning()))
    with (
        _serving(make_server(app, Limits(head_seconds=0.2))) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as client,
    ):
        client.sendall(b"GET /bigquery/v2/projects HTTP/1.1\r\nhost")
        response = http.client.HTTPResponse(client)
        response.begin()
        error = json.loads(response.read())["error"]
        assert (response.status, error["code"]) == (408, 408)
        assert error["errors"][0]["reason"] == "invalid"


def ask(proxy: Proxy, method: str, path: str, body=None, **headers: str):
    """Status, object and headers of what the proxy answers."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port)
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    connection.request(method, path, data, headers)
    got = connection.getresponse()
    text = got.read()
    connection.close()
    return got.status, json.loads(text) if text else None, got.headers


def insert(proxy: Proxy, sql: str, job_id: str = "j", **configuration):
    query = {"query": sql, "defaultDataset": {"datasetId": "d"}}
    body = {"jobReference": {"jobId": job_id}, "configuration": {"query": query} | configuration}
    return ask(proxy, "POST", JOBS, body)


def test_what_is_no_query_goes_through_as_it_came(proxy, emulator):
    status, value, _ = ask(proxy, "GET", "/bigquery/v2/projects/p/datasets?all=true")
    assert (status, value) == (200, {"path": "/bigquery/v2/projects/p/datasets?all=true"})
    odd = "/bigquery/v2/projects/p/x/a%2Fb%20c|d?filter=labels.a:b%20c&x=%2B+[]&y"
    assert ask(proxy, "GET", odd)[1] == {"path": odd}
    load = {"configuration": {"load": {}, "query": None}, "jobReference": {"jobId": "l"}}
    ask(proxy, "PUT", "/bigquery/v2/projects/p/x", load)
    assert json.loads(emulator.asked[-1][2]) == load


def copy_job(proxy: Proxy, source: str, destination: str, **settings):
    places = [{"projectId": "p", "datasetId": "d", "tableId": x} for x in (source, destination)]
    copied = {"sourceTables": places[:1], "destinationTable": places[1]} | settings
    body = {"jobReference": {"jobId": "copy"}, "configuration": {"copy": copied}}
    return ask(proxy, "POST", JOBS, body)


def test_a_model_is_copied_by_a_job_that_can_be_asked_for(proxy):
    status, job, _ = copy_job(proxy, "known", "other")
    assert (status, job["status"]) == (200, {"state": "DONE"})
    assert proxy.machine_learning.known == {"known", "other"}
    assert ask(proxy, "GET", JOBS + "/copy")[1] == job


def test_a_copy_replaces_a_model_only_if_it_is_to(proxy):
    assert copy_job(proxy, "known", "known")[0] == 409
    assert copy_job(proxy, "known", "known", writeDisposition="WRITE_TRUNCATE")[0] == 200


def test_the_copy_of_a_table_is_the_emulator_s(proxy, emulator):
    copy_job(proxy, "a_table", "other")
    assert json.loads(emulator.asked[-1][2])["configuration"]["copy"]["sourceTables"]


def test_an_upload_goes_on_at_the_proxy(proxy):
    _, _, headers = ask(proxy, "POST", "/upload/bigquery/v2/projects/p/jobs", b"x")
    assert headers["Location"] == f"http://127.0.0.1:{proxy.port}/upload/session"


def test_a_body_passes_through_while_it_comes(proxy, emulator):
    emulator.may_end.set()
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port)
    connection.putrequest("POST", HALVES)
    connection.putheader("content-length", str(2 * HALF))
    connection.endheaders()
    connection.send(b"1" * HALF)
    assert emulator.has_half.wait(SECONDS)
    connection.send(b"2" * HALF)
    assert connection.getresponse().read() == b"1" * HALF + b"2" * HALF
    connection.close()


def test_an_answer_passes_through_while_it_comes(proxy, emulator):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=SECONDS / 2)
    connection.request("GET", HALVES)
    answer = connection.getresponse()
    assert answer.read(HALF) == b"1" * HALF
    emulator.may_end.set()
    assert answer.read() == b"2" * HALF
    connection.close()


def test_a_client_that_goes_away_lets_go_of_the_emulator(proxy, emulator):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port)
    connection.request("GET", HALVES)
    answer = connection.getresponse()
    assert answer.read(HALF) == b"1" * HALF
    answer.close()
    connection.close()
    assert emulator.is_cut_off.wait(SECONDS)


def test_a_request_in_chunks_arrives(proxy, emulator):
    body = iter(
        [b'{"jobReference": {"jobId": "c"}, "configuration":', b' {"query": {"query": "1"}}}']
    )
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port)
    connection.request("POST", JOBS, body, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert emulator.jobs["c"]["configuration"]["query"]["query"] == "1"


@pytest.mark.parametrize("path", [MODELS, f"{MODELS}/known", "/projects/p/queries"])
def test_other_methods_are_the_emulator_s(proxy, emulator, path):
    assert ask(proxy, "PUT", path, b"x")[0] == 200
    assert emulator.asked == [("PUT", path, b"x")]


def test_the_path_of_the_api_may_be_left_out(proxy):
    path = MODELS.removeprefix("/bigquery/v2")
    assert ask(proxy, "GET", path)[1] == ask(proxy, "GET", MODELS)[1]
    assert ask(proxy, "GET", f"{path}/kno%77n")[0] == 200


def test_a_plain_query_reaches_the_emulator_under_its_own_job(proxy, emulator):
    status, job, _ = insert(proxy, "select 3", "mine")
    assert status == 200
    assert job["jobReference"]["jobId"] == "mine"
    assert emulator.jobs["mine"]["configuration"]["query"]["query"] == "select 3"
    assert proxy.machine_learning.rewritten == [("select 3", "p", "d", False)]


def test_a_packed_request_is_read(proxy, emulator):
    body = {"jobReference": {"jobId": "z"}, "configuration": {"query": {"query": "select 4"}}}
    packed = gzip.compress(json.dumps(body).encode())
    ask(proxy, "POST", JOBS, packed, **{"content-encoding": "gzip"})
    assert emulator.jobs["z"]["configuration"]["query"]["query"] == "select 4"


def test_training_is_a_job_of_the_clients_own_statement_without_rows(proxy, emulator):
    _, job, _ = insert(proxy, "create model d.m as select 1")
    assert emulator.jobs["j"]["configuration"]["query"]["query"] == "select 1"
    for said in (job, ask(proxy, "GET", f"{JOBS}/j")[1], ask(proxy, "GET", JOBS)[1]["jobs"][0]):
        assert said["configuration"]["query"]["query"] == "create model d.m as select 1"
        assert said["statistics"]["query"]["statementType"] == "CREATE_MODEL"
        assert said["status"] == {"state": "DONE"}
    results = ask(proxy, "GET", f"{QUERIES}/j")[1]
    assert "rows" not in results
    assert results["totalRows"] == "0"


def test_an_error_of_a_job_is_the_jobs(proxy):
    status, job, _ = insert(proxy, "select * from ml.predict(model d.missing, x)")
    error = {"reason": "notFound", "location": "query", "message": "Not found: Model p:d.missing"}
    assert status == 200
    assert job["status"]["errorResult"] == error
    assert ask(proxy, "GET", f"{JOBS}/j")[1]["status"]["errorResult"] == error
    status, answer, _ = ask(proxy, "GET", f"{QUERIES}/j")
    assert status == answer["error"]["code"] == 404
    assert answer["error"]["errors"][0]["reason"] == "notFound"


def test_an_error_of_a_query_or_a_dry_run_is_the_answer(proxy):
    for status, answer, _ in (
        ask(proxy, "POST", QUERIES, {"query": "missing"}),
        insert(proxy, "missing", dryRun=True),
    ):
        assert status == 404
        assert answer == {
            "error": {
                "code": 404,
                "message": "Not found: Model p:d.missing",
                "errors": [
                    {
                        "reason": "notFound",
                        "message": "Not found: Model p:d.missing",
                        "domain": "global",
                    }
                ],
                "status": "NOT_FOUND",
            }
        }


def test_a_dry_run_is_one_for_the_models_too(proxy):
    insert(proxy, "create model d.m as select 1", dryRun=True)
    ask(proxy, "POST", QUERIES, {"query": "select 1", "dryRun": True})
    assert [dry_run for *_, dry_run in proxy.machine_learning.rewritten] == [True, True]


def test_temporary_tables_go_when_the_job_is_done(proxy, emulator):
    emulator.unfinished = 3
    _, job, _ = insert(proxy, "select * from ml.predict(model d.known, x)")
    assert job["status"]["state"] == "DONE"
    assert emulator.unfinished == 0
    assert proxy.dropped == ["p._hidden.t"]


def test_a_job_runs_while_a_model_is_trained(proxy, monkeypatch):
    monkeypatch.setattr(bqml_proxy.jobs, "PATIENCE", 0.01)
    sql = "create model d.m as select 1"
    proxy.machine_learning.may_end.clear()
    _, job, _ = insert(proxy, sql)
    for said in (job, ask(proxy, "GET", f"{JOBS}/j")[1]):
        assert said["status"] == {"state": "RUNNING"}
        assert said["jobReference"]["jobId"] == "j"
        assert said["configuration"]["query"]["query"] == sql
    assert ask(proxy, "GET", f"{QUERIES}/j?timeoutMs=1")[1]["jobComplete"] is False
    assert ask(proxy, "POST", f"{JOBS}/j/cancel")[1]["job"] == job
    assert insert(proxy, sql)[0] == 409
    proxy.machine_learning.may_end.set()
    monkeypatch.setattr(bqml_proxy.jobs, "PATIENCE", 10)
    assert ask(proxy, "GET", f"{QUERIES}/j")[1]["jobComplete"] is True
    done = ask(proxy, "GET", f"{JOBS}/j")[1]
    assert done["status"] == {"state": "DONE"}
    assert done["statistics"]["query"]["statementType"] == "CREATE_MODEL"


def test_a_created_table_is_the_destination_of_its_job(proxy):
    _, job, _ = insert(proxy, "create table d.made as select 1")
    assert job["configuration"]["query"]["destinationTable"] == {"tableId": "made"}


def test_models_are_listed_by_page_shown_and_deleted(proxy):
    proxy.machine_learning.known.add("other")
    _, listed, _ = ask(proxy, "GET", f"{MODELS}?maxResults=1")
    assert [model["modelReference"]["modelId"] for model in listed["models"]] == ["known"]
    _, rest, _ = ask(proxy, "GET", f"{MODELS}?maxResults=1&pageToken={listed['nextPageToken']}")
    assert [model["modelReference"]["modelId"] for model in rest["models"]] == ["other"]
    assert "nextPageToken" not in rest
    assert ask(proxy, "GET", f"{MODELS}/known")[0] == 200
    assert ask(proxy, "DELETE", f"{MODELS}/known")[0] == 204
    assert ask(proxy, "GET", f"{MODELS}/known")[0] == 404


def test_a_dataset_takes_its_models_with_it_or_stays(proxy, emulator):
    path = "/bigquery/v2/projects/p/datasets/d"
    status, answer, _ = ask(proxy, "DELETE", path)
    assert status == 400
    assert answer["error"]["errors"][0]["reason"] == "resourceInUse"
    assert ask(proxy, "DELETE", f"{path}?deleteContents=true")[0] == 200
    assert proxy.machine_learning.known == set()


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_what_is_no_object_is_refused(proxy, body):
    status, answer, _ = ask(proxy, "POST", JOBS, body)
    assert status == 400
    assert answer["error"]["errors"][0]["reason"] == "parseError"


def test_a_fault_in_a_job_is_the_jobs_error(proxy, capsys):
    status, job, _ = insert(proxy, "a fault")
    assert status == 200
    assert "ZeroDivisionError" in job["status"]["errorResult"]["message"]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_an_emulator_that_is_not_there_is_named(proxy, emulator):
    emulator.shutdown()
    emulator.server_close()
    status, answer, _ = ask(proxy, "GET", "/bigquery/v2/projects/p/datasets")
    assert status == 400
    assert emulator.address in answer["error"]["message"]
    assert "--emulator" in answer["error"]["message"]


def test_a_default_dataset_of_another_project_is_told_with_it(proxy):
    other = {"projectId": "o", "datasetId": "d"}
    ask(proxy, "POST", QUERIES, {"query": "select 1", "defaultDataset": other})
    assert proxy.machine_learning.rewritten == [("select 1", "p", "o.d", False)]


def test_a_fault_of_the_front_is_an_answer_that_no_client_repeats(proxy, capsys):
    status, answer, _ = ask(proxy, "POST", QUERIES, {"query": "a fault"})
    assert status == 400
    assert "ZeroDivisionError" in answer["error"]["message"]
    assert "ZeroDivisionError" in capsys.readouterr().err
