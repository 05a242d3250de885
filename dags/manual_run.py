"""
## manual_run

**Purpose.** One `dbt build` of what you name: train the models, mend a table, try a change.

**Inputs.** The form: a selector of `selectors.yml` or a selection as dbt writes it
(`fct_flight+`), a window or none, and whether tables are built anew.

**Outputs.** The tables selected.

**Window.** Both days or none. Without one an incremental table goes on from the newest day it
holds. A full refresh takes no window: it would keep that window only.

**When it fails.** The log and the notice name the nodes. Clear the task to build all of it again.
"""

from datetime import datetime

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from orchestration import tasks
from orchestration.defaults import of_dags
from orchestration.layers import SELECTORS
from orchestration.settings import Settings
from orchestration.windows import Window

settings = Settings.read()


def asked() -> dict:
    """What the form asks for, as arguments of tasks.build. What cannot be meant is refused."""
    params = get_current_context()["params"]
    start, end, full_refresh = params["start"], params["end"], params["full_refresh"]
    if bool(params["selector"]) == bool(params["select"]):
        raise AirflowFailException("Give a selector or a selection, one of the two.")
    if bool(start) != bool(end):
        raise AirflowFailException("A window needs both ends: give start and end, or neither.")
    if start and full_refresh:
        raise AirflowFailException(
            "A full refresh with a window would keep that window only: leave out one of the two."
        )
    return {
        "window": tasks.checked(lambda: Window.of_texts(start, end)) if start else None,
        "selector": params["selector"] or "",
        "select": params["select"] or "",
        "full_refresh": full_refresh,
    }


with DAG(
    "manual_run",
    schedule=None,
    start_date=datetime(2013, 1, 1),
    params={
        "selector": Param(
            None,
            type=["null", "string"],
            enum=[None, *SELECTORS],
            description="A selector of selectors.yml, or none.",
        ),
        "select": Param(
            None, type=["null", "string"], description="Or a selection, such as `fct_flight+`."
        ),
        "start": Param(
            None, type=["null", "string"], format="date", description="First day, UTC, or none."
        ),
        "end": Param(
            None, type=["null", "string"], format="date", description="Day after the last, or none."
        ),
        "full_refresh": Param(False, type="boolean", description="Build the tables anew."),
    },
    **of_dags(settings, __doc__),
):

    @task
    def build():
        tasks.build(**asked())

    build()
