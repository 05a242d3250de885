"""The TRANSFORM clause: what it may hold, what training keeps of it, and how it is replayed."""

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pytest
from duckdb_bqml import ModelError, register, transform
from duckdb_bqml.columns import Rows
from hypothesis import given, settings
from hypothesis import strategies as st

ROWS = """
    select i as x, i * 1.5::double as "Y", 'k' || i % 3 as kind, [i, i + 1] as l,
           {'a': i, 'b': 'b' || i} as s, date '2024-01-01' + i::int as day, i * 2.0 as label
    from range(10) t(i)
"""


def rows_of(sql):
    with duckdb.connect() as connection:
        return Rows(connection.sql(sql).to_arrow_table().to_struct_array().combine_chunks())


@pytest.fixture(scope="module")
def rows():
    return rows_of(ROWS)


def table(rows):
    return {name: rows.array(name, "column").to_pylist() for name in rows.names}


def applied(items, rows, others=None, roles=None):
    """The outputs for `others` of the clause fitted on `rows`, through its stored form."""
    stored = transform.fit(items, rows, roles or {}).stored
    return table(transform.Transform(stored).apply(others or rows, "ml_predict"))


# ---- items


@pytest.mark.parametrize(
    ("item", "outputs"),
    [
        ("x", {"x": 1}),
        ("y", {"Y": 1.5}),
        ("`Y` as z", {"z": 1.5}),
        ("x z", {"z": 1}),
        ("X + 1 as z", {"z": 2}),
        ("cast(x as float64) as z", {"z": 1.0}),
        ("x -- a comment", {"x": 1}),
        ("s.a", {"a": 1}),
        ("s.*", {"a": 1, "b": "b1"}),
        ("struct_pack(p := x, q := kind).*", {"p": 1, "q": "k1"}),
        ("l[2] as z", {"z": 2}),
        ("l", {"l": [1, 2]}),
        ("[{'index': x, 'value': 1.0::double}] as z", {"z": [{"index": 1, "value": 1.0}]}),
        ("list_transform(l, lambda e: e + x) as z", {"z": [2, 3]}),
        ("'* except (x)' as z", {"z": "* except (x)"}),
        ("* except (Y, kind, l, s, day)", {"x": 1, "label": 2.0}),
        ("* EXCEPT(l, s, day, label) replace (x + 1 as X)", {"x": 2, "Y": 1.5, "kind": "k1"}),
        ("1 as z", {"z": 1}),
    ],
)
def test_an_item_is_what_bigquery_makes_of_it(rows, item, outputs):
    found = {name: values[1] for name, values in applied([item], rows).items()}
    assert found == outputs


