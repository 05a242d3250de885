"""Bytes against queries whose scan is known; prices, budgets, dry runs, real runs."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbt.adapters.bigquery.connections import BigQueryConnectionManager
from google.api_core.exceptions import BadRequest, NotFound

from cost.__main__ import main

MIB = 1024**2
GIB = 1024**3

# Sizes of a row in bytes: id 8, word 2 + 5, city 2 + 7 (five letters in seven bytes), price 16,
# flag 1, day 8, place (x 8, name 2 + 1), numbers 8 each, parts (size 8, label 2 + 2) each. The last
# row holds NULLs, which have no size.
EVENTS = """
{{ config(partition_by={'field': 'day', 'data_type': 'date'}) }}
{% if target.type == 'bigquery' %}
    {% set place = "struct(cast(1 as int64) as x, 'a' as name)" %}
    {% set part = "struct(cast(1.5 as float64) as size, 'ab' as label)" %}
{% else %}
    {% set place = "struct_pack(x := cast(1 as bigint), name := 'a')" %}
    {% set part = "struct_pack(size := cast(1.5 as double), label := 'ab')" %}
{% endif %}
{% for number in range(4) %}
select
    cast({{ number }} as {{ dbt.type_bigint() }}) as id,
    'abcde' as word,
    'Zürïc' as city,
    cast(1.5 as numeric) as price,
    true as flag,
    date '2013-03-0{{ 1 + number // 2 }}' as day,
    {{ place }} as place,
    [cast(1 as {{ dbt.type_bigint() }}), 2, 3] as numbers,
    [{{ part }}, {{ part }}] as parts
