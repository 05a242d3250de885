"""Every statement that dbt would send to BigQuery is analyzed by GoogleSQL, as a build goes."""

import re
from collections import Counter
from pathlib import Path

import pytest
from dbt.node_types import NodeType

from analyzer.client import Statement, place
from analyzer.warehouse import Table, Warehouse
from googlesql.service import Refused
from googlesql.types import text

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
SIDES = ("actual", "expected")


def test_every_statement_is_accepted(built, rendered):
    refused = {
        place(rendered.manifest, statement, ROOT): statement.refused.reason
        for statement in built.sent
        if statement.refused
    }
    assert not refused, _listed(refused)


def test_dbt_finds_nothing_wrong_with_the_answers(built):
    """Contracts that do not hold, for one: dbt compares them with the columns it is told of."""
    assert not built.problems, _listed(built.problems)


def test_nothing_is_left_out(built, rendered):
    """Each node sent what makes it what it is."""
    kinds: dict[str, Counter] = {}
    for statement in built.sent:
        kinds.setdefault(statement.node, Counter()).update(statement.kinds)
    wanted = {
        NodeType.Model: "CreateTableAsSelectStmt",
        NodeType.Snapshot: "MergeStmt",
        NodeType.Seed: "AlterTableSetOptionsStmt",  # what its load job made gets its labels
        NodeType.Test: "QueryStmt",
        NodeType.Unit: "QueryStmt",
    }
    missing = []
    for node in _nodes(rendered.manifest):
        kind = wanted[node.resource_type]
        made_as = getattr(node.config, "materialized", None)
        if made_as == "ml_model":
            kind = "CreateModelStmt"
        if kind not in kinds.get(node.unique_id, {}):
            missing.append((node.unique_id, kind))
        if made_as == "incremental" and "MergeStmt" not in kinds.get(node.unique_id, {}):
            missing.append((node.unique_id, "MergeStmt"))
    assert missing == []


def test_declared_columns_are_those_that_googlesql_infers(built, rendered):
    declared = {
        node.original_file_path: _declared(built.warehouse, node)
        for node in rendered.manifest.nodes.values()
        if node.resource_type in (NodeType.Model, NodeType.Snapshot, NodeType.Seed)
        and node.config.materialized != "ml_model"
    }
    assert any(columns for columns, _ in declared.values())
    differing = {
        path: found
        for path, (columns, inferred) in declared.items()
        if (found := differences(columns, inferred))
    }
    assert not differing, _listed(differing)


def test_declared_columns_can_differ():
    inferred = {"flight_id": "STRING", "miles": "INT64"}
    assert differences({"flight_id": "STRING"}, inferred) == []
    assert differences({"flight_id": "STRING", "miles": "FLOAT64"}, inferred) == [
        "miles is INT64, declared FLOAT64"
    ]
    assert differences({"mile": "INT64"}, inferred) == ["mile is declared and not there"]


def test_macro_cases_are_accepted(built, rendered):
    refused = {}
    with built.warehouse.copied() as given:
        given.connect("demo", "us", "lake")
        given.run((CASES / "given.sql").read_text())
        for path, sql in rendered.files.items():
            if path.parts[0] != "macros":
                continue
            try:
                with given.copied() as own:
                    own.run(sql)
            except Refused as reason:
                refused[f"golden/{path}:{reason.line}"] = reason.reason
    assert not refused, _listed(refused)


def test_a_contract_can_fail(built, build):
    """Were the humidity upstream a text, the view over it would not be what its contract says."""
    above, model = ("demo", "azekura_warehouse", "fct_weather_hour"), "feat_airport__weather"
    node, file = f"model.azekura.{model}.v1", f"{model}_v1.sql"
    with built.warehouse.copied() as changed:
        columns = changed.table(above).columns
        changed.put(above, Table({**columns, **changed.types(humidity_percent="string")}))
        problem = build(changed, ["run", "--select", f"{model}.v1"]).problems[node]
    assert file in problem
    assert "enforced contract that failed" in problem
    assert re.search(r"humidity_percent +\| STRING +\| FLOAT64", problem)


AIR_TIME = "model.azekura.ml_air_time__model"


def test_a_warm_start_is_asked_for_where_there_is_a_model(built, build, rendered, monkeypatch):
    node = rendered.manifest.nodes[AIR_TIME]
    monkeypatch.setitem(node.config.meta["ml"], "warm_start", True)
    command = ["run", "--select", node.name]
    with built.warehouse.copied() as warehouse:
        again = build(warehouse, command)
        afresh = build(warehouse, [*command, "--full-refresh"])
        warehouse.drop((node.database, node.schema, node.alias))
        first = build(warehouse, command)
    assert [outcome.problems for outcome in (again, afresh, first)] == [{}, {}, {}]
    assert [_trains_warm(outcome) for outcome in (again, afresh, first)] == [
        [True],
        [False],
        [False],
    ]


def _trains_warm(outcome) -> list[bool]:
    """Of each CREATE MODEL, whether it goes on from another model."""
    return [
        "warm_start = true" in statement.sql
        for statement in outcome.sent
        if "CreateModelStmt" in statement.kinds
    ]


def test_an_empty_run_asks_the_lake_for_no_day(built, build):
    with built.warehouse.copied() as warehouse:
        empty = build(warehouse, ["run", "--empty", "--select", "path:models/lake"])
    assert empty.problems == {}
    assert [statement.refused for statement in empty.sent if statement.refused] == []


