"""The rows a past model was trained on, built again; tables as they were."""

import json
from datetime import date

import pytest

from serving.__main__ import main

SOURCES = """
sources:
  - name: shop
    schema: files
    tables:
      - name: orders
        config: {meta: {lake: {format: ndjson, key: [order_id], max_lateness_days: 60}}}
        columns:
          - {name: order_id, data_type: int64}
          - {name: amount, data_type: float64}
          - {name: event_at, data_type: timestamp}
          - {name: ingested_at, data_type: timestamp}
"""
STAGED = "select * from {{ lake_records('shop', 'orders') }} as records where reject_reason is null"
MODEL = """
{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'linear_reg', 'input_label_cols': ['amount'], 'data_split_method': 'no_split',
}}) }}
select order_id, amount from {{ ref('stg_shop__orders') }}
"""


def land(project, arrived: date, orders: dict[int, float]) -> None:
    """Orders of the first of January that arrive on a day."""
    folder = project.lake / "shop" / "orders" / f"ingested_date={arrived}"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "order_id": number,
                "amount": amount,
                "event_at": "2013-01-01T10:00:00Z",
                "ingested_at": f"{arrived}T12:00:00Z",
            }
        )
        for number, amount in orders.items()
    ]
    (folder / "orders.ndjson").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def shop(tiny):
    """Trained on the orders of January; then more of them and a correction arrive in February."""
    project = tiny()
    project.variables["DBT_WRITE_JSON"] = "true"
    lake = project.root / "models" / "lake"
    lake.mkdir()
    (lake / "sources.yml").write_text(SOURCES)
    (lake / "stg_shop__orders.sql").write_text(STAGED)
    project.model("line", MODEL)
    land(project, date(2013, 1, 2), {number: 2.5 * number for number in range(20)})
    project.dbt("run").succeeded()
    land(project, date(2013, 2, 1), {3: 99.0, 50: 1.0})
    return project


@pytest.fixture
def reproduce(shop, monkeypatch, capsys):
    """The command, in the project's environment: its exit code and what it says."""
    for name, value in shop.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(shop.root)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["reproduce", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_the_rows_of_a_past_training_come_back_whatever_arrived_since(shop, reproduce, tmp_path):
    code, said = reproduce("line", "--to", str(tmp_path / "rows.parquet"))
    assert (code, "the same 20 rows" in said) == (0, True), said
    [(count, amount)] = shop.query(
        f"select count(*), max(amount) filter (order_id = 3) from '{tmp_path}/rows.parquet'"
    )
    assert (count, amount) == (20, 7.5)

    # trained again, on what has arrived: the first training stays reproducible
    shop.dbt("run").succeeded()
    runs = shop.query("select run_id, rows_count from line__runs order by trained_at")
    assert [count for _, count in runs] == [20, 21]
    code, said = reproduce("line", "--run", runs[0][0])
    assert (code, "the same 20 rows" in said) == (0, True), said
    code, said = reproduce("line", "--list")
    assert [line.split()[-2] for line in said.splitlines()] == ["20", "21"]


def test_a_lake_that_was_changed_behind_the_training_is_found(shop, reproduce):
    file = shop.lake / "shop" / "orders" / "ingested_date=2013-01-02" / "orders.ndjson"
    kept = file.read_text()
    try:
        file.write_text(kept.replace('"amount": 5.0,', '"amount": 5.5,'))
        code, said = reproduce("line")
    finally:
        file.write_text(kept)
    assert code == 1
    assert "not the same ones" in said and "files of the lake" in said


def test_a_definition_that_was_changed_is_named_as_the_reason(shop, reproduce):
    shop.model(
        "line", MODEL.replace("select order_id, amount", "select order_id, 2 * amount as amount")
    )
    try:
        code, said = reproduce("line")
    finally:
        shop.model("line", MODEL)
    assert code == 1
    assert "the project's files have changed since" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lien"], "no trained model 'lien'"),
        (["line", "--run", "7"], "no training '7' of line"),
        (["line", "--manifest", "nowhere.json"], "nowhere.json cannot be read"),
    ],
)
def test_what_cannot_be_reproduced_is_said_in_one_sentence(reproduce, arguments, words):
    code, said = reproduce(*arguments)
    assert code == 1
    assert words in said


def test_a_moment_that_is_none_is_refused(shop):
    outcome = shop.dbt("compile", "--vars", "{lake_as_of: yesterday}")
    outcome.failed_saying("var lake_as_of: 'yesterday' is no moment")


def test_a_snapshot_is_read_as_it_was_and_a_table_of_duckdb_is_refused(tiny):
    project = tiny()
    (project.root / "snapshots").mkdir()
    (project.root / "snapshots" / "snap.yml").write_text(
        "snapshots: [{name: snap_price, relation: ref('price'), config: {unique_key: id,"
        " strategy: timestamp, updated_at: updated_at,"
        " dbt_valid_to_current: \"cast('9999-12-31' as timestamp)\"}}]"
    )
    for day, amount in (("2013-01-01", 1), ("2013-01-05", 2)):
        project.model(
            "price", f"select 1 as id, {amount} as amount, timestamp '{day}' as updated_at"
        )
        project.dbt("build", "--select", "price", "snap_price").succeeded()
    days = ["2012-12-31", "2013-01-01", "2013-01-04 23:59:59", "2013-01-05", "2020-01-01"]
    project.model(
        "seen",
        "\nunion all\n".join(
            f"select '{day}' as day, amount from"
            " {{ as_of(ref('snap_price'), \"timestamp '" + day + "'\") }} as price"
            for day in days
        ),
    )
    project.dbt("run", "--select", "seen").succeeded()
    assert dict(project.query("from seen")) == dict(zip(days[1:], [1, 1, 2, 2], strict=True))
    project.model("seen", "select * from {{ as_of(ref('price'), 'current_timestamp') }} as price")
    project.dbt("run", "--select", "seen").failed_saying("as_of in seen", "is no snapshot")
