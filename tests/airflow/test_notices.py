"""Who is told what: a webhook and a mailbox on this machine."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow
from live_airflow.sinks import Mailbox, Webhook

DAY = timedelta(days=1)
BROKEN, HELD = date(2013, 9, 24), date(2013, 9, 23)


def by_mail(mailbox: Mailbox, run: Run) -> dict[str, str]:
    found = {}
    for message in mailbox.told:
        assert message["From"] == "azekura@example.com"
        assert message["To"] == "ann@example.com, bob@example.com"
        text = message.get_content()
        if f"Run: {run.id}\n" in text:
            found[message["Subject"]] = text
    return found


@pytest.fixture
def broken(airflow: LocalAirflow) -> Iterator[Path]:
    """A file of the day that is no Parquet file."""
    file = airflow.lake / "nycflights13/flights" / f"ingested_date={BROKEN}" / "broken.parquet"
    file.parent.mkdir(parents=True)
    file.write_text("no parquet")
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def held(airflow: LocalAirflow) -> Iterator[Path]:
    """The landing of the day waits until this is away."""
    sign = airflow.signs / f"hold-{HELD}"
    sign.touch()
    yield sign
    sign.unlink(missing_ok=True)


def test_a_task_that_fails_for_good_is_told_and_rerun_by_the_command_of_the_notice(
    airflow: LocalAirflow,
    scheduled: list[Run],
    broken: Path,
    webhook: Webhook,
    mailbox: Mailbox,
    assert_same_tables: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    run = airflow.build(BROKEN, BROKEN + DAY)
    assert airflow.ended(run).state == "failed"
    assert airflow.api.tasks(run)["lake"].tries == 4
    wanted = {"daily_build: lake failed", "daily_build: the run failed"}
    airflow.until(
        "both failures are told in both ways",
        lambda: wanted <= set(webhook.about(run)) and wanted <= set(by_mail(mailbox, run)),
        60,
    )
    for told in (webhook.about(run), by_mail(mailbox, run)):
        for title in wanted:
            text = told[title]
            assert "DAG: daily_build\n" in text
            assert f"Window: [{BROKEN}, {BROKEN + DAY})\n" in text
            assert "- model.azekura.stg_nycflights13__flights (error): " in text
            assert "broken.parquet" in text
            assert f"Look: {airflow.address}/dags/daily_build/runs/{run.id}" in text
            assert "Rerun: curl -X POST" in text
        assert "Task: lake\n" in told["daily_build: lake failed"]
    mail = by_mail(mailbox, run)["daily_build: lake failed"]
    say("the notice of a failed task, by mail:")
    for line in mail.splitlines():
        say(f"    {line[:160]}")
    broken.unlink()
    [rerun] = [line for line in mail.splitlines() if line.startswith("Rerun: ")]
    subprocess.run(["bash", "-c", rerun.removeprefix("Rerun: ")], check=True, capture_output=True)
    airflow.succeeded(run)
    assert airflow.api.tasks(run)["lake"].tries == 5
    assert_same_tables("a failure that was mended and rerun by the command of its notice")


def test_a_run_that_is_late_is_told_while_it_runs(
    airflow: LocalAirflow, scheduled: list[Run], held: Path, webhook: Webhook, mailbox: Mailbox
) -> None:
    run = airflow.build(HELD, HELD + DAY)
    title = "daily_build: the run is late"
    airflow.until(
        "the run that is late is told in both ways",
        lambda: title in webhook.about(run) and title in by_mail(mailbox, run),
        150,
    )
    assert airflow.api.run(run).state == "running"
    text = webhook.about(run)[title]
    assert f"Window: [{HELD}, {HELD + DAY})\n" in text
    assert "It has not ended 1 minutes after it was queued." in text
    held.unlink()
    airflow.succeeded(run)
