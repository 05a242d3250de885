"""The project built twice on BigQuery's adapter and client, at an emulator, and twice on DuckDB."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from both_engines import emulator, lake_slice
from both_engines.builds import BUILDS, GAPS, LAKE_DATASET, Builds, on_bigquery, on_duckdb
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from cost.statements import googlesql_cache

_MADE = pytest.StashKey[Builds]()


@pytest.fixture(scope="session")
def emulator_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulator, empty."""
    try:
        emulator.install()
    except emulator.CannotInstall as reason:
        pytest.skip(str(reason))
    with emulator.running(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture(scope="session")
def proxy_address(
    emulator_address: str, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[str]:
    """The proxy before it, as a program of its own."""
    folder = tmp_path_factory.mktemp("proxy")
    # what GoogleSQL is compiled to is kept between runs
    kept = googlesql_cache(pytestconfig.rootpath / "target")
    kept.mkdir(parents=True, exist_ok=True)
    (folder / "googlesql").symlink_to(kept, target_is_directory=True)
    with _proxy(emulator_address, folder) as address:
        yield address


@contextmanager
def _proxy(emulator_address: str, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bqml_proxy", "--emulator", emulator_address]
    with subprocess.Popen(
        [*command, "--port", "0", "--directory", str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def client(proxy_address: str) -> bigquery.Client:
    """Google's own client, at the proxy."""
    return bigquery.Client(
        emulator.PROJECT,
        credentials=AnonymousCredentials(),
        client_options=ClientOptions(api_endpoint=proxy_address),
    )


@pytest.fixture(scope="session")
def builds(
    proxy_address: str,
    client: bigquery.Client,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Builds:
    """Both builds on both engines: the second after a day and its corrections have landed."""
    folder = tmp_path_factory.mktemp("builds")
    lake, loaded, made = folder / "lake", set(), Builds()
    pytestconfig.stash[_MADE] = made
    for turn, land in zip(BUILDS, [lake_slice.land_first, lake_slice.land_second], strict=True):
        land(lake)
        lake_slice.load(client, LAKE_DATASET, lake, loaded)
        made.found["bigquery", turn] = on_bigquery(folder, proxy_address, client)
        made.found["duckdb", turn] = on_duckdb(folder, lake)
    return made


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What was built and compared, and what was left out."""
    for report in terminalreporter.stats.get("skipped", [])[:1]:
        terminalreporter.write_line(f"skipped: {report.longrepr[2].removeprefix('Skipped: ')}")
    made = config.stash.get(_MADE, None)
    if made is None:
        return
    terminalreporter.section("BigQuery without BigQuery")
    for (engine, turn), build in made.found.items():
        terminalreporter.write_line(
            f"{turn} build on {engine}: {build.counts()} ({build.seconds:.0f} s)"
        )
    terminalreporter.write_line(
        f"{len(made.compared)} tables compared, {sum(made.compared.values()):,} rows"
    )
    for node, reason in GAPS.items():
        terminalreporter.write_line(f"left out: {node}: {reason}")
