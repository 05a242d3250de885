"""Who is told, and what: servers of the test's own take what is sent."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from orchestration import notice
from orchestration.results import Result

FAILED = Result("model.azekura.fct_flight", "error", None, 0.4, "no column <x> & more")
NOTICE = notice.Notice(
    title="daily_build: warehouse failed",
    dag="daily_build",
    run="scheduled__2013-03-06",
    task="warehouse",
    window="[2013-03-05, 2013-03-06)",
    reason="dbt build failed",
    nodes=[FAILED],
    link="http://127.0.0.1:8585/dags/daily_build",
    rerun="curl -X POST …",
)


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict]]]:
    """The address of a server, and what it was sent."""
    taken: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append({"type": self.headers["Content-Type"], **json.loads(body)})
            self.send_response(200 if self.path == "/take" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        thread.join()


@pytest.fixture
def mailbox() -> Iterator[tuple[str, list[str]]]:
    """The address of a mail server, and the mails it took: what came after DATA."""
    mails: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            answer = b"250 yes"
            if line.upper() == "DATA":
                writer.write(b"354 go on\r\n")
                lines = []
                while (part := (await reader.readline()).decode()) != ".\r\n":
                    lines.append(part)
                mails.append("".join(lines))
            elif line.upper() == "QUIT":
                answer = b"221 bye"
            writer.write(answer + b"\r\n")
            await writer.drain()
            if line.upper() == "QUIT":
                break
        writer.close()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(take, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", mails
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


def test_slack_is_sent_what_its_webhooks_take(webhook) -> None:
    url, taken = webhook
    notice.give(NOTICE, {"AZEKURA_NOTICE": "webhook", "AZEKURA_NOTICE_WEBHOOK": f"{url}/take"})
    [message] = taken
    assert message["type"] == "application/json"
    assert message["text"] == "daily_build: warehouse failed"
    header, section = message["blocks"]
    assert header["text"] == {"type": "plain_text", "text": "daily_build: warehouse failed"}
    assert section["text"]["type"] == "mrkdwn"
    assert section["text"]["text"].splitlines() == [
        "DAG: daily_build",
        "Run: scheduled__2013-03-06",
        "Task: warehouse",
        "Window: [2013-03-05, 2013-03-06)",
        "Reason: dbt build failed",
        "Look: http://127.0.0.1:8585/dags/daily_build",
        "Rerun: curl -X POST …",
        "- model.azekura.fct_flight (error): no column &lt;x&gt; &amp; more",
    ]


def test_slack_is_told_where_to_look_however_much_failed() -> None:
    nodes = [replace(FAILED, message="x" * 500)] * notice.MOST_NODES
    section = notice.slack_message(replace(NOTICE, nodes=nodes))["blocks"][1]
    assert len(section["text"]["text"]) == 3000
    assert "\nRerun: curl -X POST …\n" in section["text"]["text"]


def test_mail_is_sent_by_smtp(mailbox) -> None:
    address, mails = mailbox
    notice.give(
        NOTICE,
        {
            "AZEKURA_NOTICE": "email",
            "AZEKURA_NOTICE_SMTP": address,
            "AZEKURA_NOTICE_FROM": "azekura@example.com",
            "AZEKURA_NOTICE_TO": "ann@example.com, bob@example.com",
        },
    )
    [mail] = mails
    assert "Subject: daily_build: warehouse failed" in mail
    assert "To: ann@example.com, bob@example.com" in mail
    assert "Task: warehouse" in mail


def test_several_ways_may_be_set_and_the_log_is_the_default(webhook, caplog) -> None:
    url, taken = webhook
    notice.give(NOTICE, {"AZEKURA_NOTICE": "log, webhook", "AZEKURA_NOTICE_WEBHOOK": f"{url}/take"})
    notice.give(NOTICE, {})
    assert len(taken) == 1
    assert [record.message.splitlines()[0] for record in caplog.records] == [NOTICE.title] * 2


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"AZEKURA_NOTICE": "pigeon"}, "give some of log, webhook, email"),
        ({"AZEKURA_NOTICE": "webhook"}, "AZEKURA_NOTICE_WEBHOOK is not set"),
        ({"AZEKURA_NOTICE": "email"}, "AZEKURA_NOTICE_SMTP is not set"),
        (
            {"AZEKURA_NOTICE": "webhook", "AZEKURA_NOTICE_WEBHOOK": "http://127.0.0.1:1/"},
            "refused",
        ),
        ({"AZEKURA_NOTICE": "webhook", "AZEKURA_NOTICE_WEBHOOK": "no address"}, "unknown url"),
    ],
)
def test_a_way_that_fails_is_logged_with_the_notice_itself(variables, words, caplog) -> None:
    with caplog.at_level(logging.ERROR):
        notice.give(NOTICE, variables)
    problem, said = (record.message for record in caplog.records)
    assert words in problem
    assert said == NOTICE.text()


def test_an_answer_that_is_an_error_is_logged(webhook, caplog) -> None:
    url, _ = webhook
    notice.give(NOTICE, {"AZEKURA_NOTICE": "webhook", "AZEKURA_NOTICE_WEBHOOK": f"{url}/no"})
    assert "HTTP Error 500" in caplog.records[0].message


def test_many_nodes_are_cut() -> None:
    many = notice.Notice("x", "dag", "run", nodes=[FAILED] * 25)
    assert many.lines()[-1] == "- and 15 more"
