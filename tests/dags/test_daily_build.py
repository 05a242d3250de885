"""One whole day, run by Airflow on a lake and a DuckDB file of the test's own."""

import json
import subprocess
from pathlib import Path

import pendulum
import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"


@pytest.fixture(scope="module")
def day(bag, metadata, tmp_path_factory: pytest.TempPathFactory):
    """The run that builds 2013-01-05, and the folder it was made in."""
    folder = tmp_path_factory.mktemp("azekura")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZEKURA_STATE", str(folder / "state"))
        patch.setenv("AZEKURA_LAKE", str(folder / "lake"))
        patch.setenv("AZEKURA_DUCKDB", str(folder / "azekura.duckdb"))
        patch.setenv("AZEKURA_ONLINE_STORE", f"sqlite:///{folder / 'online.sqlite'}")
        dag = bag.dags["daily_build"]
        # a run in memory with a deadline fails at its end (Airflow 3.3.2)
        patch.setattr(dag, "deadline", None)
        # by hand, so of the day before
        return dag.test(logical_date=pendulum.datetime(2013, 1, 6)), folder


def rows(folder: Path, sql: str) -> list[list]:
    """What DuckDB, which Airflow's environment does not have, answers."""
    code = (
        "import duckdb, json, sys;"
        "connection = duckdb.connect(sys.argv[1], read_only=True);"
        "print(json.dumps(connection.sql(sys.argv[2]).fetchall(), default=str))"
    )
    command = [PYTHON, "-c", code, folder / "azekura.duckdb", sql]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_the_day_succeeds_and_predicts_nothing_before_a_model_is_trained(day) -> None:
    run, _ = day
    assert run.state == "success"
    states = {instance.task_id: str(instance.state) for instance in run.get_task_instances()}
    assert {name for name, state in states.items() if state == "skipped"} == {
        "predictions",
        "catalogue",
    }
    assert {state for state in states.values()} == {"success", "skipped"}


def test_the_day_s_records_are_in_the_facts_and_no_others(day) -> None:
    _, folder = day
    landed = sorted(path.name for path in (folder / "lake/nycflights13/flights").iterdir())
    assert landed == ["ingested_date=2013-01-05"]
    [[flights, first, last]] = rows(
        folder,
        "select count(*), min(ingested_date), max(ingested_date)"
        " from lake.stg_nycflights13__flights",
    )
    assert flights > 600
    assert (first, last) == ("2013-01-05", "2013-01-05")
    assert rows(folder, "select count(*) > 600 from warehouse.fct_flight") == [[True]]


def test_every_node_is_in_the_history_once_with_its_task_and_window(day) -> None:
    run, folder = day
    found = rows(
        folder,
        "select task_id, count(*), count(distinct node), count(distinct invocation_id),"
        " min(window_start), max(window_end), min(run_id), max(run_id)"
        " from ops.run_history group by task_id order by task_id",
    )
    assert [row[0] for row in found] == ["features", "lake", "marts", "warehouse"]
    for _, count, nodes, invocations, start, end, first_run, last_run in found:
        assert count == nodes
        assert invocations == 1
        assert (start, end) == ("2013-01-05", "2013-01-06")
        assert first_run == last_run == run.run_id
    assert rows(
        folder,
        "select history.rows_count = (select count(*) from warehouse.fct_flight)"
        " from ops.run_history as history where node = 'model.azekura.fct_flight'",
    ) == [[True]]


def test_results_are_kept_and_no_more(day) -> None:
    run, folder = day
    kept = sorted(path.name for path in (folder / "state").rglob("task_id=lake/*"))
    assert kept == ["run_results.json"]
    [lake] = [task for task in run.get_task_instances() if task.task_id == "lake"]
    results = lake.xcom_pull(task_ids="lake", key="results")
    assert {result["status"] for result in results} == {"success", "pass"}
    assert all(result["rows"] is not None for result in results if "model." in result["node"])


def test_the_online_store_holds_the_features(day) -> None:
    _, folder = day
    command = [PYTHON, "-m", "serving", "status", "--store", f"sqlite:///{folder}/online.sqlite"]
    command += ["--manifest", folder / "state" / "duckdb" / "manifest.json"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.count(" live ") == 5
