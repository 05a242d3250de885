"""
## drift_report

**Purpose.** Say which features have drifted, whenever `predictions` is updated.

**Inputs.** The newest day of each `ml_<use case>__drift`.

**Outputs.** A table in the log, the XCom `return_value`, and a notice if anything has drifted.

**When it fails.** Nothing is lost: clear the task.
"""

import logging
from datetime import datetime

from airflow.sdk import DAG, get_current_context, task
from orchestration import assets, tasks
from orchestration.alerts import drift_found
from orchestration.defaults import of_dags
from orchestration.settings import Settings

log = logging.getLogger(__name__)
settings = Settings.read()

with DAG(
    "drift_report",
    schedule=[assets.PREDICTIONS],
    start_date=datetime(2013, 1, 1),
    **of_dags(settings, __doc__),
):

    @task
    def report():
        drifted = tasks.operation("drift_report")
        log.info("%d features of the newest days have drifted.", len(drifted))
        if drifted:
            drift_found(get_current_context(), drifted)
        return drifted

    report()