union all
{% endfor %}
select null, null, null, null, null, date '2013-03-05', null, null, null
"""

DAILY = """
{{ config(
    materialized='incremental', incremental_strategy='replace_window', event_time='day', lookback=1,
    partition_by={'field': 'day', 'data_type': 'date'}
) }}
select id, day from {{ ref('events') }} where {{ in_window('day') }}
"""

TRAINED = """
{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'linear_reg', 'input_label_cols': ['twice'], 'data_split_method': 'no_split'
}}) }}
select id, 2 * id as twice from {{ ref('events') }} where id is not null
"""

# a model over them, and the bytes that BigQuery scans for it
KNOWN = {
    "integers": ("select id from {{ ref('events') }}", 4 * 8),
    "text": ("select word from {{ ref('events') }}", 4 * 7),
    "text_beyond_ascii": ("select city from {{ ref('events') }}", 4 * 9),
    "decimals": ("select price from {{ ref('events') }}", 4 * 16),
    "flags": ("select flag from {{ ref('events') }}", 4 * 1),
    "days": ("select day from {{ ref('events') }}", 5 * 8),
    "struct": ("select place from {{ ref('events') }}", 4 * 11),
    "field": ("select place.x as x from {{ ref('events') }}", 4 * 8),
    "arrays": ("select numbers from {{ ref('events') }}", 4 * 24),
    "arrays_of_structs": ("select parts from {{ ref('events') }}", 4 * 24),
    "rows": ("select count(*) as n from {{ ref('events') }}", 0),
    "never": ("select id, word from {{ ref('events') }} where false", 0),
    "one_day": ("select id from {{ ref('events') }} where day = date '2013-03-01'", 2 * (8 + 8)),
    "from_a_day": (
        "select id from {{ ref('events') }} where day >= date '2013-03-02'",
        2 * 8 + 3 * 8,
    ),
    "beyond_all_days": ("select id from {{ ref('events') }} where day > date '2014-01-01'", 0),
    "twice": (
        "select a.id from {{ ref('events') }} as a"
        " inner join {{ ref('events') }} as b on a.id = b.id",
        4 * 8,
    ),
    "two_days": (
        "select id from {{ ref('events') }} where day = date '2013-03-01' union all"
        " select id from {{ ref('events') }} where day = date '2013-03-02'",
        4 * (8 + 8),
    ),
    "unused_columns": (
        "with all_of_it as (select * from {{ ref('events') }}) select id from all_of_it",
        4 * 8,
    ),
    "joined": (
        "select a.word from {{ ref('events') }} as a"
        " left join {{ ref('integers') }} as b on a.id = b.id",
        4 * (7 + 8) + 4 * 8,
    ),
    "through_a_view": ("select id from {{ ref('recent') }}", 2 * 8 + 3 * 8),
    "constants": ("select 1 as one", 0),
}


@pytest.fixture(scope="module")
def cost(tiny: Callable) -> "Priced":
    """The tables and models above, built on DuckDB, and what `python -m cost` says of them."""
    project = tiny()
    project.variables["DBT_WRITE_JSON"] = "true"  # the newest day is looked up by manifest.json
    project.model("events", EVENTS)
    project.model(
        "recent",
        "{{ config(materialized='view') }} select id, word from {{ ref('events') }}"
        " where day >= date '2013-03-02'",
    )
    for name, (sql, _) in KNOWN.items():
        project.model(name, sql)
    project.model("daily", DAILY)
    project.model("trained", TRAINED)
    project.build()
    priced = Priced(project)
    assert priced.plan("--day", "2013-03-02") == 0
    return priced


class Priced:
    """A project, and the two commands that say what it costs."""

    def __init__(self, project) -> None:
        self.project = project
        self.target = Path(project.variables["DBT_TARGET_PATH"])
        self.file = self.target / "cost" / "plan.json"

    def plan(self, *arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.project.variables.items():
                patch.setenv(name, value)
            patch.chdir(self.project.root)
            return main(list(arguments))

    def price(self, variables: str = "{}", **arguments):
        """The outcome of `dbt run-operation cost`, and the rows of its file by form and name."""
        outcome = self.project.dbt(
            "run-operation", "cost", "--args", json.dumps(arguments), "--vars", variables
        )
        with (self.target / "cost.csv").open() as file:
            rows = {(row["form"], row["name"]): row for row in csv.DictReader(file)}
        return outcome, rows

    def write_plan(self, *statements: dict) -> None:
        """A plan of statements on `events`, all of whose other keys have a default."""
        held = json.loads(self.file.read_text())
        held["statements"] = [
            {"number": n, "form": "full", "kind": "QueryStmt", "dry_run_bytes": None, "scans": []}
            | statement
            for n, statement in enumerate(statements)
        ]
        self.file.write_text(json.dumps(held))


@pytest.fixture
def planned(cost: Priced):
    """For a test that writes another plan."""
    text = cost.file.read_text()
    yield cost
    cost.file.write_text(text)


def scan(table: str = "model.azekura.events", *columns: str, **other) -> dict:
    keys = {"is_temporary": False, "is_rewritten": False, "low": None, "high": None}
    return keys | {"table": table, "columns": columns or ["id"], "extent": "bounds"} | other


@pytest.fixture(scope="module")
def estimated(cost: Priced) -> dict[str, dict]:
    """What each model above costs when it is first built."""
    outcome, rows = cost.price(budget_bytes=10 * GIB, budget_usd=1)
    assert outcome.success
    return {name: row for (form, name), row in rows.items() if form == "full"}


def test_bytes_are_those_that_bigquery_scans(estimated):
    assert {name: int(estimated[name]["bytes_processed"]) for name in KNOWN} == {
        name: known for name, (_, known) in KNOWN.items()
    }


def test_whole_megabytes_are_billed_ten_for_each_table_and_none_for_nothing(estimated):
    billed = {name: int(row["bytes_billed"]) for name, row in estimated.items()}
    assert billed["integers"] == 10 * MIB
    assert billed["joined"] == 20 * MIB
    assert billed["rows"] == 0
    assert float(estimated["joined"]["usd"]) == pytest.approx(20 / 1024**2 * 6.25, rel=1e-12)


def test_training_has_its_own_price(estimated):
    """Its rows are read once to train, and once for the checksum that is written down."""
    assert int(estimated["trained"]["bytes_processed"]) == 2 * 4 * 8
    trained = 10 / 1024**2 * (312.5 + 6.25)
    assert float(estimated["trained"]["usd"]) == pytest.approx(trained, rel=1e-12)


def test_prices_and_budget_are_vars(cost):
    outcome, rows = cost.price(
        "{price_per_tib: 1024, create_model_price_per_tib: 2048, cost_budget_bytes: 1000}"
    )
    assert float(rows["full", "joined"]["usd"]) == pytest.approx(20 / 1024, rel=1e-12)
    assert float(rows["full", "trained"]["usd"]) == pytest.approx(30 / 1024, rel=1e-12)
    assert not outcome.success


def test_a_large_statement_is_rounded_up_to_a_megabyte(planned):
    planned.write_plan(
        {"node": "model.azekura.rows", "dry_run_bytes": 100 * MIB + 1, "scans": [scan()]},
        {
            "node": "model.azekura.flags",
            "dry_run_bytes": 3,
            "scans": [scan(), scan("model.azekura.rows")],
        },
        {"node": "model.azekura.days", "dry_run_bytes": 0, "scans": [scan()]},
        {"node": "model.azekura.text", "scans": [scan()]},
    )
    _, rows = planned.price()
    found = {
        name: (int(row["bytes_processed"]), int(row["bytes_billed"]), row["dry_runs_count"])
        for (form, name), row in rows.items()
        if form == "full"
    }
    assert found == {
        "rows": (100 * MIB + 1, 101 * MIB, "1"),
        "flags": (3, 20 * MIB, "1"),
        "days": (0, 0, "1"),
        "text": (32, 10 * MIB, "0"),
    }


def test_what_changes_rows_reads_the_rewritten_partitions_whole(planned):
    row = 8 + 7 + 9 + 16 + 1 + 8 + 11 + 24 + 24
    day = {"low": "2013-03-02 00:00:00", "high": "2013-03-03 00:00:00"}
    whole = scan(
        "model.azekura.events",
        *["id", "word", "city", "price", "flag", "day", "place", "numbers", "parts"],
    )
    planned.write_plan(
        {
            "node": "model.azekura.rows",
            "kind": "DeleteStmt",
            "scans": [scan(**day), whole | day | {"is_rewritten": True}],
        },
    )
    _, rows = planned.price()
    assert int(rows["full", "rows"]["bytes_processed"]) == 2 * 8 + 2 * row
    assert int(rows["full", "rows"]["bytes_billed"]) == 10 * MIB


def test_a_run_of_a_window_builds_the_rest_whole(planned):
    planned.write_plan(
        {"node": "model.azekura.rows", "dry_run_bytes": 30 * MIB},
        {"node": "model.azekura.rows", "dry_run_bytes": 20 * MIB, "form": "window"},
        {"node": "model.azekura.flags", "dry_run_bytes": 50 * MIB},
    )
    _, rows = planned.price()
    processed = {key: int(row["bytes_processed"]) // MIB for key, row in rows.items()}
    assert processed == {
        ("full", "rows"): 30,
        ("full", "flags"): 50,
        ("window", "rows"): 20,
        ("window", "flags"): 50,
    }


def test_a_window_reads_its_days_and_replaces_them(cost):
    """Of 2 March, with a day's lookback: four rows of 16 bytes.

    One MERGE reads them from upstream, asks for the target's days and rewrites its rows.
    """
    _, rows = cost.price(select="daily")
    assert int(rows["full", "daily"]["bytes_processed"]) == 4 * 8 + 5 * 8
    read, asked, rewritten = 4 * 16, 4 * 8, 4 * 16
    assert int(rows["window", "daily"]["bytes_processed"]) == read + asked + rewritten


def test_a_selection_is_of_names_layers_or_types(cost):
    outcome, rows = cost.price(select="int* joined snapshot")
    assert outcome.success
    assert {name for _, name in rows} == {"integers", "joined"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"budget_bytes": 20 * MIB}, ["Over budget: the full build bills", "20.0 MiB"]),
        ({"budget_usd": 0.0001, "form": "window"}, ["Over budget: the window", "0.0001 USD"]),
        ({"form": "weekly"}, ["form 'weekly' is unknown"]),
    ],
)
def test_a_budget_that_is_exceeded_fails(cost, capfd, arguments, words):
    outcome, _ = cost.price(**arguments)
    assert not outcome.success
    said = " ".join(capfd.readouterr().out.split())
    assert all(word in said for word in words), said


def test_a_table_that_is_not_built_is_named(planned, capfd):
    planned.project.model("later", "select 1 as id")
    held = json.loads(planned.file.read_text())
    leaf = {"name": "id", "column": "id", "steps": [], "type": "INT64"}
    held["tables"].append({"id": "model.azekura.later", "leaves": [leaf]})
    planned.file.write_text(json.dumps(held))
    try:
        outcome, _ = planned.price()
    finally:
        (planned.project.root / "models" / "later.sql").unlink()
    assert not outcome.success
    assert "There is no table of later here" in " ".join(capfd.readouterr().out.split())


def test_without_a_plan_the_command_to_write_it_is_named(planned, capfd):
    planned.file.rename(planned.file.with_suffix(".away"))
    try:
        assert not planned.project.dbt("run-operation", "cost").success
    finally:
        planned.file.with_suffix(".away").rename(planned.file)
    assert "write it with `python -m cost`" in " ".join(capfd.readouterr().out.split())


def test_a_statement_that_bigquery_would_refuse_is_named(planned, capsys):
    planned.project.model("wrong", "select nope from {{ ref('events') }}")
    try:
        assert planned.plan("--day", "2013-03-02") == 1
    finally:
        (planned.project.root / "models" / "wrong.sql").unlink()
    said = capsys.readouterr().err
    assert "model.azekura.wrong" in said
    assert "Unrecognized name: nope" in said


# ---- dry runs


class Account:
    """The client of a BigQuery that can be asked for dry runs only."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, query: str, job_config, **_) -> SimpleNamespace:
        assert job_config.dry_run
        self.asked.append(query)
        if "`events`" in query and "select word" in query:
            said = "Not found: Table demo:main.events was not found in location US"
            raise NotFound(said, errors=[{"message": said, "reason": "notFound"}])
        return SimpleNamespace(
            total_bytes_processed=123 * MIB,
            location=None,
            job_id=None,
            project=None,
            result=lambda **_: [],
        )

    def close(self) -> None:
        pass


