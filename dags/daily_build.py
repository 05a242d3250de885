"""
## daily_build

**Purpose.** Build one UTC day of the whole project: land it, build each layer, bring the online
store up to date.

**Inputs.** The records that arrived on the day (`AZEKURA_LANDING`, by default `python -m ingest`),
and the trained models.

**Outputs.** The assets `lake`, `warehouse`, `marts`, `features`, `predictions`, `catalogue` and
`online_store`.

**Window.** The run's data interval, as this page shows it. A scheduled or backfilled run of the
logical date D builds the day D; one triggered by hand at the logical date D builds the last whole
day before D, unless it is given a data interval. Anything but whole UTC days is refused. D must be
one of the scheduled days (`AZEKURA_FIRST_DAY`, `AZEKURA_LAST_DAY`): Airflow gives a run by hand of
any other no task, and calls it a success.

**Until the models are trained** (selector `ml_train`) `predictions` is skipped with a sentence
that names them, and so is `catalogue`, which describes them too.

**When it fails.** The task's log, its XCom `results` and the notice name the nodes and what dbt
said of them; the table `ops.run_history` has all runs. Mend the cause, then clear the failed
tasks: a day can be built again at any time and gives the same tables. A retry runs only what
failed; a cleared task builds its layer whole. `freshness` fails alone when a source is too late:
the day is built without it; clear the run when its files have come.
"""

from datetime import datetime

from airflow.sdk import DAG, get_current_context, task
from orchestration import assets, tasks
from orchestration.alerts import deadline, nothing_built, sources_late
from orchestration.defaults import DAILY, of_dags
from orchestration.settings import Settings

settings = Settings.read()
midnight = datetime.min.time()

with DAG(
    "daily_build",
    schedule=DAILY,
    start_date=datetime.combine(settings.first_day, midnight),
    end_date=settings.last_day and datetime.combine(settings.last_day, midnight),
    catchup=True,
    deadline=deadline(settings.deadline_minutes),
    on_success_callback=nothing_built,
    **of_dags(settings, __doc__),
):

    @task(pool="default_pool")
    def land():
        tasks.land(tasks.window_of_run())

    @task(pool="default_pool", trigger_rule="none_failed", retries=0)
    def freshness():
        late = tasks.late_sources(tasks.window_of_run())
        if late:
            sources_late(get_current_context(), late)

    @task(outlets=[assets.LAKE], trigger_rule="none_failed")
    def lake():
        tasks.build(tasks.window_of_run(), selector="lake")

    @task(outlets=[assets.WAREHOUSE])
    def warehouse():
        tasks.build(tasks.window_of_run(), selector="warehouse")

    @task(outlets=[assets.MARTS])
    def marts():
        tasks.build(tasks.window_of_run(), selector="marts")

    @task(outlets=[assets.FEATURES])
    def features():
        tasks.build(tasks.window_of_run(), selector="features")

    @task(outlets=[assets.PREDICTIONS])
    def predictions():
        window = tasks.window_of_run()
        tasks.require_trained_models()
        tasks.build(window, selector="ml_predict")

    @task(outlets=[assets.CATALOGUE])
    def catalogue():
        tasks.build(tasks.window_of_run(), selector="catalogue")

    @task(outlets=[assets.ONLINE_STORE])
    def online_store():
        tasks.materialize()

    landed, made = land(), features()
    landed >> freshness()
    landed >> lake() >> warehouse() >> marts() >> made
    made >> online_store()
    made >> predictions() >> catalogue()
