"""Calls are found where they are, and nothing else of the text changes."""

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CALL = "ml.predict(model d.linear, table flights)"
TEMPORARY = re.compile(r"`p\._bqml_proxy\.\w+_[0-9a-f]{32}`")

# what may stand between two tokens, and looks like a call
SPACES = st.sampled_from(
    [
        " ",
        "\n\t",
        " /* ML.PREDICT(MODEL d.linear, TABLE t) */ ",
        " -- it's ML.PREDICT(MODEL m\n",
        " # ) 'ü 🛩\n",
        ' /* 漢字 " ` */ ',
    ]
)
TEXTS = st.sampled_from(
    [
        "'ML.PREDICT(MODEL d.linear, TABLE flights)'",
        '"it\'s ml.predict("',
        "'''a ' ml.evaluate(model m) \n'''",
        r"r'\' ml.predict('",
        r"'\'; drop model d.linear; --'",
        "'ü 漢字 🛩'",
        "b'ML.PREDICT('",
    ]
)
CALLS = st.sampled_from(
    [
        ["ML", ".", "PREDICT", "(", "MODEL", "d.linear", ",", "TABLE", "flights", ")"],
        ["ml", ".", "`predict`", "(", "model", "`p.d.linear`", ",", "(", "select 1", ")", ")"],
        ["`ml.weights`", "(", "model", "`p.d`.linear", ")"],
        ["`ml`", ".", "evaluate", "(", "model", "`p`.d.`linear`", ")"],
        ["ml", ".", "weights", "(", "model", "linear", ",", "struct(true as standardize)", ")"],
    ]
)


@st.composite
def statements(draw):
    """A query with calls in it, the same with marks in their places, and how many there are."""
    parts, expected = [], []

    def put(*texts):
        for text in texts:
            parts.append(text)
            expected.append(text)
            space = draw(SPACES)
            parts.append(space)
            expected.append(space)

    put("select", draw(TEXTS), ",", draw(TEXTS), "as", "`ü ml.x(`", "from")
    count = draw(st.integers(1, 3))
    for number in range(count):
        tokens = draw(CALLS)
        for token in tokens[:-1]:
            parts += [token, draw(SPACES)]
        parts.append(tokens[-1])
        expected.append("\0")
        put("", "as", f"t{number}")
        if number < count - 1:
            put("cross", "join")
    put("where", draw(TEXTS), "=", draw(TEXTS))
    return "".join(parts), "".join(expected), count


@settings(max_examples=50)  # each runs up to three functions
@given(statements())
def test_only_calls_are_replaced(trained, statement):
    sql, expected, count = statement
    rows = pa.table({"miles": [100.0, 200.0], "carrier": ["AA", "B6"], "minutes": [20.0, 30.0]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained.emulator, "query", lambda *_: rows)
        patch.setattr(trained.emulator, "load", lambda *_: None)
        rewritten = trained.rewrite(sql)
    assert TEMPORARY.sub("\0", rewritten.sql) == expected
    assert [f"`{name}`" for name in rewritten.temporary] == TEMPORARY.findall(rewritten.sql)
    assert len(rewritten.temporary) == count


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "select 'ML.PREDICT(MODEL m, TABLE t)' -- create model",
        "select html.predict(1) as xml",
        "/* {'node': 'model.azekura.x'} */ create table t as select model from models",
        "select model.x, ml from t as model",
        "this is no sql at all",
        "",
        "drop table model",
    ],
)
def test_statements_without_machine_learning_come_back_as_they_are(trained, sql):
    assert trained.rewrite(sql) == (sql, None, None, [])


def test_a_statement_without_its_words_is_not_parsed(trained, monkeypatch):
    monkeypatch.setattr(trained.machine_learning, "_service", None)
    sql = "/* model */ select 'ml.predict(', html.ml from t -- create model"
    assert trained.rewrite(sql).sql == sql


@pytest.mark.parametrize(
    "name", ["linear", "d.linear", "p.d.linear", "`p.d.linear`", "`p.d`.linear", "`p`.`d`.`linear`"]
)
@pytest.mark.parametrize("default", ["d", "p.d"])
def test_names_of_models(trained, name, default):
    trained.rewrite(f"select * from ml.weights(model {name})", default)


def test_a_name_needs_a_dataset(trained):
    refused = trained.refusal("select * from ml.weights(model linear)", None)
    assert refused.code == 400
    assert "must be qualified with a dataset" in refused.message


def test_a_project_with_a_dash(proxy):
    proxy.rewrite(
        "create model `my-project.d.m` options(model_type = 'LINEAR_REG',"
        " input_label_cols = ['minutes']) as select miles, minutes from p.d.flights"
    )
    for name in ("`my-project.d.m`", "`my-project`.d.m"):
        proxy.rewrite(f"select * from ml.weights(model {name})")


