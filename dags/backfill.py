"""
## backfill

**Purpose.** Build any window of days again, or for the first time: `start` to before `end`.

**Inputs.** The files of these days (`AZEKURA_LANDING` lands those that are missing), and the
trained models.

**Outputs.** The assets of `daily_build`.

**In one build, or in pieces.** `days_per_build` is 0: the window is built at once. The tables are
the same however the days come in, and a year at once takes minutes, where day by day dbt starts
365 times. Give a number of days where one build would be too large; the pieces are built one after
the other, and each is retried for itself. Predictions, the catalogue and the online store follow
once, after the last.

**When it fails.** As `daily_build`: mend the cause and clear what failed; pieces that are done
stay done.
"""

from datetime import datetime

from airflow.sdk import DAG, Param, get_current_context, task
from orchestration import assets, tasks
from orchestration.defaults import of_dags
from orchestration.settings import Settings
from orchestration.windows import Window

settings = Settings.read()


def asked() -> Window:
    """The window that the form asks for."""
    params = get_current_context()["params"]
    return tasks.checked(lambda: Window.of_texts(params["start"], params["end"]))


with DAG(
    "backfill",
    schedule=None,
    start_date=datetime(2013, 1, 1),
    params={
        "start": Param(type="string", format="date", description="First day, UTC."),
        "end": Param(type="string", format="date", description="Day after the last, UTC."),
        "days_per_build": Param(
            0, type="integer", minimum=0, maximum=366, description="0: the window at once."
        ),
    },
    **of_dags(settings, __doc__),
):

    @task(pool="default_pool")
    def land():
        tasks.land(asked())

    @task(pool="default_pool", trigger_rule="none_failed")
    def plan():
        days = get_current_context()["params"]["days_per_build"]
        return [[str(piece.start), str(piece.end)] for piece in asked().pieces(days)]

    @task(
        outlets=[assets.LAKE, assets.WAREHOUSE, assets.MARTS, assets.FEATURES],
        max_active_tis_per_dagrun=1,
    )
    def build(piece):
        tasks.build(Window.of_texts(*piece), selector="data")

    @task(outlets=[assets.PREDICTIONS])
    def predictions():
        window = asked()
        tasks.require_trained_models()
        tasks.build(window, selector="ml_predict")

    @task(outlets=[assets.CATALOGUE])
    def catalogue():
        tasks.build(asked(), selector="catalogue")

    @task(outlets=[assets.ONLINE_STORE])
    def online_store():
        tasks.materialize()

    pieces = plan()
    land() >> pieces
    built = build.expand(piece=pieces)
    built >> online_store()
    built >> predictions() >> catalogue()
