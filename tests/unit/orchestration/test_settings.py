"""What the environment sets."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from orchestration.layers import DAILY, SELECTORS
from orchestration.settings import SettingError, Settings

ROOT = Path(__file__).parents[3]


def test_without_variables_the_project_is_the_folder_above_the_dags() -> None:
    settings = Settings.read({})
    assert settings.home == ROOT
    assert settings.commands == ROOT / ".venv" / "bin"
    assert settings.pool == "duckdb"
    assert (settings.first_day, settings.last_day) == (date(2013, 1, 1), date(2014, 1, 1))


def test_where_the_dags_lie_alone_variables_say_where_the_project_is() -> None:
    settings = Settings.read(
        {
            "AZEKURA_HOME": "/data/azekura",
            "AZEKURA_COMMANDS": "/environment/bin",
            "AZEKURA_TARGET": "bigquery",
            "AZEKURA_LANDING": "",
            "AZEKURA_FIRST_DAY": "2026-01-01",
            "AZEKURA_LAST_DAY": "",
        }
    )
    assert settings.command("dbt") == "/environment/bin/dbt"
    assert settings.state == Path("/data/azekura/.airflow/state")
    assert settings.pool == "default_pool"
    assert settings.landing == ""
    assert (settings.first_day, settings.last_day) == (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AZEKURA_FIRST_DAY", "soon"),
        ("AZEKURA_LAST_DAY", "2013"),
        ("AZEKURA_DEADLINE_MINUTES", "0"),
        ("AZEKURA_DEADLINE_MINUTES", "an hour"),
        ("AZEKURA_RETRY_SECONDS", "0"),
    ],
)
def test_a_variable_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.read({name: value})


def test_the_selectors_are_those_of_the_project() -> None:
    written = yaml.safe_load((ROOT / "selectors.yml").read_text())["selectors"]
    assert sorted(SELECTORS) == sorted(selector["name"] for selector in written)
    assert set(DAILY) < set(SELECTORS)
