"""dbt, run for real on a lake and a DuckDB file of the test's own.

`azekura()` is this project; `tiny()` is one of a few models that the test writes, with this one's
macros.
"""

from collections.abc import Callable

import pytest
from projects import Project, Tiny


@pytest.fixture(scope="session")
def azekura(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """Makes this project anew, with an empty lake and no database."""
    return lambda: Project(tmp_path_factory.mktemp("azekura"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Tiny]:
    """Makes an empty project with this one's macros."""
    return lambda: Tiny(tmp_path_factory.mktemp("tiny"))


def pytest_report_header() -> str:
    from importlib.metadata import version

    packages = ("dbt-core", "dbt-duckdb", "duckdb")
    return ", ".join(f"{package} {version(package)}" for package in packages)
