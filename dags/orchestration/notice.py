"""Telling somebody: a log, a webhook as Slack accepts it, e-mail.

AZEKURA_NOTICE names the ways, with commas between; `log` alone if it is not set.
"""

import json
import logging
import os
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from orchestration.results import Result

log = logging.getLogger(__name__)

SECONDS = 20  # for a server to answer
MOST_NODES = 10


@dataclass(frozen=True)
class Notice:
    """What happened, where, and what to do."""

    title: str
    dag: str
    run: str
    task: str = ""
    window: str = ""
    reason: str = ""
    nodes: Sequence[Result] = field(default_factory=list)
    link: str = ""
    rerun: str = ""

    def lines(self) -> list[str]:
        named = [
            ("DAG", self.dag),
            ("Run", self.run),
            ("Task", self.task),
            ("Window", self.window),
            ("Reason", self.reason),
        ]
        lines = [f"{name}: {value}" for name, value in named if value]
        # before the nodes, of which a message that is too long may lose the last
        if self.link:
            lines.append(f"Look: {self.link}")
        if self.rerun:
            lines.append(f"Rerun: {self.rerun}")
        for node in self.nodes[:MOST_NODES]:
            lines.append(f"- {node.node} ({node.status}): {node.message}")
        if len(self.nodes) > MOST_NODES:
            lines.append(f"- and {len(self.nodes) - MOST_NODES} more")
        return lines

    def text(self) -> str:
        return "\n".join([self.title, *self.lines()])


class NoticeError(Exception):
    """The notice cannot be given; one sentence says what to set."""


def give(notice: Notice, environment: Mapping[str, str] = os.environ) -> None:
    """Tell it in every way that is set. A way that fails is logged, with the notice itself."""
    for way in (environment.get("AZEKURA_NOTICE") or "log").replace(" ", "").split(","):
        try:
            _way(way)(notice, environment)
        except (NoticeError, OSError, smtplib.SMTPException, ValueError) as error:
            log.error("The notice by %s was not given: %s", way, error)
            if way != "log":
                _to_log(notice, environment)


def _way(name: str) -> Callable[[Notice, Mapping[str, str]], None]:
    if name not in WAYS:
        raise NoticeError(f"AZEKURA_NOTICE names {name!r}: give some of {', '.join(WAYS)}.")
    return WAYS[name]


def _to_log(notice: Notice, environment: Mapping[str, str]) -> None:
    log.error("%s", notice.text())


def _to_webhook(notice: Notice, environment: Mapping[str, str]) -> None:
    url = _needed(environment, "AZEKURA_NOTICE_WEBHOOK", "the address that takes the message")
    request = urllib.request.Request(
        url,
        data=json.dumps(slack_message(notice)).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass


def slack_message(notice: Notice) -> dict[str, object]:
    """The notice as Slack's incoming webhooks take it; `text` is what a notification shows."""
    body = "\n".join(_escaped(line) for line in notice.lines())
    return {
        "text": _escaped(notice.title),
        "blocks": [
            # Slack's limits of a header and of a section
            {"type": "header", "text": {"type": "plain_text", "text": notice.title[:150]}},
            {"type": "section", "text": {"type": "mrkdwn", "text": body[:3000]}},
        ],
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _to_email(notice: Notice, environment: Mapping[str, str]) -> None:
    host = _needed(environment, "AZEKURA_NOTICE_SMTP", "the mail server, as host:port")
    message = EmailMessage()
    message["Subject"] = notice.title
    message["From"] = _needed(environment, "AZEKURA_NOTICE_FROM", "the sender")
    message["To"] = _needed(environment, "AZEKURA_NOTICE_TO", "who is told, with commas between")
    message.set_content("\n".join(notice.lines()))
    name, _, port = host.partition(":")
    user = environment.get("AZEKURA_NOTICE_SMTP_USER")
    with smtplib.SMTP(name, int(port or 25), timeout=SECONDS) as server:
        # a password is never sent in the clear
        if user or environment.get("AZEKURA_NOTICE_SMTP_TLS"):
            server.starttls(context=ssl.create_default_context())
        if user:
            server.login(
                user, _needed(environment, "AZEKURA_NOTICE_SMTP_PASSWORD", f"that of {user}")
            )
        server.send_message(message)


WAYS = {"log": _to_log, "webhook": _to_webhook, "email": _to_email}


def _needed(environment: Mapping[str, str], name: str, what: str) -> str:
    value = environment.get(name)
    if not value:
        raise NoticeError(f"{name} is not set: give {what}.")
    return value
