"""Settings for all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a time, and a run tries the same examples every time.
settings.register_profile("azekura", deadline=None, derandomize=True)
settings.load_profile("azekura")

TESTS = Path(__file__).parent
# what these folders set up once for all their files is dear
WHOLE = ("bigquery", "project", "unit/bqml_front")
# the longest first: one that came last would leave the other processes idle
FIRST = ("bigquery", "functional", "unit/bqml_front", "conformance")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, each takes whole files, or a whole folder."""
    for item in items:
        path = item.path.relative_to(TESTS)
        group = next((whole for whole in WHOLE if path.is_relative_to(whole)), str(path))
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS)
    turns = (turn for turn, first in enumerate(FIRST) if path.is_relative_to(first))
    return next(turns, len(FIRST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted: their property `compared`."""
    for report in terminalreporter.getreports(""):
        for name, value in getattr(report, "user_properties", ()):
            if name == "compared" and report.when == "teardown":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
