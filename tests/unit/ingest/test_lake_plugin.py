"""The dbt-duckdb plugin's check of where the database lies."""

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