def test_an_empty_run_trains_nothing(built, build, rendered):
    node = rendered.manifest.nodes[AIR_TIME]
    command = ["run", "--empty", "--select", "path:ml/models/air_time"]
    with built.warehouse.copied() as warehouse:
        kept = build(warehouse, command)
        warehouse.drop((node.database, node.schema, node.alias))
        missing = build(warehouse, command)
    assert kept.problems == {}
    assert "model.azekura.ml_air_time__predictions" in {statement.node for statement in kept.sent}
    assert _trains_warm(kept) == _trains_warm(missing) == []
    assert "--empty leaves no rows to train on, and there is no" in missing.problems[AIR_TIME]


def test_unit_tests_hold_on_googlesql(built, service):
    """dbt's unit tests, their rows evaluated by GoogleSQL's reference implementation."""
    compared = _evaluated(built, service, lambda node: node.startswith("unit_test."))
    assert compared
    assert {node: unequal(rows) for node, rows in compared.items() if unequal(rows)} == {}


def test_unit_tests_can_fail_on_googlesql(built, service):
    name = "unit_test.azekura.dim_carrier."
    [rows] = _evaluated(
        built, service, lambda node: node.startswith(name), ("Unlisted carrier ZZ", "Carrier ZZ")
    ).values()
    assert unequal(rows)


def test_tests_of_macros_hold_on_googlesql(built, rendered, service):
    """The singular tests that read no table: what a macro gives is the same on both engines.

    Functions of BigQuery ML have signatures here and nothing behind them: their tests are left out.
    """
    alone = {
        node.unique_id
        for node in rendered.manifest.nodes.values()
        if node.resource_type == NodeType.Test and not node.depends_on.nodes
    }
    alone -= {statement.node for statement in built.sent if re.search(r"\bml\.", statement.sql)}
    assert alone
    compared = _evaluated(built, service, alone.__contains__)
    assert compared.keys() == alone
    assert {node: rows for node, rows in compared.items() if rows != [(0, False, False)]} == {}


@pytest.mark.parametrize(
    ("model", "right", "wrong", "reason"),
    [
        (
            "fct_flight",
            "departure_delay_minutes is null as is_cancelled",
            "departure_delay is null as is_cancelled",
            "Unrecognized name: departure_delay",
        ),
        (
            "ml_late_arrival__predictions",
            "\n    predicted_is_late_arrival,",
            "\n    predicted_late_arrival,",
            "Unrecognized name: predicted_late_arrival; Did you mean predicted_is_late_arrival?",
        ),
        (
            "ml_late_arrival__model",
            "max_iterations = 50",
            "max_iteration = 50",
            "did you mean 'max_iterations'?",
        ),
    ],
)
def test_a_mistake_is_found_and_its_place_named(built, rendered, model, right, wrong, reason):
    unique_id = f"model.azekura.{model}"
    sql = next(
        statement.sql
        for statement in built.sent
        if statement.node == unique_id and right in statement.sql
    )
    with built.warehouse.copied() as copy, pytest.raises(Refused) as refusal:
        copy.run(sql.replace(right, wrong))
    assert reason in refusal.value.reason

    path = Path(rendered.manifest.nodes[unique_id].original_file_path)
    mistaken = Statement(sql, unique_id, refused=refusal.value)
    lines = (ROOT / path).read_text().splitlines()
    named = place(rendered.manifest, mistaken, ROOT)
    if right.strip() in map(str.strip, lines):
        number = [line.strip() for line in lines].index(right.strip()) + 1
        assert named == f"{path}:{number}"
    else:
        assert named.startswith(str(path))


def unequal(rows: list[tuple]) -> list[tuple]:
    """Of the rows of a unit test, which end in `actual` or `expected`, those without their like."""
    given = {side: Counter(row[:-1] for row in rows if row[-1] == side) for side in SIDES}
    actual, expected = given.values()
    return [*(actual - expected), *(expected - actual)]


def _evaluated(built, service, wanted, change=("", "")) -> dict[str, list[tuple]]:
    """The rows of the last query of each node wanted."""
    queries = {
        statement.node: statement.sql
        for statement in built.sent
        if statement.kinds == ("QueryStmt",) and wanted(statement.node)
    }
    return {node: service.evaluate(sql.replace(*change)).rows for node, sql in queries.items()}


def _listed(problems: dict[str, object]) -> str:
    return "\n" + "\n".join(f"{where}: {why}" for where, why in problems.items())


def differences(declared: dict[str, str], inferred: dict[str, str]) -> list[str]:
    """What the columns declared say that the columns inferred do not."""
    return [
        f"{name} is {inferred[name]}, declared {type_name}"
        if name in inferred
        else f"{name} is declared and not there"
        for name, type_name in declared.items()
        if inferred.get(name) != type_name
    ]


def _declared(warehouse: Warehouse, node) -> tuple[dict[str, str], dict[str, str]]:
    """The columns that a node's YAML gives a type, and all that GoogleSQL infers."""
    table = warehouse.table((node.database, node.schema, node.alias))
    assert table is not None, f"{node.unique_id} was not made"
    types = {name: column.data_type for name, column in node.columns.items() if column.data_type}
    return tuple(
        {name: text(type_) for name, type_ in columns.items()}
        for columns in (warehouse.types(**types), table.columns)
    )


def _nodes(manifest):
    return [
        node
        for node in (*manifest.nodes.values(), *manifest.unit_tests.values())
        if node.resource_type != NodeType.Operation
    ]
