"""Scripts of several statements, and statements whose BigQuery ML cannot be run before them."""

import pytest

CREATE = (
    "create or replace model d.m options(model_type = 'linear_reg', input_label_cols = ['minutes'])"
    " as select miles, minutes from {}"
)


def test_a_script_of_several_statements(proxy):
    script = (
        f"create table d.few as select * from flights where flight_id < 50; -- ü\n"
        f"{CREATE.format('few')};\n"
        "select count(*) from ml.predict(model d.m, table few); select 'end'"
    )
    rewritten = proxy.rewrite(script)
    assert (rewritten.statement_type, rewritten.model) == (None, None)
    done, trained, selected, end = rewritten.sql.split(";")
    assert (done, trained) == ("select 1 limit 0", " -- ü\nselect 1 limit 0")
    assert proxy.emulator.query(selected, "p", "d").to_pylist() == [{"count_star()": 50}]
    assert end == " select 'end'"


def test_only_what_is_read_is_run_before(proxy):
    proxy.rewrite(CREATE.format("flights"))
    proxy.emulator.queries.clear()
    script = (
        "create table d.other as select 1 as x; select * from ml.predict(model d.m, table flights)"
    )
    assert proxy.rewrite(script).sql.startswith("create table d.other as select 1 as x; ")
    assert proxy.emulator.queries == ["select * from flights"]


def test_what_is_made_with_a_model_is_read_by_the_next(proxy):
    proxy.rewrite(CREATE.format("flights"))
    rewritten = proxy.rewrite(
        "create table d.predicted as select * from ml.predict(model d.m, table flights);"
        "select mean_absolute_error from ml.evaluate(model d.m, (select miles,"
        " predicted_minutes as minutes from d.predicted))"
    )
    [error] = proxy.emulator.query(rewritten.sql.split(";")[1], "p", "d").to_pylist()
    assert error["mean_absolute_error"] == pytest.approx(0)


@pytest.mark.parametrize(
    "before",
    [
        "create temp table few as select * from flights",
        "declare x int64; create table few as select * from flights",
        "begin transaction; insert into few select * from flights",
    ],
)
def test_what_cannot_be_run_apart_is_refused(proxy, before):
    proxy.rewrite(CREATE.format("flights"))
    refused = proxy.refusal(f"{before};\nselect * from ml.predict(model d.m, table few)")
    assert refused.code == 400
    assert "line 2: its BigQuery ML reads what the script makes before" in refused.message


def test_a_script_that_merges_as_dbt_does(proxy):
    """dbt's insert_overwrite: a variable, a table of the new rows, a merge."""
    proxy.rewrite(CREATE.format("flights"))
    script = (
        "declare days array<date>;\n"
        "create or replace table d.new as (select * from ml.predict(model d.m, table flights));\n"
        "set (days) = (select as struct array_agg(distinct flight_date ignore nulls) from d.new);\n"
        "merge into d.all using d.new on false when not matched then insert row"
    )
    rewritten = proxy.rewrite(script)
    [table] = rewritten.temporary
    assert rewritten.sql == script.replace("ml.predict(model d.m, table flights)", f"`{table}`")


def test_models_of_a_failed_script(proxy):
    """What came before the failure has been done, and no temporary table is left."""
    proxy.rewrite(CREATE.format("flights"))
    script = (
        "select * from ml.predict(model d.m, table flights); drop model d.m;"
        " select * from ml.predict(model d.m, table flights)"
    )
    assert proxy.refusal(script).code == 404
    assert proxy.machine_learning.models("p", "d") == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("create view d.v as {}", "cannot be stored here"),
        ("create materialized view d.v as {}", "cannot be stored here"),
        ("create function d.f() as ((select count(*) from ({}) as q))", "cannot be stored here"),
        ("create table function d.f() as {}", "cannot be stored here"),
        ("create procedure d.f() begin {}; end", "cannot be stored here"),
        ("if true then {}; end if", "branch or a loop"),
        ("loop {}; break; end loop", "branch or a loop"),
        ("for row in ({}) do select 1; end for", "branch or a loop"),
        ("if true then drop model d.m; end if", "branch or a loop"),
    ],
)
def test_what_would_have_to_be_run_later_is_refused(proxy, statement, words):
    proxy.rewrite(CREATE.format("flights"))
    call = "select * from ml.predict(model d.m, table flights)"
    refused = proxy.refusal(f"select 1;\n{statement.format(call)}")
    assert refused.code == 400
    assert refused.message.startswith("line 2: BigQuery ML ")
    assert words in refused.message
    assert len(proxy.machine_learning.models("p", "d")) == 1


def test_a_block(proxy):
    proxy.rewrite(CREATE.format("flights"))
    create = CREATE.format("flights").replace("d.m", "d.n")
    rewritten = proxy.rewrite(f"begin drop model d.m; {create}; end")
    assert rewritten.sql == "begin select 1 limit 0; select 1 limit 0; end"
    assert (rewritten.statement_type, rewritten.model) == (None, None)
    [left] = proxy.machine_learning.models("p", "d")
    assert left["modelReference"]["modelId"] == "n"


def test_a_view_without_machine_learning_is_left_alone(proxy):
    sql = "create view d.model as select 'ml.predict(' as ml"
    assert proxy.rewrite(sql).sql == sql
