"""One Airflow for all tests, started as `make airflow` does: `make test-airflow`.

`--seed` gives the moments of the kills; those of a run that failed come again with its seed.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow
from live_airflow.sinks import Mailbox, Webhook, serving
from live_airflow.warehouse import Comparison, Undisturbed, landed, query

SCHEDULED = [date(2013, 10, 3), date(2013, 10, 4), date(2013, 10, 5)]

ROWS = """
select ingested_date, count(*) from (
    select ingested_date from lake.stg_nycflights13__flights
    union all
    select ingested_date from lake.stg_nycflights13__weather
) group by all
"""

_SEED = pytest.StashKey[int]()
_TOLD = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="of the moments at which processes are killed")


def pytest_configure(config: pytest.Config) -> None:
    given = config.getoption("--seed")
    config.stash[_SEED] = random.SystemRandom().randrange(10**6) if given is None else given
    config.stash[_TOLD] = []


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed of the kills: {config.stash[_SEED]}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What was measured and done, whatever became of the tests."""
    if config.stash[_TOLD]:
        terminalreporter.section(f"Airflow, seed {config.stash[_SEED]}")
        for line in config.stash[_TOLD]:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Adds a line to what is told in the end."""
    return pytestconfig.stash[_TOLD].append


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    return pytestconfig.stash[_SEED]


@pytest.fixture(scope="session")
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    with serving(server):
        yield server


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    server = Mailbox()
    with serving(server):
        yield server


@pytest.fixture(scope="session")
def airflow(
    tmp_path_factory: pytest.TempPathFactory,
    webhook: Webhook,
    mailbox: Mailbox,
    say: Callable[[str], None],
) -> Iterator[LocalAirflow]:
    """A running Airflow, an empty lake and no warehouse. In the end nothing of it runs."""
    variables = {
        "AZEKURA_FIRST_DAY": str(SCHEDULED[0]),
        "AZEKURA_LAST_DAY": str(SCHEDULED[-1]),
        "AZEKURA_RETRY_SECONDS": "2",
        "AZEKURA_DEADLINE_MINUTES": "1",
        "AZEKURA_NOTICE": "webhook,email",
        "AZEKURA_NOTICE_WEBHOOK": webhook.address,
        "AZEKURA_NOTICE_SMTP": mailbox.address,
        "AZEKURA_NOTICE_FROM": "azekura@example.com",
        "AZEKURA_NOTICE_TO": "ann@example.com, bob@example.com",
    }
    local = LocalAirflow(tmp_path_factory.mktemp("azekura"), variables)
    try:
        say(f"Airflow was healthy after {local.start():.0f} s")
        yield local
        if local.runs:
            _tell_of_days(local, say)
    finally:
        local.stop()
    left = local.left_behind()
    for process in left:
        process.kill()
    assert left == [], "processes outlived Airflow"
    say("Ctrl-C: nothing of Airflow runs any more")


@pytest.fixture(scope="session")
def scheduled(airflow: LocalAirflow) -> list[Run]:
    """The runs of the schedule, which has gone through its days."""
    airflow.api.unpause("daily_build")
    airflow.api.unpause("backfill")
    airflow.until(
        f"the schedule has made {len(SCHEDULED)} runs, all of which have ended",
        lambda: (
            [run.has_ended for run in airflow.api.runs("daily_build")] == [True] * len(SCHEDULED)
        ),
        1200,
    )
    runs = airflow.api.runs("daily_build")
    for run in runs:
        assert run.state == "success", airflow.told_of(run)
    return runs


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(partial(tmp_path_factory.mktemp, "undisturbed"))


@pytest.fixture(scope="session")
def assert_same_tables(
    airflow: LocalAirflow, undisturbed: Undisturbed, say: Callable[[str], None]
) -> Callable[[str], None]:
    """Asserts that all tables are those of one build of the days that were landed."""

    def check(after: str) -> None:
        days = landed(airflow.lake)
        compared = Comparison(airflow.database, undisturbed.of(days).database)
        assert len(compared.rows) > 20
        assert compared.differences == {}, f"after {after}, with the days {days}"
        say(
            f"{after}: {len(compared.rows)} tables with {sum(compared.rows.values()):,} rows"
            f" of {len(days)} days, 0 differences"
        )

    return check


def _tell_of_days(airflow: LocalAirflow, say: Callable[[str], None]) -> None:
    """The rows and the seconds of each daily run."""
    runs = [run for run in airflow.api.runs("daily_build") if run.state == "success" and run.start]
    tasks = {run.id: found for run in runs if (found := airflow.api.tasks(run))}
    if not tasks:
        return
    rows = dict(query(airflow.database, ROWS))
    first = next(iter(tasks.values()))
    names = sorted(first, key=lambda name: str(first[name].began or "never"))
    say("each day: rows landed, seconds of the run and of the last try of each task")
    say(f"day         type       {'rows':>6} {'run':>7} " + " ".join(f"{it:>12}" for it in names))
    for run in runs:
        if run.id in tasks:
            seconds = " ".join(f"{tasks[run.id][name].seconds:>12.1f}" for name in names)
            landed_rows = rows.get(run.start.date(), 0)
            day = f"{run.start:%Y-%m-%d}  {run.type:<9}"
            say(f"{day}  {landed_rows:>6,} {run.seconds:>7.1f} {seconds}")
