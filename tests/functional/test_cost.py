"""`python -m cost` on a project built for real.

Bytes of queries whose scan is known, prices by dbt's vars, dry runs, real runs, and what it says
when it cannot know.
"""

import contextlib
import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import duckdb
import pytest
from dbt.adapters.bigquery.connections import BigQueryConnectionManager
from google.api_core.exceptions import BadRequest, NotFound

from cost.__main__ import main
from cost.statements import googlesql_cache

ROOT = Path(__file__).parents[2]

MIB = 1024**2

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


class Said(NamedTuple):
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str


class Priced:
    """A project, and the command that says what it costs."""

    def __init__(self, project) -> None:
        self.project = project
        self.target = Path(project.variables["DBT_TARGET_PATH"])

    def run(self, *arguments: str, **variables: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            for name, value in (self.project.variables | variables).items():
                patch.setenv(name, value)
            patch.chdir(self.project.root)
            try:
                code = main(list(arguments))
            except SystemExit as left:  # argparse's own
                code = left.code
        return Said(code, out.getvalue(), err.getvalue())

    def rows(self) -> dict[tuple[str, str], dict[str, str]]:
        """The rows of the file that the last command has written, by form and name."""
        with (self.target / "cost.csv").open() as file:
            return {(row["form"], row["name"]): row for row in csv.DictReader(file)}

    @contextlib.contextmanager
    def with_model(self, name: str, sql: str) -> Iterator[None]:
        """A model that is not built."""
        self.project.model(name, sql)
        try:
            yield
        finally:
            (self.project.root / "models" / f"{name}.sql").unlink()


@pytest.fixture(scope="module")
def cost(tiny: Callable) -> Priced:
    """The tables and models above, built on DuckDB, and BigQuery's prices."""
    project = tiny()
    (project.root / "seeds").mkdir()
    for file in (ROOT / "seeds").glob("bigquery_prices.*"):
        (project.root / "seeds" / file.name).symlink_to(file)
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
    # GoogleSQL is compiled once for all tests of the clone
    shared = googlesql_cache(ROOT / "target")
    shared.mkdir(parents=True, exist_ok=True)
    googlesql_cache(priced.target).symlink_to(shared)
    return priced


@pytest.fixture(scope="module")
def estimate(cost: Priced) -> dict[tuple[str, str], dict[str, str]]:
    """What each model above costs, by form and name."""
    said = cost.run("--day", "2013-03-02", "--budget-bytes", "1e10", "--budget-usd", "1")
    assert said.code == 0, said.err
    assert "a window of 2013-03-02" in said.out
    return cost.rows()


@pytest.fixture(scope="module")
def first(estimate: dict) -> dict[str, dict[str, str]]:
    """What each costs when it is first built."""
    return {name: row for (form, name), row in estimate.items() if form == "full"}


def test_bytes_are_those_that_bigquery_scans(first):
    assert {name: int(first[name]["bytes_processed"]) for name in KNOWN} == {
        name: known for name, (_, known) in KNOWN.items()
    }


def test_whole_megabytes_are_billed_ten_for_each_table_and_none_for_nothing(first):
    billed = {name: int(row["bytes_billed"]) for name, row in first.items()}
    assert billed["integers"] == 10 * MIB
    assert billed["joined"] == 20 * MIB
    assert billed["rows"] == 0
    assert float(first["joined"]["usd"]) == pytest.approx(20 / 1024**2 * 6.25, rel=1e-12)


def test_training_has_its_own_price(first):
    """Its rows are read once to train, and once for the checksum that is written down."""
    assert int(first["trained"]["bytes_processed"]) == 2 * 4 * 8
    trained = 10 / 1024**2 * (312.5 + 6.25)
    assert float(first["trained"]["usd"]) == pytest.approx(trained, rel=1e-12)


def test_a_window_reads_its_days_and_replaces_them(estimate):
    """Of 2 March, with a day's lookback: four rows of 16 bytes.

    One MERGE reads them from upstream, asks for the target's days and rewrites its rows.
    """
    assert int(estimate["full", "daily"]["bytes_processed"]) == 4 * 8 + 5 * 8
    read, asked, rewritten = 4 * 16, 4 * 8, 4 * 16
    assert int(estimate["window", "daily"]["bytes_processed"]) == read + asked + rewritten


def test_a_run_of_a_window_builds_the_rest_whole(estimate):
    windowed = {name: row for (form, name), row in estimate.items() if form == "window"}
    for name in KNOWN:
        assert windowed[name] == estimate["full", name] | {"form": "window"}


# ---- what it cannot know


def test_a_table_that_is_not_built_is_named(cost):
    with (
        cost.with_model("later", "select id from {{ ref('events') }}"),
        cost.with_model("latest", "select id from {{ ref('later') }}"),
    ):
        said = cost.run("--day", "2013-03-02")
    assert said.code == 1
    assert said.err == (
        "python -m cost: There is no table of later here to take the sizes from: build the project"
        " here first (`make run`, or `dbt build`).\n"
    )


def test_a_statement_that_bigquery_would_refuse_is_named(cost):
    with cost.with_model("wrong", "select nope from {{ ref('events') }}"):
        said = cost.run("--day", "2013-03-02")
    assert said.code == 1
    assert "model.azekura.wrong" in said.err
    assert "Unrecognized name: nope" in said.err


def test_a_database_that_is_not_there_is_named(cost):
    said = cost.run(AZEKURA_DUCKDB="nowhere.duckdb")
    assert said.code == 1
    assert said.err.startswith("python -m cost: There is no DuckDB file nowhere.duckdb to take")
    assert said.err.count("\n") == 1
    assert not (cost.project.root / "nowhere.duckdb").exists()


def test_a_database_in_which_nothing_is_built_is_said(cost, tmp_path):
    file = tmp_path / "empty.duckdb"
    duckdb.connect(str(file)).close()
    said = cost.run(AZEKURA_DUCKDB=str(file))
    assert said.code == 1
    assert "Not every model is built here" in said.err
    assert said.err.count("\n") == 1


def test_a_database_that_another_process_writes_is_named(cost):
    file = cost.project.root / cost.project.database.name
    holding = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True);"
        " sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline() == b"held\n"
        said = cost.run()
        writer.stdin.close()
    assert said.code == 1
    assert re.fullmatch(
        rf"python -m cost: The DuckDB file {file.name} is held by another process \(.+, PID"
        rf" {writer.pid}\): ask for the cost when it has finished\.\n",
        said.err,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--form", "weekly"], "form 'weekly' is unknown; use full or window."),
        (["--form", "run"], "form 'run' is unknown; use full or window."),
        (["--form", "full", "--run-results", "x"], "form 'full' is unknown; use run."),
        (["--day", "14.6.2013"], "argument --day: '14.6.2013' is not a date YYYY-MM-DD."),
        (["--top", "-1"], "argument --top: '-1' is not a number of lines."),
        (["--top", "all"], "argument --top: 'all' is not a number of lines."),
        (["--dry-run", "--run-results", "x"], "--day and --dry-run are for an estimate; leave"),
        (["--budget-usd", "dear"], "argument --budget-usd: invalid float value: 'dear'"),
        (["everything"], "unrecognized arguments: everything"),
    ],
)
def test_wrong_arguments_are_said_in_one_sentence(cost, arguments, said):
    code, _, err = cost.run(*arguments)
    assert code == 2
    assert err.startswith(f"python -m cost: {said}")
    assert err.count("\n") == 1


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


