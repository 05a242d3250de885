"""Nodes by cost: what is summed, selected, printed and held against a budget."""

from types import SimpleNamespace

import pytest

from cost import CostError
from cost.node_costs import check_budget, human_bytes, layer_of, node_costs, selected
from cost.prices import CREATE_MODEL, QUERY, Prices
from cost.report import report, write_csv
from cost.statement_bytes import StatementBytes

MIB, TIB = 1024**2, 1024**4
PRICES = Prices({QUERY: 1.0, CREATE_MODEL: 10.0})


def node(name: str, path: str, resource_type: str = "model") -> SimpleNamespace:
    return SimpleNamespace(
        unique_id=f"{resource_type}.azekura.{name}",
        name=name,
        resource_type=resource_type,
        original_file_path=path,
        config=SimpleNamespace(materialized="table", meta={}),
    )


NODES = {
    one.unique_id: one
    for one in [
        node("dim_port", "models/warehouse/core/dim_port.sql"),
        node("fct_call", "models/warehouse/core/fct_call.sql"),
        node("mart_ports", "models/marts/operations/mart_ports.sql"),
        node("snap_port", "snapshots/snap_port.yml", "snapshot"),
        node("not_null_id", "models/marts/operations/mart_ports.yml", "test"),
    ]
}


def sent(name: str, bytes_: int, form: str = "full", **other) -> StatementBytes:
    [unique_id] = [key for key in NODES if key.endswith(f".{name}")]
    held = {"kind": "QueryStmt", "is_dry_run": False, "bytes_processed": bytes_} | other
    return StatementBytes(node=unique_id, form=form, bytes_billed=bytes_, **held)


COSTS = node_costs(
    [
        sent("dim_port", TIB),
        sent("fct_call", TIB, bytes_processed=5),
        sent("fct_call", 2 * TIB, is_dry_run=True),
        sent("fct_call", MIB, "window"),
        sent("snap_port", 0, bytes_processed=0),
        sent("not_null_id", TIB // 2),
    ],
    NODES,
    PRICES,
)


def test_statements_are_summed_by_node_and_the_dearest_comes_first():
    found = [
        (one.name, one.statements_count, one.dry_runs_count, one.bytes_processed, one.usd)
        for one in COSTS
        if one.form == "full"
    ]
    assert found == [
        ("fct_call", 2, 1, 5 + 2 * TIB, 3.0),
        ("dim_port", 1, 0, TIB, 1.0),
        ("not_null_id", 1, 0, TIB // 2, 0.5),
        ("snap_port", 1, 0, 0, 0.0),
    ]


def test_a_run_of_a_window_builds_the_rest_whole():
    assert {one.name: one.bytes_billed for one in COSTS if one.form == "window"} == {
        "fct_call": MIB,
        "dim_port": TIB,
        "not_null_id": TIB // 2,
        "snap_port": 0,
    }


def test_a_real_run_has_no_window():
    assert {one.form for one in node_costs([sent("dim_port", 1, "run")], NODES, PRICES)} == {"run"}


def test_a_statement_of_no_node_is_left_out():
    stranger = StatementBytes("operation.azekura.hook", "full", "QueryStmt", False, 1, 1)
    assert node_costs([stranger], NODES, PRICES) == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], {"fct_call", "dim_port", "not_null_id", "snap_port"}),
        (["*_port"], {"dim_port", "snap_port"}),
        (["warehouse", "snapshot"], {"fct_call", "dim_port", "snap_port"}),
        (["test"], {"not_null_id"}),
        (["port"], set()),
    ],
)
def test_a_selection_is_of_names_layers_or_types(words, names):
    assert {one.name for one in selected(COSTS, words)} == names


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        ("models/lake/nycflights13/stg_a.sql", "lake"),
        ("models\\lake\\nycflights13\\stg_a.sql", "lake"),
        ("models/alone.sql", "alone.sql"),
        ("tests/dbt/marts/a.sql", "marts"),
        ("ml/models/late_arrival/a.sql", "ml"),
        ("snapshots/a.yml", "snapshots"),
        ("seeds/a.csv", "seeds"),
    ],
)
def test_a_layer_is_a_folder(path, layer):
    assert layer_of(path) == layer


def test_the_report_to_the_letter(tmp_path):
    text = report(COSTS, ["full", "window"], "full", 2, tmp_path / "cost.csv")
    assert text.replace(str(tmp_path), "target").splitlines() == [
        "                                                                  first build"
        "                       run of a day",
        "model or snapshot                              scanned      billed        USD"
        "     scanned      billed        USD",
        "fct_call                                       2.0 TiB     3.0 TiB     3.0000"
        "     1.0 MiB     1.0 MiB     0.0000",
        "dim_port                                       1.0 TiB     1.0 TiB     1.0000"
        "     1.0 TiB     1.0 TiB     1.0000",
        "and 1 more models and snapshots, see target/cost.csv",
        "",
        "resource type",
        "model                                          3.0 TiB     4.0 TiB     4.0000"
        "     1.0 TiB     1.0 TiB     1.0000",
        "test                                         512.0 GiB   512.0 GiB     0.5000"
        "   512.0 GiB   512.0 GiB     0.5000",
        "snapshot                                           0 B         0 B     0.0000"
        "         0 B         0 B     0.0000",
        "",
        "layer",
        "warehouse                                      3.0 TiB     4.0 TiB     4.0000"
        "     1.0 TiB     1.0 TiB     1.0000",
        "marts                                        512.0 GiB   512.0 GiB     0.5000"
        "   512.0 GiB   512.0 GiB     0.5000",
        "snapshots                                          0 B         0 B     0.0000"
        "         0 B         0 B     0.0000",
        "",
        "all                                            3.5 TiB     4.5 TiB     4.5000"
        "     1.5 TiB     1.5 TiB     1.5000",
        "",
        "each node, tests too: target/cost.csv",
    ]


def test_the_file_has_a_row_per_form_and_node(tmp_path):
    file = tmp_path / "cost.csv"
    write_csv(COSTS, file)
    lines = file.read_text().splitlines()
    assert lines[0] == (
        "form,layer,resource_type,name,unique_id,statements_count,dry_runs_count,"
        "bytes_processed,bytes_billed,usd"
    )
    assert lines[2] == (f"full,warehouse,model,dim_port,model.azekura.dim_port,1,0,{TIB},{TIB},1.0")
    assert len(lines) == 1 + len(COSTS) == 1 + 4 + 4


@pytest.mark.parametrize(
    ("form", "budget_bytes", "budget_usd", "said"),
    [
        (
            "full",
            4 * TIB,
            None,
            r"the full build bills 4.5 TiB, the budget is 4.0 TiB \(cost_budget_bytes\)",
        ),
        (
            "window",
            None,
            1.4,
            r"the window build costs 1.5000 USD, the budget is 1.4000 USD \(cost_budget_usd\)",
        ),
        ("full", 0, None, r"the budget is 0 B"),
    ],
)
def test_a_budget_that_is_exceeded_fails(form, budget_bytes, budget_usd, said):
    with pytest.raises(CostError, match=said):
        check_budget(COSTS, form, budget_bytes, budget_usd)


def test_a_budget_that_is_kept_passes():
    check_budget(COSTS, "full", None, None)
    check_budget(COSTS, "full", 5 * TIB, 4.5)
    check_budget(COSTS, "run", 0, 0)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (10 * MIB, "10.0 MiB"),
        (1.5 * TIB, "1.5 TiB"),
    ],
)
def test_sizes_are_in_the_greatest_unit_that_they_fill(size, text):
    assert human_bytes(size) == text
