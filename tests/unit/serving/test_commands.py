"""The commands, as a user types them."""

import json

import duckdb
import pytest

from serving.__main__ import main

COLUMNS = {"user_id": "int64", "event_at": "timestamp", "known_at": "timestamp", "day": "date"}


def view_node(name="feat_user__stats", features=None, **setting):
    columns = COLUMNS | (features or {"visits": "int64", "seen_on": "date"})
    return {
        "resource_type": "model",
        "name": name,
        "unique_id": f"model.azekura.{name}",
        "relation_name": f'"azekura"."main"."{name}"',
        "columns": {c: {"name": c, "data_type": type_} for c, type_ in columns.items()},
        "config": {
            "meta": {"feature_store": {"keys": ["user_id"], "online": True, **setting}},
            "partition_by": {"field": "day"},
        },
    }


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a manifest and a built DuckDB file; the store is made in it."""
    service = {
        "resource_type": "model",
        "name": "ml_churn__training_set",
        "unique_id": "model.azekura.ml_churn__training_set",
        "config": {
            "meta": {
                "feature_service": {
                    "name": "churn",
                    "views": [
                        {
                            "view": "feat_user__stats",
                            "keys": {"customer": "user_id"},
                            "columns": {"visits": "visits_7d"},
                        }
                    ],
                }
            }
        },
    }
    offline = view_node("feat_user__rare", online=False)
    nodes = {node["unique_id"]: node for node in (view_node(ttl="3 hours"), service, offline)}
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    with duckdb.connect(str(tmp_path / "azekura.duckdb")) as connection:
        connection.execute(
            "create table feat_user__stats as select 7::bigint as user_id,"
            " timestamp '2026-01-01' as event_at, timestamp '2026-01-01 00:01' as known_at,"
            " date '2026-01-01' as day, 5::bigint as visits, date '2026-01-01' as seen_on"
        )
    monkeypatch.chdir(tmp_path)
    for name in ("AZEKURA_ONLINE_STORE", "AZEKURA_DUCKDB", "DBT_TARGET_PATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(project, capsys):
    def run(*arguments: str) -> tuple[int, str]:
        """The exit code, and what is said."""
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_features_are_materialized_looked_at_and_read(run, project):
    assert run("status") == (
        0,
        "view                state             entities  known up to  age\n"
        "feat_user__stats@1  not materialized\n",
    )
    code, said = run("materialize")
    assert (code, said) == (
        0,
        "feat_user__stats@1: 1 entities built, known up to 2026-01-01 00:01:00Z\n",
    )
    assert (project / "online.sqlite").exists()
    assert "1 entities updated" in run("materialize", "--view", "feat_user__stats")[1]
    assert "1 entities built" in run("materialize", "--full", "--view", "feat_user__stats@1")[1]
    code, said = run("status")
    assert "feat_user__stats@1  live   1         2026-01-01 00:01:00Z" in said
    code, said = run("read", "feat_user__stats", "user_id=7", "--at", "2026-01-01T03:00Z")
    assert said.splitlines()[1].split() == [
        *("visits", "5", "PRESENT", "feat_user__stats@1", "2026-01-01", "00:00:00Z")
    ]
    code, said = run("read", "churn", "customer=7", "--at", "2026-01-01T03:00", "--json")
    assert json.loads(said) == {
        "features": {"visits_7d": 5},
        "views": [
            {
                "view": "feat_user__stats",
                "version": 1,
                "status": "PRESENT",
                "event_time": "2026-01-01T00:00:00+00:00",
                "known_time": "2026-01-01T00:01:00+00:00",
            }
        ],
    }
    # a minute after it happened it was known, and before that it is not told
    for name, key in (("churn", "customer=7"), ("feat_user__stats", "user_id=7")):
        code, said = run("read", name, key, "--at", "2026-01-01T00:00:59Z")
        assert said.splitlines()[1].split()[1:3] == ["NULL", "NOT_AVAILABLE_AT"]
        code, said = run("read", name, key, "--at", "2026-01-01T00:01:00Z")
        assert said.splitlines()[1].split()[1:3] == ["5", "PRESENT"]
    # now it is too old
    assert "OUTSIDE_TTL" in run("read", "churn", "customer=7")[1]
    assert run("drop", "feat_user__stats@1")[0] == 0
    assert "not materialized" in run("status")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("", 2, "python -m serving: the following arguments are required: command"),
        ("materialise", 2, "invalid choice: 'materialise'"),
        ("materialize --view feat_user", 1, "no feature view 'feat_user' (there are: feat_user"),
        ("materialize --view feat_user__stats@3", 1, "no version 3 of feat_user__stats"),
        ("materialize --view feat_user__rare", 1, "feat_user__rare@1 is not online: set"),
        ("materialize --from oracle", 2, "invalid choice: 'oracle'"),
        ("materialize --from bigquery", 1, "Set AZEKURA_BIGQUERY_PROJECT"),
        ("materialize --until noon", 2, "'noon' is no moment such as"),
        ("materialize --store mysql://x", 1, "mysql://… is no online store"),
        ("read churn", 1, "churn is read by customer: 'customer' is missing"),
        ("read churn customer", 1, "'customer' is no key=value, such as customer=…"),
        ("read churn customer=seven", 1, "churn.customer is INT64; 'seven' (str) is not"),
        ("read churn user_id=7", 1, "no key 'user_id' of churn (there is: customer)"),
        ("read churned customer=7", 1, "did you mean 'churn'?"),
        ("read churn customer=7", 1, "no online store at sqlite:///online.sqlite: run"),
        ("drop feat_user__stats", 1, "Say which version of feat_user__stats is to go"),
        ("drop feat_user__stats@1", 1, "no view version 'feat_user__stats@1' in sqlite:///onl"),
        ("status --manifest none.json", 1, "no manifest at none.json: run `dbt parse`"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(run, monkeypatch, arguments, code, said):
    monkeypatch.delenv("AZEKURA_BIGQUERY_PROJECT", raising=False)
    got, text = run(*arguments.split())
    assert got == code
    assert said in text
    assert text.startswith("python -m serving")
    assert len(text.strip().splitlines()) == 1


def test_the_store_and_the_warehouse_are_set_by_the_environment(run, project, monkeypatch):
    (project / "azekura.duckdb").rename(project / "other.duckdb")
    assert "no DuckDB file azekura.duckdb" in run("materialize")[1]
    monkeypatch.setenv("AZEKURA_DUCKDB", str(project / "other.duckdb"))
    monkeypatch.setenv("AZEKURA_ONLINE_STORE", "sqlite:///features.sqlite")
    (project / "target").rename(project / "made")
    monkeypatch.setenv("DBT_TARGET_PATH", "made")
    assert run("materialize")[0] == 0
    assert (project / "features.sqlite").exists()


def test_a_database_that_dbt_is_writing_is_told(run, project):
    import subprocess
    import sys

    code = "import duckdb; c = duckdb.connect('azekura.duckdb'); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "open\n"
        code, said = run("materialize")
        writer.communicate("\n")
    assert code == 1
    assert "is held by another process (" in said
    assert "): materialize when it has finished." in said