def test_a_star_is_every_column(rows):
    assert list(applied(["*"], rows)) == rows.names


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "empty list"),
        (["x + 1"], "'x + 1' has no name; add 'as' and one"),
        (["avg(x) as z"], "holds the aggregate avg outside a window"),
        (["avg(x) over (partition by kind) as z"], "avg over a window that is not empty"),
        (["avg(x) over (order by x) as z"], "avg over a window that is not empty"),
        (["avg(sum(x) over ()) over () as z"], "holds a window inside the window of avg"),
        (["row_number() over () as z"], "holds row_number, which is no statistic"),
        (["upper(kind) over () as z"], "upper over (), which is no aggregate"),
        (["list_transform(l, lambda e: avg(e) over ()) as z"], "of a lambda's parameter"),
        (["(select 1) as z"], "holds a subquery"),
        (["x in (select 1) as z"], "holds a subquery"),
        (["x from read_text('/etc/hosts')"], "holds more than expressions"),
        (["x where x > 1"], "holds more than expressions"),
        (["distinct x"], "holds more than expressions"),
        (["x order by x"], "holds more than expressions"),
        (["x union all select 2"], "holds more than expressions"),
        (["x; drop table t"], "is no expression"),
        (["x, kind"], "holds several expressions"),
        (["unnest(l) as z"], "holds unnest"),
        (["getvariable('v') as z"], "holds getvariable"),
        (["no_such(x) as z"], "the function no_such, which DuckDB does not know"),
        (["cast(x as geometry_of_mine) as z"], "geometry_of_mine, a type DuckDB does not know"),
        (["price"], "the column 'price', which is missing from the query"),
        (["* except (price)"], "the column 'price', which the training query does not return"),
        (["columns('x')"], "is no star that BigQuery has"),
        (["#1"], "names a column by its position"),
        (["$1 as z"], "holds a parameter"),
        (["x", "kind as X"], "'kind as X' gives a second column 'X'"),
        (["*", "x"], "gives a second column 'x'"),
        (["x.*"], "'x.*' has no fields"),
        (["x as"], "is no expression"),
        (["kind + x as z"], "cannot be computed"),
        (["histogram(x) over () as z"], "has the type map"),
    ],
)
def test_what_is_no_transform_is_one_sentence(rows, items, message):
    with pytest.raises(ModelError) as error:
        transform.fit(items, rows, {})
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (["x"], "option 'input_label_cols' names the column 'label', which option 'transform'"),
        (["x", "label + 1 as label"], "must hold as it is"),
        (["x", "label as target"], "must hold as it is"),
        (["* replace (label + 1 as label)"], "must hold as it is"),
    ],
)
def test_the_label_stands_by_itself(rows, items, message):
    with pytest.raises(ModelError, match="input_label_cols") as error:
        transform.fit(items, rows, {"Label": "input_label_cols"})
    assert message.replace("'label'", "'Label'", 1) in str(error.value) or message in str(
        error.value
    )


def test_the_label_may_stand_inside_other_expressions_too(rows):
    fitted = transform.fit(["label", "x * label as z"], rows, {"Label": "input_label_cols"})
    assert [column["name"] for column in fitted.feature_inputs] == ["x", "label"]


# ---- statistics


def statistics(items, rows):
    return json.loads(transform.fit(items, rows, {}).stored["statistics"])


def test_equal_statistics_are_kept_once(rows):
    kept = statistics(["x - avg(x) over () as a", "x + AVG( X ) over() as b"], rows)
    assert kept == {"types": {"s0": "DOUBLE"}, "values": {"s0": "4.5"}}


def test_a_statistic_is_the_largest_part_that_no_row_changes(rows):
    kept = statistics(
        ["x / (1 + list_sum(list_transform([max(x) over (), 1], lambda e: e * 2))) as z"], rows
    )
    assert kept == {"types": {"s0": "HUGEINT"}, "values": {"s0": "21"}}


def test_a_random_number_is_drawn_for_each_row(rows):
    assert len(set(applied(["random() + avg(x) over () as z"], rows)["z"])) == 10


def test_the_arrow_of_json_is_no_lambda(rows):
    found = applied(["(('{\"x\": ' || x || '}')::json -> '$.x')::bigint - x as z"], rows)
    assert set(found["z"]) == {0}


def test_a_statistic_stays_what_it_was_in_training(rows):
    one = transform.take(rows, pa.array([9]).to_numpy())
    items = ["x - avg(x) over () as a", "x / max(x) over () as b", "count(*) over () as c"]
    assert applied(items, rows, one) == {"a": [4.5], "b": [1.0], "c": [10]}


def test_filter_order_and_distinct_of_an_aggregate_are_kept(rows):
    items = [
        "list(x order by x desc) filter (where x > 7) over () as a",
        "count(distinct kind) over () as b",
    ]
    found = applied(items, rows)
    assert (found["a"][0], found["b"][0]) == ([9, 8], 3)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("38.63333333333333", 38.6333),
        ("1234567.8", 1234570.0),
        ("-0.000123456789", -0.000123457),
        ("'nan'::double", math.nan),
        ("'inf'::double", math.inf),
    ],
)
def test_a_float_statistic_has_six_significant_digits(value, kept):
    found = applied(["max(v) over () as z"], rows_of(f"select {value}::double as v"))["z"][0]
    assert str(found) == str(kept)