def test_a_dry_run_takes_the_place_of_the_estimate(cost, account):
    said = cost.run("--dry-run")
    assert said.code == 0, said.err
    # the newest day of `daily`
    assert "a window of 2013-03-05" in said.out
    rows = cost.rows()
    assert int(rows["full", "integers"]["bytes_processed"]) == 123 * MIB
    assert int(rows["full", "integers"]["bytes_billed"]) == 123 * MIB
    # what is not there yet is estimated
    assert int(rows["full", "text"]["bytes_processed"]) == 4 * 7
    # what reads no table is not asked for
    assert rows["full", "constants"]["dry_runs_count"] == "0"
    assert not [sql for sql in account.asked if "select 1 as one" in sql]


def test_what_bigquery_refuses_in_a_dry_run_is_said(cost, account):
    def refuse(*_, **__):
        said = "Cannot access field x on a value with type INT64"
        raise BadRequest(said, errors=[{"message": said, "reason": "invalidQuery"}])

    account.query = refuse
    said = cost.run("--day", "2013-03-02", "--dry-run")
    assert said.code == 1
    assert "Cannot access field x" in said.err


# ---- after a real run


@pytest.fixture
def billed(cost: Priced, tmp_path: Path) -> Callable[..., Said]:
    """Runs the command on a run_results.json as dbt-bigquery writes it."""
    said = {"code": "CREATE TABLE", "bytes_processed": 90 * MIB, "bytes_billed": 100 * MIB}
    responses = {
        "integers": said | {"slot_ms": 5},
        "rows": {"bytes_processed": 0, "bytes_billed": 0},
        "trained": {"bytes_processed": MIB, "bytes_billed": 10 * MIB},
        "recent": {},
        "text": {"bytes_processed": None},
    }
    results = [
        {"unique_id": f"model.azekura.{name}", "adapter_response": response}
        for name, response in responses.items()
    ]
    file = tmp_path / "run_results.json"
    file.write_text(json.dumps({"metadata": {}, "results": results, "elapsed_time": 1.0}))
    return lambda *arguments: cost.run("--run-results", str(file), *arguments)


