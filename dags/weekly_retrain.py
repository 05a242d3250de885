"""
## weekly_retrain

**Purpose.** Train every model anew, and let the new one take the place of the live one only if it
is good enough.

**Inputs.** The features as they are, once `daily_build` has built the last day of the week. A run
that somebody triggers does not wait. Weeks that are past are not caught up: what is trained now
would learn the same from each of them.

**Outputs.** Candidates in `ml_candidate`; the assets `models`, `predictions` and `catalogue` if one
was promoted; a row per model in `catalogue.model_promotion_decisions`, and one more in
`ops.model_promotions`.

**Promoted** is a candidate whose evaluation holds its floors (`metric_within`) and that is not
worse than the live model on the same evaluation rows. Otherwise the live model stays, and a notice
says which and why. A model that is not there yet needs the floors only.

**When it fails.** The live models are as they were: a model is replaced whole or not at all. Mend
the cause and clear what failed. `train` fails if a model cannot be trained; a floor that does not
hold is no failure.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from orchestration import assets, tasks
from orchestration.alerts import models_kept
from orchestration.defaults import WEEKLY, of_dags
from orchestration.settings import Settings

settings = Settings.read()
midnight = datetime.min.time()
WEEK = timedelta(days=7).total_seconds()

with DAG(
    "weekly_retrain",
    # where the days have an end no week is to come, and an end date would stop runs by hand
    schedule=None if settings.last_day else WEEKLY,
    start_date=datetime.combine(settings.first_day, midnight),
    catchup=False,
    **of_dags(settings, __doc__),
):

    @task.sensor(pool="default_pool", mode="reschedule", poke_interval=60, timeout=WEEK)
    def days_built():
        return tasks.is_day_built("daily_build")

    @task
    def train():
        tasks.train()

    @task(outlets=[assets.MODELS])
    def promote():
        outcome = tasks.promote()
        verdicts = [decision["is_promoted"] for decision in outcome["decisions"]]
        if not all(verdicts):
            models_kept(get_current_context(), outcome["decisions"])
        if not any(verdicts):
            raise AirflowSkipException("No model was promoted.")
        return outcome["publish"]

    @task(outlets=[assets.PREDICTIONS])
    def predictions(names: list[str]):
        if not names:
            raise AirflowSkipException("What reads the promoted models needs others, too.")
        tasks.build(None, select=" ".join(names))

    @task(outlets=[assets.CATALOGUE])
    def catalogue():
        tasks.require_trained_models()
        tasks.build(None, selector="catalogue")

    promoted = promote()
    days_built() >> train() >> promoted
    predictions(promoted) >> catalogue()