@pytest.mark.parametrize(
    "around",
    [
        "create table d.made as {}",
        "create or replace table d.made partition by flight_date as {}",
        "insert into d.made {}",
        "with a as ({}) select * from a",
        "select * from ({}) as q where exists ({})",
        "merge into d.made as t using ({}) as s on t.flight_id = s.flight_id"
        " when matched then delete",
        "select 1 union all ({})",
        "export data options(uri='gs://b/*', format='CSV') as {}",
        "declare x int64; set x = (select count(*) from ({}) as q); select x",
        "begin {}; end",
    ],
)
def test_statements_around_calls(trained, around):
    count = around.count("{}")
    query = f"select * from {CALL}"
    rewritten = trained.rewrite(around.format(*[query] * count))
    expected = around.format(*["select * from \0"] * count)
    assert TEMPORARY.sub("\0", rewritten.sql) == expected
    for table in rewritten.temporary:
        trained.emulator.drop(table)


@pytest.mark.parametrize(
    "behind",
    [
        "",
        " as q",
        " q",
        "@{hint=1} as q",
        " tablesample system (10 percent)",
        " as q pivot(count(*) for carrier in ('AA', 'B6')) as r",
        " unpivot(x for y in (miles, wind))",
        " -- )\n|> where miles > 1 |> select miles",
    ],
)
def test_what_stands_behind_a_call_stays(trained, behind):
    start = "from" if "|>" in behind else "select * from"
    rewritten = trained.rewrite(f"{start} {CALL[:-1]} /* ( */ ){behind}")
    assert TEMPORARY.sub("\0", rewritten.sql) == f"{start} \0{behind}"
    trained.emulator.drop(rewritten.temporary[0])


@pytest.mark.parametrize("query", ["((select * from flights))", "( ( (select * from flights) ) )"])
def test_a_query_in_several_brackets(trained, query):
    assert trained.rows(f"select count(*) from ml.predict(model linear, {query})") == [(120,)]


def test_input_reads_the_common_table_expressions_around_it(trained):
    assert trained.rows(
        "with few as (select * from flights where flight_id < 3),"
        " fewer as (select * from few where flight_id > 0),"
        " predicted as (select * from ml.predict(model linear, table fewer))"
        " select flight_id from predicted where flight_id in (select flight_id from few)"
        " order by flight_id"
    ) == [(1,), (2,)]


def test_the_nearest_of_two_common_table_expressions_is_read(trained):
    assert trained.rows(
        "with a as (select * from flights where flight_id < 5), b as (select * from ("
        " with a as (select * from a where flight_id > 2)"
        " select flight_id from ml.predict(model linear, (select * from a))) as q)"
        " select flight_id from b order by flight_id"
    ) == [(3,), (4,)]


def test_a_common_table_expression_does_not_see_the_later_ones(trained):
    """Within `a` the name flights is the table; behind it, the expression of that name."""
    assert trained.rows(
        "with a as (select * from ml.predict(model linear, table flights)),"
        " flights as (select * from flights where flight_id = 7)"
        " select (select count(*) from a),"
        " (select count(*) from ml.predict(model linear, table flights))"
    ) == [(120, 1)]


def test_recursive_common_table_expressions(trained):
    assert trained.rows(
        "with recursive numbers as (select 0 as n union all select n + 1 from numbers where n < 3)"
        " select flight_id from ml.predict(model linear, (select * from flights where flight_id in"
        " (select n from numbers))) order by flight_id"
    ) == [(0,), (1,), (2,), (3,)]


def test_only_the_expressions_that_are_read_are_run(trained):
    trained.emulator.queries.clear()
    trained.table(
        f"with dear as (select 'dear' as x), a as (select * from {CALL}) select * from a, dear"
    )
    assert "dear" not in trained.emulator.queries[0]


def test_a_call_in_the_input_of_another(trained):
    [(error,)] = trained.rows(
        "select mean_absolute_error from ml.evaluate(model linear, (select miles, carrier,"
        f" predicted_minutes + 2 as minutes from {CALL}))"
    )
    assert error == pytest.approx(2)


def test_a_table_function_as_input(trained):
    sql = f"select count(*) from ml.evaluate(model linear, table {CALL})"
    assert trained.rows(sql) == [(1,)]


def test_deeply_nested_statements(trained):
    chain = " || ".join(["'x'"] * 200)
    sql = f"select {chain} from {'(select * from ' * 40}{CALL}{')' * 40}"
    assert trained.table(sql).num_rows == 120


@pytest.mark.parametrize("depth", [2_000, 20_000])
def test_too_deeply_nested_statements_are_refused_and_harm_nothing(trained, depth):
    chain = " + ".join(["1"] * depth)
    assert "nested too deeply" in trained.refusal(f"select {chain} from {CALL}").message
    assert trained.table(f"select * from {CALL}").num_rows == 120


@pytest.mark.parametrize(
    "sql",
    [
        "select * from ml.predict(model linear, (select * from flights where wind > @least))",
        "select ml.standard_scaler(miles) over () from flights where wind > @least",
        "create or replace model d.linear options(model_type = 'kmeans') as"
        " select * from flights where wind > @least",
    ],
)
def test_a_query_parameter_is_refused(trained, sql):
    assert "write a value for @least" in trained.refusal(sql).message


def test_a_query_parameter_elsewhere_is_left_alone(trained):
    assert trained.rewrite(f"select @x from {CALL}").sql.startswith("select @x from `p.")


def test_a_syntax_error_names_its_line(trained):
    refused = trained.refusal("select *\nfrom ml.predict(model d., table t)")
    assert refused.code == 400
    assert refused.message.startswith("Syntax error")
    assert "(line 2)" in refused.message
