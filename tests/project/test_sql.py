"""The hand in which SQL is written: one text for two engines (S2, S3, S4)."""

import re

import pytest

SQL_PATHS = ("models/", "ml/models/", "snapshots/", "seeds/", "tests/dbt/")

# Functions that one engine has, or both with another meaning. Our macros and dbt's are Jinja.
FUNCTIONS = (
    # DuckDB's
    r"read_\w+|glob|list|list_\w+|array_\w+|struct_\w+|map|columns|typeof|unpivot|epoch\w*|strftime"
    r"|strptime|make_\w+|to_\w+s|timezone|try|try_cast|date_part|date_sub|arg_max|arg_min|max_by"
    r"|min_by|regexp_matches|generate_series|bqml_\w+"
    # BigQuery's
    r"|safe_\w+|safe\.\w+|ml\.\w+|struct|farm_fingerprint|generate_\w+|countif|logical_\w+"
    r"|datetime\w*|timestamp_\w+|unix_\w+|date_add|format_\w+|parse_\w+|to_json\w*|json_value"
    r"|offset"
    # both engines', with another meaning or order of arguments
    r"|date_trunc|date_diff|datediff|unnest|regexp_extract|split|log"
)
OTHER_WORDS = (
    r"::|(?<!:)//|`[^`]*`|\bexcept\s*\("
    r"|\b(?:qualify|asof|exclude|group\s+by\s+all|union\s+all\s+by\s+name)\b"
)
ENGINE_WORDS = re.compile(rf"(?<![\w.])(?:{FUNCTIONS})\(|{OTHER_WORDS}", re.IGNORECASE)
ENGINE_BRANCHES = re.compile(r"\b(?:target\.(?:type|name)|adapter\.type)\b")


