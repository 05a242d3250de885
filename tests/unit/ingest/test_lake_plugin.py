"""The dbt-duckdb plugin's check of where the database lies."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from dbt_common.exceptions import DbtRuntimeError

from ingest import plugin


def check(path):
    credentials = SimpleNamespace(path=str(path), is_motherduck=False)
    plugin.Plugin.update_connection_config(None, credentials, {})


def test_a_new_database_in_a_folder_that_can_be_written_is_fine(tmp_path):
    check(tmp_path / "new.duckdb")


def test_a_database_in_memory_or_elsewhere_is_not_checked():
    check(":memory:")
    check("md://absent/x")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DbtRuntimeError, match=r"absent does not exist; set AZEKURA_DUCKDB"):
        check(tmp_path / "absent" / "a.duckdb")


@pytest.mark.parametrize("exists", [False, True])
def test_a_place_without_permission_is_named(tmp_path, monkeypatch, exists):
    path = tmp_path / "a.duckdb"
    if exists:
        path.touch()
    monkeypatch.setattr(plugin.os, "access", lambda place, mode: False)
    with pytest.raises(DbtRuntimeError, match=f"{path if exists else tmp_path} is not writable"):
        check(path)


HOLDING = """
import duckdb, sys
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A DuckDB file, and the process that writes it."""
    path = tmp_path / "a.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline() == b"held\n"
        yield path, writer
        writer.stdin.close()


def test_a_file_that_another_process_holds_is_named_with_the_process(held, monkeypatch):
    path, writer = held
    monkeypatch.setattr(plugin, "WAITS", (0.01,))
    words = rf"{path} is held by another process \(.+, PID {writer.pid}\): run dbt again when"
    with pytest.raises(DbtRuntimeError, match=words):
        check(path)


def test_a_file_that_is_let_go_of_is_waited_for(held, monkeypatch):
    path, writer = held
    monkeypatch.setattr(plugin.time, "sleep", lambda _: writer.stdin.close() or writer.wait())
    check(path)