def test_a_statistic_of_another_type_is_exact():
    exact = 1234567890123456789
    sql = f"select {exact} as i, 1234567.890123456::double as d, 1234567.890123456::decimal(38,9) n"
    found = applied(
        ["max(i) over () as a", "list(d) over () as b", "max(n) over () as c"], rows_of(sql)
    )
    assert (found["a"][0], found["b"][0]) == (exact, [1234567.890123456])
    assert str(found["c"][0]) == "1234567.890123456"


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
FLOATS = st.floats(allow_nan=False)
VALUES = st.one_of(
    st.tuples(st.just("BIGINT"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("DOUBLE[]"), st.lists(FLOATS, min_size=1)),
    st.tuples(st.just("VARCHAR"), TEXTS),
    st.tuples(st.just("VARCHAR[]"), st.lists(st.none() | TEXTS, min_size=1)),
    st.tuples(st.just("DATE"), st.dates()),
    st.tuples(st.just("TIMESTAMP"), st.datetimes()),
    st.tuples(st.just("TIME"), st.times()),
    st.tuples(st.just("BLOB[]"), st.lists(st.binary(max_size=4), min_size=1)),
    st.tuples(st.just("BOOLEAN"), st.booleans()),
    st.tuples(
        st.just('STRUCT(a VARCHAR, "b c" DOUBLE[])[]'),
        st.lists(st.fixed_dictionaries({"a": TEXTS, "b c": st.lists(FLOATS)}), min_size=1),
    ),
)


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_every_statistic_outlives_being_stored(value):
    duckdb_type, python = value
    with duckdb.connect() as connection:
        found = connection.execute(f"select ?::{duckdb_type} as v", [python]).to_arrow_table()
    rows = Rows(found.to_struct_array().combine_chunks())
    # of one value, itself
    assert applied(["any_value(v) over () as z"], rows) == {
        "z": rows.array("v", "column").to_pylist()
    }


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(TEXTS, st.integers(1, 3), min_size=1, max_size=4))
def test_a_histogram_outlives_being_stored(counts):
    words = [word for word, count in counts.items() for _ in range(count)]
    with duckdb.connect() as connection:
        found = connection.execute("select unnest(?::varchar[]) as v", [words]).to_arrow_table()
    rows = Rows(found.to_struct_array().combine_chunks())
    # all of the map depends on v, so that the statistic is the histogram itself
    z = applied(["element_at(histogram(v) over (), v)[1] as z"], rows)["z"]
    assert z == [counts[word] for word in words]


# ---- replay


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "select 1 as y",
            "column 'x' is missing from the input of ml_predict; add it to the query",
        ),
        ("select 'a' as x", "column 'x' has the type STRING but the model was trained on INT64"),
    ],
)
def test_input_that_does_not_fit_is_named(rows, sql, message):
    with pytest.raises(ModelError, match=message):
        applied(["x + 1 as z"], rows, rows_of(sql))


def test_numbers_are_coerced_to_the_types_of_training(rows):
    assert applied(["x / 2 as z"], rows, rows_of("select 3.0::float as x"))["z"] == [1.5]


def test_many_rows_keep_their_order(rows):
    many = rows_of("select i as x from range(200000) t(i)")
    found = applied(["x - avg(x) over () as z"], rows, many)["z"]
    assert found == [i - 4.5 for i in range(200000)]


def test_many_threads_replay_at_once(rows):
    fitted = transform.fit(["x - avg(x) over () as z"], rows, {})

    def replay(i):
        chunk = rows_of(f"select {i} + range as x from range({i % 7 + 1})")
        return fitted.apply(chunk, "ml_predict").array("z", "column").to_pylist()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(replay, range(60)))
    assert results == [[i + j - 4.5 for j in range(i % 7 + 1)] for i in range(60)]


# ---- stored clauses of strangers