def sql_of(text: str) -> str:
    """A template's SQL on its own lines: comments are blank, of Jinja only quoted text is left."""

    def quoted(block: re.Match) -> str:
        kept = " ".join(a or b for a, b in re.findall(r"'([^']*)'|\"([^\"]*)\"", block[0]))
        return kept + "\n" * (block[0].count("\n") - kept.count("\n"))

    def blank(comment: re.Match) -> str:
        return "\n" * comment[0].count("\n")

    text = re.sub(r"\{#.*?#\}", blank, text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", "", text)
    return re.sub(r"\{[{%].*?[%}]\}", quoted, text, flags=re.DOTALL)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def engine_problems(path: str, text: str) -> list[str]:
    """Where a file speaks one engine's SQL. In YAML, comments and marks of code are prose."""
    if path.endswith(".yml"):
        text = re.sub(r"(?m)(^|[ \t])#.*$", "", text).replace("`", "")
    sql = sql_of(text)
    return [
        f"{path}:{line_of(sql, word.start())}: {word[0].strip('(')!r} is not the same SQL on both"
        " engines; use a macro of macros/cross_db, or dbt's own."
        for word in ENGINE_WORDS.finditer(sql)
    ]


def branch_problems(path: str, text: str) -> list[str]:
    return [
        f"{path}:{line_of(text, word.start())}: {word[0]} stays under macros/; dispatch a macro."
        for word in ENGINE_BRANCHES.finditer(text)
    ]


def order_problems(path: str, text: str) -> list[str]:
    """Where a model sorts outside a window: `order by` not directly inside `over (…)`."""
    sql = sql_of(text)
    problems, opened = [], []
    for part in re.finditer(r"(\w*)\s*\(|\)|\border\s+by\b", sql, re.IGNORECASE):
        if part[0].endswith("("):
            opened.append(part[1].lower())
        elif part[0] == ")":
            opened = opened[:-1]
        elif opened[-1:] != ["over"]:
            problems.append(
                f"{path}:{line_of(sql, part.start())}: a table has no order; take out 'order by'."
            )
    return problems


def last_select_problem(path: str, text: str) -> str | None:
    last = re.split(r"\bselect\b", sql_of(text), flags=re.IGNORECASE)[-1]
    if re.match(r"\s*(?:\w+\s*\.\s*)?\*", last) is None:
        return None
    return f"{path}: the last select must list its columns: they are what others rely on."


def test_models_and_tests_hold_no_sql_of_one_engine(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        if path.startswith(SQL_PATHS) and path.endswith((".sql", ".yml"))
        for problem in engine_problems(path, text)
    ]
    assert not problems, "\n".join(problems)


def test_only_macros_ask_for_the_engine(texts: dict[str, str]) -> None:
    elsewhere = (*SQL_PATHS, "dbt_project.yml", "selectors.yml")
    problems = [
        problem
        for path, text in texts.items()
        if path.startswith(elsewhere)
        for problem in branch_problems(path, text)
    ]
    assert not problems, "\n".join(problems)


def test_no_model_is_sorted(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        if path.startswith(("models/", "ml/models/")) and path.endswith(".sql")
        for problem in order_problems(path, text)
    ]
    assert not problems, "\n".join(problems)


def test_marts_features_and_ml_models_list_the_columns_they_give(texts: dict[str, str]) -> None:
    problems = [
        last_select_problem(path, text)
        for path, text in texts.items()
        if path.startswith(("models/marts/", "models/features/", "models/catalogue/", "ml/models/"))
        and path.endswith(".sql")
    ]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "sql",
    [
        "select a::date from t",
        "select a // 2 from t",
        "select * from read_parquet('x')",
        "select list_max(a) from t",
        "select epoch_us(a) from t",
        "select strftime(a, '%Y') from t",
        "select try_cast(a as date) from t",
        "select a, count(*) from t group by all",
        "select * exclude (a) from t",
        "select * from t qualify row_number() over (partition by a) = 1",
        "select * from t asof join u on t.a >= u.a",
        "select x.b from t, unnest(t.array) as x",
        "select safe_cast(a as date) from t",
        "select safe_divide(a, b) from t",
        "select timestamp_trunc(a, hour) from t",
        "select timestamp_add(a, interval 1 hour) from t",
        "select farm_fingerprint(a) from t",
        "select date_trunc('hour', a) from t",
        "select * except (a) from t",
        "select `a` from t",
        "select * from ml.predict(model m, table t)",
        "select {{ month_start('a::date') }} from t",
    ],
)
def test_sql_of_one_engine_is_found(sql: str) -> None:
    assert len(engine_problems("models/x.sql", sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select {{ timestamp_add('a', 1, 'hour') }} from t",
        "select {{ dbt.safe_cast('a', dbt.type_int()) }}, {{ dbt.date_trunc('day', 'a') }} from t",
        "select {{ array_at('a', 0) }}, {{ unix_day('b') }} from t",
        "-- safe_cast(a) is BigQuery's\nselect a from t {# a::b #}",
        "select coalesce(a, 0), greatest(a, b), cast(a as date), count(*) from t",
    ],
)
def test_sql_of_both_engines_is_let_pass(sql: str) -> None:
    assert engine_problems("models/x.sql", sql) == []


def test_a_violation_is_found_on_its_line() -> None:
    sql = "{#\n comment\n#}\nselect\n    {{ f(\n 'x') }},\n    a::date\nfrom t"
    assert engine_problems("x.sql", sql)[0].startswith("x.sql:7: '::' ")


def test_prose_in_yaml_is_let_pass() -> None:
    text = "# not a::date\ndescription: Its `list` (see https://example.com), which flights name."
    assert engine_problems("x.yml", text) == []
    assert len(engine_problems("x.yml", 'condition: "a::date is not null"')) == 1


def test_a_branch_on_the_engine_is_found() -> None:
    text = "{% if target.type == 'duckdb' %}{% elif target.name == 'x' %}{{ adapter.type() }}"
    assert len(branch_problems("x.sql", text)) == 3
    assert branch_problems("x.sql", "select target_type, aircraft.type from t") == []


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("select max(a) over (partition by b order by abs(c), d) from t", 0),
        ("select a from (select max(a) over (order by b) from t)", 0),
        ("select a from t -- no order by", 0),
        ("select a from t order by a", 1),
        ("select a from (select a from t order by a)", 1),
        ("select a from t ORDER  BY max(b) over (order by c)", 1),
        ("select array_agg(a order by b) from t", 1),
    ],
)
def test_an_order_outside_a_window_is_found(sql: str, number: int) -> None:
    assert len(order_problems("x.sql", sql)) == number


@pytest.mark.parametrize("sql", ["with a as (select b) select * from a", "select a.* from a"])
def test_a_last_select_of_everything_is_found(sql: str) -> None:
    assert last_select_problem("x.sql", sql) is not None
    assert last_select_problem("x.sql", "with a as (select * from b) select c from a") is None
