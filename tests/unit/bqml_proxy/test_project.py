"""What this project sends to BigQuery is understood: every golden statement, in every form."""

import re
from pathlib import Path

import pytest
from bqml_proxy.errors import BigQueryError
from bqml_proxy.machine_learning import MachineLearning

GOLDEN = Path(__file__).parents[2] / "bigquery" / "golden"
STATEMENTS = sorted(GOLDEN.glob("*/**/*.sql"))


class Asked(Exception):
    """The emulator is asked for rows."""


class Asking:
    """An emulator that ends every test at the first rows asked of it: it is handed none."""

    def query(self, sql, project, default_dataset):
        raise Asked

    def load(self, table, rows):
        raise AssertionError(f"{table} is loaded before any row was asked for")

    def drop(self, table):
        raise AssertionError(f"{table} is dropped before any row was asked for")


@pytest.fixture(scope="module")
def asking(googlesql, tmp_path_factory):
    proxy = MachineLearning(Asking(), tmp_path_factory.mktemp("models"), googlesql)
    yield proxy
    proxy.close()


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_a_statement_is_understood(asking, path):
    """One with BigQuery ML comes as far as its rows, or as its model, which is not there. A search
    space comes as far as the sentence that this engine does not tune yet."""
    sql = path.read_text()
    if not re.search(r"\bml\.[a-z_]+\(|^create or replace model", sql):
        assert asking.rewrite(sql, "demo", None).sql == sql
        return
    with pytest.raises((Asked, BigQueryError)) as stopped:
        asking.rewrite(sql, "demo", None)
    if re.search(r"\bhparam_", sql):
        assert "needs hyperparameter tuning" in str(stopped.value)
    else:
        assert isinstance(stopped.value, Asked) or stopped.value.code == 404, stopped.value


def test_there_are_statements():
    assert len(STATEMENTS) > 100
