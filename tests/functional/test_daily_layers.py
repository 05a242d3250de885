"""The layers of a daily run are all of the project but its training, each node once, in order."""

from pathlib import Path

import pytest
from orchestration.commands import dbt_build
from orchestration.layers import DAILY
from orchestration.settings import Settings
from projects import project_manifest


def selection(selector: str) -> list[str]:
    """How a daily task selects: the words of its command up to the vars."""
    command = dbt_build(Settings.read({}), Path(), None, selector=selector)
    return command[2 : command.index("--vars")]


@pytest.fixture(scope="module")
def layers(azekura) -> list[list[str]]:
    project = azekura()
    return [project.listed(*selection(layer)) for layer in DAILY]


@pytest.fixture(scope="module")
def trained(azekura) -> set[str]:
    """What a retraining builds: candidates, and the decisions about them."""
    return {
        node for part in ("ml_train", "ml_decide") for node in azekura().listed(*selection(part))
    }


@pytest.fixture(scope="module")
def by_name(azekura) -> list[list[str]]:
    """What `dbt build --selector <layer>` builds, as one types it."""
    project = azekura()
    return [project.listed("--selector", layer) for layer in DAILY]


def parents(node: str) -> list[str]:
    """What a node reads; a seed reads nothing."""
    return getattr(project_manifest().nodes[node].depends_on, "nodes", [])


def test_every_node_runs_once(layers, trained):
    ran = [node for layer in layers for node in layer if not node.startswith("source.")]
    assert len(ran) == len(set(ran))
    models = {
        node.unique_id
        for node in project_manifest().nodes.values()
        if node.resource_type.value in ("model", "snapshot", "seed")
    }
    assert models - set(ran) == {
        node for node in trained if node.startswith("model.") and "training_set" not in node
    }


def test_every_test_of_what_was_built_runs_once(layers, trained):
    ran = {node for layer in layers for node in layer}
    there = ran | trained
    wanted = {
        node.unique_id
        for node in project_manifest().nodes.values()
        if node.resource_type.value == "test"
        and any(parent in ran for parent in node.depends_on.nodes)
        and all(parent in there or parent.startswith("source.") for parent in node.depends_on.nodes)
    }
    assert {node for node in ran if node.startswith("test.")} == wanted


def test_nothing_runs_before_what_it_reads(layers, trained):
    built = {node: number for number, layer in enumerate(layers) for node in layer}
    early = [
        (node, parent)
        for node, number in built.items()
        for parent in parents(node)
        if built.get(parent, -1 if parent in trained or parent.startswith("source.") else 99)
        > number
    ]
    assert early == []


def test_seeds_are_there_before_anything_reads_them(layers):
    """Not only before what reads them in this build: no layer before has a reader or a test."""
    seeds = {node for node in layers[DAILY.index("warehouse")] if node.startswith("seed.")}
    assert seeds == {
        node.unique_id
        for node in project_manifest().nodes.values()
        if node.resource_type.value == "seed"
    }
    before = [node for layer in layers[: DAILY.index("warehouse")] for node in layer]
    assert not [
        node for node in before if not node.startswith("source.") and seeds & set(parents(node))
    ]


def test_a_selector_by_hand_runs_no_test_of_tables_that_are_not_there(layers, by_name):
    """On a fresh database; its unit tests are all that a daily run leaves out."""
    for layer, typed in zip(layers, by_name, strict=True):
        assert [node for node in typed if not node.startswith("unit_test.")] == layer