@pytest.mark.parametrize(
    "change",
    [
        {"replay": "(select content from read_text('/etc/hosts')) as z"},
        {"replay": "content as z from read_text('/etc/hosts')"},
        {"replay": "bqml_row.x as z; attach 'stranger.db'"},
        {"replay": "getenv('HOME') as z"},
        {"replay": "nextval('s') as z"},
        {"replay": "pg_sleep(1e9) as z"},
        {"replay": "pg_get_viewdef(1) as z"},
        {"replay": "format_type(1, 2) as z"},
        {"replay": "1e400 as z"},
        {"replay": "1" + "+1" * 900 + " as z"},
        {"replay": "[" * 400 + "1" + "]" * 400 + " as z"},
        {"replay": "avg(bqml_row.x) over () as z"},
        {"replay": "avg(bqml_row.x) as z"},
        {"replay": "other.x as z"},
        {"replay": "no_such(bqml_row.x) as z"},
        {"replay": "bqml_row.x as another"},
        {"replay": "bqml_row.* as z"},
        {"replay": None},
        {"statistics": "{}"},
        {"statistics": "no json"},
        {"statistics": None},
        {"statistics": "[" * 100_000},
        {"statistics": json.dumps({"types": {"s0": "INTEGER" + "[]" * 900}, "values": {}})},
        {"statistics": json.dumps({"types": {"s0": "INTEGER) + cast(1 as INT"}, "values": {}})},
        {"inputs": [{"name": "x", "data_type": "INT64", "duckdb_type": "INT) || (1"}]},
        {"outputs": None},
        {"outputs": [None]},
        {"statistics": json.dumps({"types": {"s0": "DOUBLE) from read_text('f')"}, "values": {}})},
        {"statistics": json.dumps({"types": {"s0": "of_mine"}, "values": {}})},
        {"inputs": [{"name": "x", "data_type": "INT64", "duckdb_type": "int) , (select 1"}]},
    ],
)
def test_a_forged_clause_is_not_run(rows, change):
    stored = transform.fit(["x - avg(x) over () as z"], rows, {}).stored
    transform.Transform(stored)
    with pytest.raises(ModelError, match="stored transform clause"):
        transform.Transform(stored | change)


@pytest.mark.parametrize("comment", ["INTEGER /* here */", "int4", "INTEGER"])
def test_a_type_is_written_anew_before_it_is_run(rows, comment):
    stored = transform.fit(["x + 1 as z"], rows, {}).stored
    stored["inputs"] = [{**stored["inputs"][0], "duckdb_type": comment}]
    assert transform.Transform(stored).sql()["inputs"] == ['cast("x" as INTEGER) as "x"']


def test_a_number_beyond_float64_is_refused_in_a_clause(rows):
    with pytest.raises(ModelError, match="holds a number beyond float64; write a smaller one"):
        transform.fit(["x + 1e400 as z"], rows, {})


def test_a_clause_that_is_nested_too_deeply_is_refused(rows):
    with pytest.raises(ModelError, match=r"transform item '.*' is nested too deeply; take it"):
        transform.fit(["x" + "+1" * 900 + " as z"], rows, {})


