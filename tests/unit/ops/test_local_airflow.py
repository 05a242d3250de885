"""What `make airflow` sets the components to."""

import base64
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def local_airflow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setenv("AZEKURA_AIRFLOW_HOME", str(tmp_path))
    spec = importlib.util.spec_from_file_location(
        "local_airflow", ROOT / "ops" / "local_airflow.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_components_have_the_keys_that_were_made_once(local_airflow, tmp_path: Path) -> None:
    one, other = (local_airflow._environment("127.0.0.1", "8585") for _ in range(2))
    assert one == other
    assert len(base64.urlsafe_b64decode(one["AIRFLOW__CORE__FERNET_KEY"])) == 32
    assert one["AIRFLOW__CORE__FERNET_KEY"] != one["AIRFLOW__API_AUTH__JWT_SECRET"]
    for name in ("fernet_key", "jwt_secret"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_all_that_is_kept_is_in_the_folder_that_is_set(local_airflow, tmp_path: Path) -> None:
    environment = local_airflow._environment("127.0.0.1", "8585")
    assert environment["AIRFLOW_HOME"] == str(tmp_path)
    assert environment["AZEKURA_STATE"] == str(tmp_path / "state")
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/airflow.db"


def test_a_command_for_an_airflow_that_never_ran_is_refused(
    local_airflow, capsys: pytest.CaptureFixture[str]
) -> None:
    assert local_airflow.main(["dags", "list"]) == 1
    assert "start Airflow first" in capsys.readouterr().err
