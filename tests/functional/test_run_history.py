"""What `ops.run_history` holds of a run, and what the operations print that a schedule asks."""

import json
from datetime import date

import pytest
from dbt_common.events.functions import reset_metadata_vars

from ingest.nycflights13 import land

DAY = date(2013, 2, 3)
ON = ["--vars", "{run_history: true}"]
HOOK = 'on-run-end: "{{ record_run_history(results) }}"\n'


@pytest.fixture
def recorded(tiny):
    """A project of a table, one that fails with quotes in its message, and what reads it."""
    project = tiny()
    with (project.root / "dbt_project.yml").open("a") as file:
        file.write(HOOK)
    project.model("good", "select 1 as x union all select 2")
    project.model("bad", """select no_such_column as "it's" from {{ ref('good') }}""")
    project.model("reader", "select * from {{ ref('bad') }}")
    project.variables |= {
        "DBT_ENV_CUSTOM_ENV_dag_id": "o'clock",
        "DBT_ENV_CUSTOM_ENV_run_id": "by_hand",
        "DBT_ENV_CUSTOM_ENV_try_number": "2",
    }
    reset_metadata_vars()  # dbt keeps them for as long as the process lives
    yield project
    reset_metadata_vars()


def test_nothing_is_written_unless_it_is_asked_for(recorded):
    recorded.dbt("build")
    assert (
        recorded.query("select schema_name from duckdb_schemas() where schema_name = 'ops'") == []
    )


def test_every_node_has_a_row_with_its_status_rows_and_message(recorded):
    recorded.dbt("build", *ON)
    found = recorded.query(
        "select node, status, rows_count, coalesce(message like '%no_such_column%', false),"
        " seconds >= 0, started_at <= finished_at from ops.run_history order by node"
    )
    assert found == [
        ("model.azekura.bad", "error", None, True, True, True),
        ("model.azekura.good", "success", 2, False, True, True),
        ("model.azekura.reader", "skipped", None, False, True, True),
    ]
    assert recorded.query(
        "select distinct command, target, resource_type, dag_id, run_id, task_id, try_number,"
        " window_start from ops.run_history"
    ) == [("build", "duckdb", "model", "o'clock", "by_hand", None, 2, None)]


def test_a_further_run_is_added(recorded):
    recorded.dbt("build", *ON)
    recorded.model("bad", "select x from {{ ref('good') }}")
    recorded.dbt("build", *ON).succeeded()
    assert recorded.query(
        "select node, list(status order by finished_at), count(distinct invocation_id)"
        " from ops.run_history where node like '%.bad' group by node"
    ) == [("model.azekura.bad", ["error", "success"], 2)]


def test_results_hold_the_rows_of_tables(recorded):
    recorded.variables["DBT_WRITE_JSON"] = "true"
    recorded.dbt("build", *ON)
    with open(f"{recorded.variables['DBT_TARGET_PATH']}/run_results.json") as file:
        results = {result["unique_id"]: result for result in json.load(file)["results"]}
    assert results["model.azekura.good"]["adapter_response"]["rows_count"] == 2
    assert "rows_count" not in results["model.azekura.bad"]["adapter_response"]


def test_the_window_is_that_of_the_run(azekura):
    project = azekura()
    land(str(project.lake), DAY, DAY)
    project.dbt(
        "build",
        *["--select", "stg_nycflights13__carriers", *ON],
        *["--event-time-start", "2013-02-03", "--event-time-end", "2013-02-04"],
    ).succeeded()
    [(start, end, tests)] = project.query(
        "select min(window_start), max(window_end), count(*) filter (where failures_count = 0)"
        " from ops.run_history"
    )
    assert (start, end) == (DAY, date(2013, 2, 4))
    assert tests >= 3


def test_what_is_not_trained_is_named(azekura, capsys):
    project = azekura()
    project.dbt("run-operation", "untrained_models").succeeded()
    assert "ml_late_arrival__model" in json.loads(capsys.readouterr().out)


def test_without_predictions_nothing_has_drifted(azekura, capsys):
    azekura().dbt("run-operation", "drift_report").succeeded()
    assert json.loads(capsys.readouterr().out) == []