def test_a_real_run_is_shown_as_it_was_billed(cost, billed):
    said = billed()
    assert said.code == 0, said.err
    rows = cost.rows()
    assert {key: (row["bytes_processed"], row["bytes_billed"]) for key, row in rows.items()} == {
        ("run", "integers"): (str(90 * MIB), str(100 * MIB)),
        ("run", "rows"): ("0", "0"),
        ("run", "trained"): (str(MIB), str(10 * MIB)),
        ("run", "recent"): ("0", "0"),
        ("run", "text"): ("0", "0"),
    }
    assert float(rows["run", "integers"]["usd"]) == pytest.approx(100 / 1024**2 * 6.25, rel=1e-12)
    assert float(rows["run", "trained"]["usd"]) == pytest.approx(10 / 1024**2 * 312.5, rel=1e-12)
    assert "billed" in said.out.splitlines()[0]
    assert said.out.splitlines()[2].split() == ["trained", "1.0", "MiB", "10.0", "MiB", "0.0030"]
    over = billed("--budget-bytes", str(109 * MIB))
    assert over.code == 1
    assert over.err == (
        "python -m cost: Over budget: the run build bills 110.0 MiB, the budget is 109.0 MiB"
        " (cost_budget_bytes).\n"
    )


def test_prices_and_budgets_are_vars(cost, billed):
    said = billed(
        "--vars",
        "{price_per_tib: 1024, create_model_price_per_tib: 2048, cost_budget_usd: 0.1}",
    )
    rows = cost.rows()
    assert float(rows["run", "integers"]["usd"]) == pytest.approx(100 / 1024, rel=1e-12)
    assert float(rows["run", "trained"]["usd"]) == pytest.approx(20 / 1024, rel=1e-12)
    assert said.code == 1
    assert "costs 0.1172 USD, the budget is 0.1000 USD (cost_budget_usd)." in said.err
    # what the command line says comes first
    assert billed("--vars", "{cost_budget_bytes: 1}", "--budget-bytes", "1e10").code == 0
    refused = billed("--vars", "{cost_budget_bytes: much}")
    assert refused.err == (
        "python -m cost: The var cost_budget_bytes must be a number, not 'much'.\n"
    )


def test_a_selection_is_of_names_layers_or_types(cost, billed):
    assert billed("--select", "int* rows", "snapshot", "--top", "1").code == 0
    assert {name for _, name in cost.rows()} == {"integers", "rows"}


def test_a_missing_run_is_said(cost):
    said = cost.run("--run-results", "nowhere/run_results.json")
    assert said.code == 1
    assert said.err == (
        "python -m cost: There is no nowhere/run_results.json: dbt writes it when it builds on"
        " BigQuery.\n"
    )
