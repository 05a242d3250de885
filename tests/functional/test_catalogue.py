"""The catalogue of a small project: what is declared, what the columns hold, and where it leads."""

import json
from pathlib import Path

import pytest
from projects import Tiny

from serving.__main__ import main

VIEW_YAML = """
models:
  - name: feat_shop__orders
    description: One row per shop and hour; <b>it's "quoted"</b>.
    config:
      contract: {enforced: true}
      meta:
        feature_store:
          {entity: shop, keys: [shop_id], ttl: 2 hours, online: true, owner: ann, tags: [a, b]}
    columns:
      - {name: shop_id, data_type: int64}
      - {name: event_at, data_type: timestamp}
      - {name: known_at, data_type: timestamp}
      - {name: orders_count, data_type: int64, description: "Orders: it's a count."}
      - {name: share, data_type: float64}
      - {name: plan, data_type: string}
      - {name: is_open, data_type: bool}
      - {name: constant, data_type: int64}
      - {name: unknown, data_type: float64}
"""
VIEW = """
select
    cast(n % 3 as bigint) as shop_id,
    timestamp '2013-01-01 00:00:00' + to_hours(n) as event_at,
    timestamp '2013-01-01 00:30:00' + to_hours(n) as known_at,
    cast(case when n < 10 then n end as bigint) as orders_count,
    case n when 0 then 'nan'::double when 1 then 'inf' when 2 then null else n / 10 end as share,
    case when n < 15 then 'free' when n < 18 then 'it''s' end as plan,
    n % 2 = 0 as is_open,
    cast(7 as bigint) as constant,
    cast(null as double) as unknown
from range(20) as numbers (n)
"""
MODELS = {
    "feature_catalogue": "select * from {{ feature_rows() }} as declared",
    "feature_freshness": (
        "select * from {{ feature_freshness_rows([ref('feat_shop__orders')]) }} as measured"
    ),
    "feature_statistics": (
        "-- depends_on: {{ ref('feature_freshness') }}\n"
        "select * from {{ feature_statistics_rows() }} as measured"
    ),
    "feature_quantiles": (
        "-- depends_on: {{ ref('feature_freshness') }}\n"
        "select * from {{ feature_quantile_rows() }} as measured"
    ),
    "feature_distribution": (
        "select * from {{ feature_distribution_rows(ref('feature_statistics'), 4, 1) }} as counted"
    ),
    "model_catalogue": "select * from {{ model_rows([], []) }} as trained",
    **{
        f"model_{thing}": "-- depends_on: {{ ref('model_catalogue') }}\n"
        f"select * from {{{{ model_{macro}_rows() }}}} as found"
        for thing, macro in {
            "metrics": "metric",
            "roc": "roc",
            "confusion": "confusion",
            "importance": "importance",
            "residuals": "residual",
            "forecasts": "forecast",
            "versions": "version",
        }.items()
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    project = Tiny(tmp_path_factory.mktemp("catalogue"))
    project.variables["DBT_WRITE_JSON"] = "true"
    project.model("feat_shop__orders", VIEW)
    (project.root / "models" / "views.yml").write_text(VIEW_YAML)
    project.model("daily", "select orders_count + 1 as more from {{ ref('feat_shop__orders') }}")
    (project.root / "models" / "catalogue").mkdir()
    for name, sql in MODELS.items():
        project.model(f"catalogue/{name}", sql)
    project.build()
    return project


def test_every_feature_is_listed_as_declared(project):
    rows = project.query(
        "select feature_name, data_type, description, view_version, is_latest, entity, keys, ttl,"
        " ttl_seconds, is_online, owner, tags, view_description from feature_catalogue"
    )
    assert [row[0] for row in rows] == [
        *("orders_count", "share", "plan", "is_open", "constant", "unknown")
    ]
    assert rows[0][1:] == (
        *("INT64", "Orders: it's a count.", 1, True, "shop", "shop_id", "2 hours", 7200, True),
        *("ann", "a, b", 'One row per shop and hour; <b>it\'s "quoted"</b>.'),
    )


def test_freshness_is_measured(project):
    assert project.query(
        "select rows_count, entities_count, cast(newest_event_at as varchar),"
        " cast(newest_known_at as varchar) from feature_freshness"
    ) == [(20, 3, "2013-01-01 19:00:00", "2013-01-01 19:30:00")]


def test_statistics_leave_out_what_is_no_number(project):
    found = {
        row[0]: row[1:]
        for row in project.query(
            "select feature_name, nulls_count, distinct_count, minimum, maximum, mean"
            " from feature_statistics"
        )
    }
    assert found == {
        "orders_count": (10, 10, 0.0, 9.0, 4.5),
        "share": (1, 19, 0.3, 1.9, pytest.approx(1.1)),
        "plan": (2, 2, None, None, None),
        "is_open": (0, 2, 0.0, 1.0, 0.5),
        "constant": (0, 1, 7.0, 7.0, 7.0),
        "unknown": (20, 0, None, None, None),
    }


def test_quantiles_are_values_that_occur(project):
    assert project.query(
        "select feature_name, quantile_05, quantile_50, quantile_95 from feature_quantiles"
        " where feature_name != 'share' order by 1"
    ) == [
        ("constant", 7.0, 7.0, 7.0),
        ("orders_count", 0.0, 4.0, 9.0),
        ("unknown", None, None, None),
    ]


def test_distributions_hold_every_known_value_once(project):
    found = project.query(
        "select feature_name, bucket_number, low, high, category, rows_count"
        " from feature_distribution where feature_name != 'share' order by 1, 2"
    )
    assert found == [
        ("constant", 0, 7.0, 8.0, None, 20),
        ("is_open", 0, None, None, "false", 10),
        ("is_open", 1, None, None, None, 10),
        ("orders_count", 0, 0.0, 3.0, None, 3),
        ("orders_count", 1, 3.0, 6.0, None, 3),
        ("orders_count", 2, 6.0, 9.0, None, 3),
        ("orders_count", 3, 9.0, 12.0, None, 1),
        ("plan", 0, None, None, "free", 15),
        ("plan", 1, None, None, None, 3),
    ]
    [[total]] = project.query(
        "select sum(rows_count) from feature_distribution where feature_name = 'share'"
    )
    assert total == 17


def test_without_models_their_tables_are_empty(project):
    for name in MODELS:
        if name.startswith("model_"):
            assert project.query(f"select count(*) from {name}") == [(0,)]


@pytest.fixture
def target(project, monkeypatch) -> Path:
    monkeypatch.chdir(project.root)
    for name, value in project.variables.items():
        monkeypatch.setenv(name, value)
    return Path(project.variables["DBT_TARGET_PATH"])


def test_the_commands_write_files_and_a_table(project, target, capsys):
    assert main(["lineage"]) == 0
    assert main(["catalogue"]) == 0
    assert "6 features, 0 models" in capsys.readouterr().out
    content = json.loads((target / "feature_catalogue.json").read_text())
    [share] = [one for one in content["features"] if one["feature_name"] == "share"]
    assert share["statistics"]["maximum"] == 1.9
    assert share["freshness"]["newest_event_at"] == "2013-01-01T19:00:00Z"
    assert share["keys"] == ["shop_id"] and share["tags"] == ["a", "b"]
    assert project.query("select upstream_column, downstream_name from feature_lineage") == [
        ("orders_count", "daily")
    ]


def test_a_view_that_is_not_named_is_refused(tmp_path):
    project = Tiny(tmp_path)
    project.model("feat_shop__orders", VIEW)
    (project.root / "models" / "views.yml").write_text(VIEW_YAML)
    project.model("feature_freshness", "select * from {{ feature_freshness_rows([]) }} as measured")
    outcome = project.dbt("run")
    outcome.failed_saying("feature_freshness", "add ref('feat_shop__orders')")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["catalogue"], "There is no"),
        (["lineage"], "run `dbt build` first"),
        (["catalogue", "--manifest", "broken.json"], "is not JSON"),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    (tmp_path / "broken.json").write_text("{")
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_a_database_that_is_being_written_is_told(project, target, capsys):
    """By another process: DuckDB has one writer."""
    import subprocess
    import sys

    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True);"
            " sys.stdin.read()",
            str(project.database),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holding.stdout.readline() == b"held\n"
        assert main(["catalogue"]) == 1
        assert "is held by another process" in capsys.readouterr().err
    finally:
        holding.stdin.close()
        holding.wait()