@pytest.fixture
def account(monkeypatch) -> Account:
    client = Account()

    def opened(_, connection):
        connection.handle, connection.state = client, "open"
        return connection

    monkeypatch.setattr(BigQueryConnectionManager, "open", classmethod(opened))
    return client


def test_a_dry_run_takes_the_place_of_the_estimate(planned, account, capsys):
    assert planned.plan("--dry-run") == 0
    # the newest day of `daily`
    assert "a window of 2013-03-05" in capsys.readouterr().out
    _, rows = planned.price()
    assert int(rows["full", "integers"]["bytes_processed"]) == 123 * MIB
    assert int(rows["full", "integers"]["bytes_billed"]) == 123 * MIB
    # what is not there yet is estimated
    assert int(rows["full", "text"]["bytes_processed"]) == 4 * 7
    # what reads no table is not asked for
    assert rows["full", "constants"]["dry_runs_count"] == "0"
    assert not [sql for sql in account.asked if "select 1 as one" in sql]


def test_what_bigquery_refuses_in_a_dry_run_is_said(planned, account, capsys):
    def refuse(*_, **__):
        said = "Cannot access field x on a value with type INT64"
        raise BadRequest(said, errors=[{"message": said, "reason": "invalidQuery"}])

    account.query = refuse
    assert planned.plan("--day", "2013-03-02", "--dry-run") == 1
    assert "Cannot access field x" in capsys.readouterr().err


