"""The DAGs where they were uploaded alone, as on Cloud Composer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

DAGS = Path(__file__).parents[2] / "dags"

# a process that notes what is written and what is started while the DAGs are read
READ = """
import json, os, sys, time
import airflow.sdk, airflow.dag_processing.dagbag as dagbag
written, started = [], []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        written.append(str(arguments[0]))
    if event in ("os.mkdir", "os.rename", "os.remove"):
        written.append(str(arguments[0]))
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "socket.connect"):
        started.append(event)
sys.addaudithook(watch)
begun = time.perf_counter()
bag = dagbag.DagBag(sys.argv[1])
seconds = time.perf_counter() - begun
heavy = {"dbt", "duckdb", "numpy", "pandas", "pyarrow", "google.cloud.bigquery"} & set(sys.modules)
print(json.dumps({
    "errors": {str(file): str(error) for file, error in bag.import_errors.items()},
    "dags": {dag_id: sorted({task.pool for task in dag.tasks}) for dag_id, dag in bag.dags.items()},
    "written": written, "started": started, "heavy": sorted(heavy), "seconds": seconds,
}))
"""


def test_they_are_read_without_the_project_and_leave_nothing(tmp_path: Path) -> None:
    dags = tmp_path / "gcs" / "dags"
    shutil.copytree(DAGS, dags, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {
        **os.environ,
        "PYTHONPATH": str(dags),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AZEKURA_HOME": "/gcs/data/azekura",
        "AZEKURA_COMMANDS": "/environment/bin",
        "AZEKURA_TARGET": "bigquery",
    }
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(dags)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["errors"] == {}
    assert found["heavy"] == []
    assert [path for path in found["written"] if path != os.devnull] == []
    assert found["started"] == []
    assert found["seconds"] < 1
    # the pool of DuckDB is not there
    names = ("backfill", "daily_build", "drift_report", "manual_run", "weekly_retrain")
    assert found["dags"] == {name: ["default_pool"] for name in names}
