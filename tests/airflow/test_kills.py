"""What is killed at a random moment of a running day is tried again, and no row lost or doubled."""

import random
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow
from live_airflow.processes import building, scheduler

DAY = timedelta(days=1)


def started(airflow: LocalAirflow, day: date) -> Run:
    """A run that builds a day."""
    run = airflow.build(day, day + DAY)
    airflow.task_when(run, "land", "success", 400)
    return run


def seconds_since(begun: float) -> str:
    return f"{time.monotonic() - begun:.1f} s"


# a task is tried four times, so three kills may all be of one
@pytest.mark.parametrize(
    ("target", "day", "kills"),
    [
        ("dbt", date(2013, 9, 29), 3),
        ("task", date(2013, 9, 28), 3),
        ("supervisor", date(2013, 9, 27), 1),
    ],
)
def test_a_process_is_killed(
    airflow: LocalAirflow,
    scheduled: list[Run],
    assert_same_tables: Callable[[str], None],
    say: Callable[[str], None],
    seed: int,
    target: str,
    day: date,
    kills: int,
) -> None:
    chance = random.Random(f"{seed} {target}")
    run, begun, killed = started(airflow, day), time.monotonic(), []

    def hit() -> bool:
        """Kill the one that is at work, if there is one that was not yet killed."""
        found = building(airflow.id)
        if not found or found[target].id in killed or not found[target].kill():
            return False
        killed.append(found[target].id)
        words = found["dbt"].words.partition("/dbt ")[2].partition(" --indirect")[0]
        say(f"{target} of `dbt {words[:40]}` killed after {seconds_since(begun)}")
        return True

    for _ in range(kills):
        time.sleep(chance.uniform(0, 25))
        airflow.until(f"a {target} is at work", hit, 200)
    airflow.succeeded(run)
    tries = {task.name: task.tries for task in airflow.api.tasks(run).values()}
    assert sum(number - 1 for number in tries.values() if number) == kills, tries
    assert_same_tables(f"{kills} kills of a {target}, done after {seconds_since(begun)}")


@pytest.mark.parametrize(
    ("how", "day"),
    [
        ("its scheduler was killed", date(2013, 9, 26)),
        ("its scheduler was killed", date(2013, 9, 25)),
        ("Ctrl-C", date(2013, 9, 22)),
    ],
    ids=["kill", "kill again", "Ctrl-C"],
)
def test_airflow_is_started_again(
    airflow: LocalAirflow,
    scheduled: list[Run],
    assert_same_tables: Callable[[str], None],
    say: Callable[[str], None],
    seed: int,
    how: str,
    day: date,
) -> None:
    chance = random.Random(f"{seed} {how} {day}")
    run, begun = started(airflow, day), time.monotonic()
    time.sleep(chance.uniform(0, 45))
    running = [task.name for task in airflow.api.tasks(run).values() if task.state == "running"]
    say(f"{how} after {seconds_since(begun)}, as {', '.join(running) or 'nothing'} ran")
    if how == "Ctrl-C":
        airflow.stop()
    else:
        scheduler(airflow.id).kill()
        airflow.has_ended_by_itself()
    assert airflow.left_behind() == []
    airflow.start()
    say(f"    Airflow was back after {seconds_since(begun)}")
    airflow.succeeded(run)
    assert_same_tables(f"    the run was done after {seconds_since(begun)}")
