"""Airflow in a folder of the tests' own. They run in .venv-airflow: `make test-dags`."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DAGS = ROOT / "dags"

# read when Airflow is imported
_home = tempfile.TemporaryDirectory(prefix="airflow-")
for _name in [name for name in os.environ if name.startswith(("AIRFLOW", "AZEKURA"))]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": _home.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home.name}/airflow.db",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}
sys.path.insert(0, str(DAGS))


@pytest.fixture(scope="session")
def bag():
    """The DAGs as Airflow reads them."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(DAGS))


@pytest.fixture(scope="session")
def metadata() -> None:
    """An empty metadata database, with the pool."""
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    initdb()
    Pool.create_or_update_pool("duckdb", 1, "DuckDB has one writer", include_deferred=False)