# ---- after a real run


def test_a_real_run_is_shown_as_it_was_billed(cost, tmp_path):
    """run_results.json as dbt-bigquery writes it."""
    billed = {"code": "CREATE TABLE", "bytes_processed": 90 * MIB, "bytes_billed": 100 * MIB}
    results = [
        {"unique_id": "model.azekura.integers", "adapter_response": billed | {"slot_ms": 5}},
        {
            "unique_id": "model.azekura.rows",
            "adapter_response": {"bytes_processed": 0, "bytes_billed": 0},
        },
        {
            "unique_id": "model.azekura.trained",
            "adapter_response": {"bytes_processed": MIB, "bytes_billed": 10 * MIB},
        },
        {"unique_id": "model.azekura.recent", "adapter_response": {}},
        {"unique_id": "model.azekura.text", "adapter_response": {"bytes_processed": None}},
    ]
    file = tmp_path / "run_results.json"
    file.write_text(json.dumps({"metadata": {}, "results": results, "elapsed_time": 1.0}))
    outcome, rows = cost.price(run_results=str(file))
    assert outcome.success
    assert {key: (row["bytes_processed"], row["bytes_billed"]) for key, row in rows.items()} == {
        ("run", "integers"): (str(90 * MIB), str(100 * MIB)),
        ("run", "rows"): ("0", "0"),
        ("run", "trained"): (str(MIB), str(10 * MIB)),
        ("run", "recent"): ("0", "0"),
        ("run", "text"): ("0", "0"),
    }
    assert float(rows["run", "integers"]["usd"]) == pytest.approx(100 / 1024**2 * 6.25, rel=1e-12)
    assert float(rows["run", "trained"]["usd"]) == pytest.approx(10 / 1024**2 * 312.5, rel=1e-12)
    over, _ = cost.price(run_results=str(file), budget_bytes=109 * MIB)
    assert not over.success


def test_a_missing_run_is_said(cost, capfd):
    cost.price(run_results="nowhere/run_results.json")
    assert "There is no nowhere/run_results.json" in " ".join(capfd.readouterr().out.split())
