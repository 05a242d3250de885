"""Airflow's own page of a run, in a headless Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import pytest
from live_airflow.client import Run
from live_airflow.command import LocalAirflow

NODES = """
return [...document.querySelectorAll(".react-flow__node")]
  .filter(node => node.checkVisibility() && node.getBoundingClientRect().width > 0)
  .map(node => node.innerText)
"""

pytestmark = chromium.needs_chromium


@pytest.fixture
def browser(tmp_path: Path) -> Iterator:
    with chromium.running(tmp_path / "browser", "2000,1000") as started:
        yield started


def test_the_graph_of_a_day_is_drawn(
    airflow: LocalAirflow,
    scheduled: list[Run],
    browser,
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    run = scheduled[-1]
    browser.get(airflow.address)
    # what the buttons above the left half of the page remember
    browser.execute_script("localStorage.setItem('default_dag_view', '\"graph\"')")
    browser.get(f"{airflow.address}/dags/daily_build/runs/{run.id}")
    names = set(airflow.api.tasks(run))

    def drawn() -> bool:
        nodes = browser.execute_script(NODES)
        return all(any(name in node for node in nodes) for name in names)

    airflow.until(f"the graph shows {', '.join(sorted(names))}", drawn, 60)
    picture = tmp_path / "daily_build.png"
    assert browser.save_screenshot(str(picture))
    assert picture.stat().st_size > 30_000
    say(f"the graph of a day: {picture}")