def test_the_sandbox_reaches_nothing():
    secret = pa.table({"x": [1]})  # noqa: F841
    with transform.sandbox() as connection:
        for sql in (
            "from read_text('/etc/hosts')",
            "attach 'a.duckdb'",
            "install httpfs",
            "from secret",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


# ---- in a model


SCALED = ["label", "(x - avg(x) over ()) / stddev_pop(x) over () as z", "kind"]
POINTS = """
    select i % 17 as x, 'k' || i % 3 as kind, 3.0 * (i % 17) + i % 3 as label, i % 2 = 0 as held_out
    from range(60) t(i)
"""


@pytest.fixture
def scaled(db):
    db.train("scaled", POINTS, model_type="linear_reg", transform=SCALED)
    return db


def test_a_model_keeps_raw_columns_and_their_statistics(scaled):
    features, inputs, outputs, expressions = scaled.rows(
        "select features, [s.input for s in statistics], transform.outputs,"
        " transform.expressions from scaled"
    )[0]
    assert features == [
        {"name": "x", "data_type": "INT64"},
        {"name": "kind", "data_type": "STRING"},
    ]
    assert inputs == ["x", "kind"]
    assert [(column["name"], column["is_feature"]) for column in outputs] == [
        ("label", False), ("z", True), ("kind", True),
    ]  # fmt: skip
    assert expressions == SCALED


def test_a_model_predicts_and_evaluates_from_raw_columns(scaled):
    scaled.train("plain", f"select * exclude held_out from ({POINTS})", model_type="linear_reg")
    raw = f"select x, kind from ({POINTS})"
    plain = [value for (value,) in scaled.predict("plain", raw)]
    assert [value for (value,) in scaled.predict("scaled", raw)] == pytest.approx(plain, abs=1e-9)
    assert scaled.evaluate("scaled", POINTS)["r2_score"] == pytest.approx(
        scaled.evaluate("plain", POINTS)["r2_score"]
    )
    with pytest.raises(duckdb.Error, match="scaled: column 'kind' is missing from the input"):
        scaled.predict("scaled", "select 1 as x")


def test_the_clause_is_part_of_the_version(scaled):
    version = "select model_version from scaled"
    before = scaled.value(version)
    scaled.train("scaled", POINTS, model_type="linear_reg", transform=SCALED)
    assert scaled.value(version) == before
    scaled.train(
        "scaled", POINTS, model_type="linear_reg", transform=[*SCALED[:2], "upper(kind) as kind"]
    )
    assert scaled.value(version) != before


def test_the_statistics_are_fitted_on_the_rows_that_train(db):
    db.train(
        "held",
        "select range as x, 2.0 * range as label, range >= 40 as held_out from range(60)",
        model_type="linear_reg",
        data_split_method="custom",
        data_split_col="held_out",
        transform=["*", "x - avg(x) over () as z"],
    )
    assert json.loads(db.value("select transform.statistics from held"))["values"] == {"s0": "19.5"}
    assert db.value("select [f.name for f in features] from held") == ["x"]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_the_order_of_the_rows_changes_nothing(db, order):
    query = f"select random() * 0 + x as x, label from ({POINTS}) order by x {order}"
    db.train("a", POINTS, model_type="linear_reg", transform=["label", "x / sum(x) over () as z"])
    query = f"select * from ({POINTS}) order by label {order}, x"
    db.train("b", query, model_type="linear_reg", transform=["label", "x / sum(x) over () as z"])
    assert db.value("select model_version from a") == db.value("select model_version from b")


def test_arrays_that_are_no_vectors_are_for_the_clause(db):
    query = (
        "select range as x, range % 2 = 0 as label,"
        " [1.5] || if(range % 2 = 0, [null], [2.5, 0.5]) as v from range(40)"
    )
    options = {"model_type": "logistic_reg", "transform": ["label", "len(v) as n", "v[1] + x as w"]}
    db.train("m", query, **options)
    versions = [db.value("select model_version from m")]
    assert db.evaluate("m", query)["accuracy"] == 1
    of_v = db.rows("select unnest(statistics, recursive := true) from m")[1]
    assert of_v == ("v", *[None] * 6, 0, None)
    db.train("m", f"{query} order by -range", **options)
    assert versions == [db.value("select model_version from m")]


def test_another_process_predicts_the_same_bits(tmp_path):
    path = str(tmp_path / "models.duckdb")
    predict = (
        "select list(bqml_predict('m', (select model_version from m), r)[1] order by x, kind) "
        f"from (select distinct x, kind from ({POINTS})) r"
    )
    with duckdb.connect(path) as connection:
        register(connection)
        options = json.dumps({"model_type": "linear_reg", "transform": SCALED})
        connection.execute(
            f"create table m as select unnest(bqml_train('m', ?, list(r))) from ({POINTS}) r",
            [options],
        )
        [here] = connection.sql(predict).fetchone()
    program = (
        "import duckdb, sys; from duckdb_bqml import register\n"
        "c = duckdb.connect(sys.argv[1], read_only=True); register(c)\n"
        "c.execute('set enable_progress_bar = false')\n"
        "print([v.hex() for v in c.sql(sys.argv[2]).fetchone()[0]])"
    )
    there = subprocess.run(
        [sys.executable, "-c", program, path, predict], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == str([value.hex() for value in here])


def test_a_forged_model_table_predicts_nothing(scaled):
    scaled.execute(
        "update scaled set transform = struct_update(transform,"
        " replay := '(select content from read_text(''/etc/hosts'')) as label, 1 as z, 1 as kind')"
    )
    with pytest.raises(duckdb.Error, match="scaled: the stored transform clause holds a subquery"):
        scaled.predict("scaled", "select 1 as x, 'k1' as kind")


@pytest.mark.parametrize("options", [{"model_type": "pca", "num_principal_components": 1},
                                     {"model_type": "kmeans", "num_clusters": 2}])  # fmt: skip
def test_models_without_a_label_take_a_clause(db, options):
    db.train("m", POINTS, transform=["x / max(x) over () as z", "kind"], **options)
    assert len(db.predict("m", "select 3 as x, 'k1' as kind")) == 1


def test_a_transform_only_model_holds_any_type_and_predicts_nothing(db):
    db.train("t", ROWS, model_type="transform_only", transform=["[{'index': x}] as v", "s.*"])
    assert db.value("select [o.data_type for o in transform.outputs] from t") == [
        "ARRAY<STRUCT<index INT64>>", "INT64", "STRING",
    ]  # fmt: skip
    assert db.value("select [f.data_type for f in features] from t") == [
        "INT64", "STRUCT<a INT64, b STRING>",
    ]  # fmt: skip
    with pytest.raises(duckdb.Error, match=r"t: ml_predict is for .*, and .* TRANSFORM_ONLY"):
        db.predict("t", ROWS)


def test_a_clause_is_described_as_sql(db):
    db.train("t", ROWS, model_type="transform_only", transform=["x - avg(x) over () as z"])
    [found] = db.describe("t", "TRANSFORM")
    assert found["outputs"] == ["(bqml_row.x - bqml_statistics.s0) AS z"]
    assert found["excluded"] == ['"x"']
    assert db.rows(found["statistics"]) == [(4.5,)]
    db.train("m", POINTS, model_type="linear_reg")
    with pytest.raises(duckdb.Error, match="m: the model was trained without option 'transform'"):
        db.describe("m", "TRANSFORM")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model_type": "transform_only"}, "option 'transform' is required by TRANSFORM_ONLY"),
        ({"model_type": "linear_reg", "transform": []}, "option 'transform' is an empty list"),
        ({"model_type": "linear_reg", "transform": "x"}, "option 'transform' must be an array"),
    ],
)
def test_an_option_that_is_no_clause_is_refused(db, options, message):
    with pytest.raises(duckdb.Error, match=message):
        db.train("m", POINTS, **options)


def test_a_warm_start_keeps_the_clause_and_its_statistics(scaled):
    def go_on(clause):
        options = json.dumps({"model_type": "linear_reg", "warm_start": True, "transform": clause})
        scaled.connection.execute(
            "create or replace table warm as select unnest(bqml_train('warm', ?, list(r), 'scaled',"
            " any_value(s.model_version)))"
            f" from (select * replace (x * 10 as x) from ({POINTS})) r, scaled s",
            [options],
        )

    go_on(SCALED)
    kept = "select transform.statistics from "
    assert scaled.value(kept + "warm") == scaled.value(kept + "scaled")
    with pytest.raises(duckdb.Error, match="warm: option 'transform' differs from that of the"):
        go_on(["label", "x"])
