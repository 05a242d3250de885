"""Settings for all tests."""

from pathlib import Path

import pytest
from dbt_common.behavior_flags import BehaviorFlagRendered
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# No test asserts a time, and a run tries the same examples every time.
settings.register_profile("azekura", deadline=None, derandomize=True)
settings.load_profile("azekura")

# Whenever it makes an adapter, dbt asks for the whole stack and its modules once for each of 70
# flags, to name who declared it: seconds, where the stack is a test's.
BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")

TESTS = Path(__file__).parent
# what these folders set up once for all their files is dear
WHOLE = ("bigquery", "project", "unit/bqml_proxy")
# the longest first: one that came last would leave the other processes idle
FIRST = ("bigquery", "functional", "unit/bqml_proxy", "conformance")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS)
    turns = (turn for turn, first in enumerate(FIRST) if path.is_relative_to(first))
    return next(turns, len(FIRST))


class WholeFiles(LoadScopeScheduling):
    """Where several processes share the tests, each takes whole files, or a whole folder."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0].removeprefix(f"{TESTS.name}/")
        return next((whole for whole in WHOLE if path.startswith(f"{whole}/")), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WholeFiles:
    # pytest-xdist's own groups are of no effect with pytest 9.2
    return WholeFiles(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted: their property `compared`."""
    for report in terminalreporter.getreports(""):
        for name, value in getattr(report, "user_properties", ()):
            if name == "compared" and report.when == "teardown":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
