import ast
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import duckdb_bqml
import pytest
from duckdb_bqml import register
from duckdb_bqml.artifact import FORMAT, unsealed
from duckdb_bqml.errors import sentence
from duckdb_bqml.functions import FUNCTIONS
from duckdb_bqml.plugin import Plugin

SOURCES = sorted(Path(duckdb_bqml.__file__).parent.rglob("*.py"))

MIXED = """
    select (i % 100)::tinyint as tiny, i::hugeint as huge, (i / 7)::decimal(18, 4) as amount,
           i / 3.0::float as ratio, i % 2 = 0 as flag, 'k' || i % 5 as kind,
           (case i % 3 when 0 then 'x' else 'y' end)::enum('y', 'x') as choice,
           date '2024-01-01' + i::int % 4 as day, time '01:00' + interval (i % 3) hour as hour,
           timestamp '2024-01-01' + interval (i) hour as at,
           timestamptz '2024-01-01 00:00:00+00' + interval (i) hour as at_zone,
           ('b' || i % 2)::blob as raw, i * 2.0 as label
    from range(300) t(i)
"""


def test_register_is_idempotent(db):
    register(db.connection)
    register(db.connection.cursor())
    assert db.value(
        "select count(*) from duckdb_functions() where function_name like 'bqml_%'"
    ) == (len(FUNCTIONS))


def test_a_forgotten_connection_closes_its_database(tmp_path):
    path = str(tmp_path / "a.duckdb")
    connection = duckdb.connect(path)
    register(connection)
    del connection
    duckdb.connect(path, read_only=True).close()


def test_the_dbt_plugin_registers_the_functions():
    with duckdb.connect() as connection:
        Plugin.create("duckdb_bqml.plugin").configure_connection(connection)
        assert connection.sql("from duckdb_functions() where function_name = 'bqml_train'")


def test_no_module_imports_a_serializer_that_runs_code():
    imported = {
        name.split(".")[0]
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & {
        "pickle",
        "cPickle",
        "joblib",
        "marshal",
        "dill",
        "cloudpickle",
        "shelve",
    }


def test_the_algorithms_know_neither_duckdb_nor_arrow_nor_dbt():
    for source in SOURCES:
        if "algorithms" in source.parts:
            for word in ("import duckdb\n", "import pyarrow", "from pyarrow", "from dbt"):
                assert word not in source.read_text(), source


# ---- training


def test_a_trained_model_is_one_row(line):
    row = line.connection.sql("from line").to_arrow_table().to_pylist()[0]
    assert list(row) == [
        "model_name", "model_version", "model_type", "options", "features", "label", "outputs",
        "transform", "statistics", "reference", "training_info", "evaluation", "details",
        "rows_used", "rows_skipped", "artifact", "label_classes", "trained_at",
    ]  # fmt: skip
    assert (row["model_name"], row["label_classes"]) == ("line", None)
    assert abs(row["trained_at"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(hours=1)
    assert row["model_type"] == "LINEAR_REG"
    assert row["features"] == [{"name": "x", "data_type": "INT64"}]
    assert row["label"] == {"name": "label", "data_type": "NUMERIC"}
    assert json.loads(row["options"])["optimize_strategy"] == "NORMAL_EQUATION"
    assert (row["rows_used"], row["rows_skipped"]) == (50, 0)
    (info,) = row["training_info"]
    assert (info["training_run"], info["iteration"]) == (0, 0)
    assert info["eval_loss"] is None and info["learning_rate"] is None
    assert info["details"] is None
    assert (row["outputs"], row["details"], row["transform"]) == (None, None, None)
    line, _, _ = row["artifact"].partition(b"\n")
    assert json.loads(line)["format"] == FORMAT
    parts = unsealed(row["artifact"])
    assert sorted(parts) == ["coefficients", "intercept", "model"]
    assert parts["coefficients"].shape == (1, 1)
    [evaluation] = row["evaluation"]
    assert evaluation["keys"] == [] and dict(evaluation["metrics"])["r2_score"] == pytest.approx(1)


def test_every_scalar_type_can_be_a_feature(db):
    db.train("mixed", MIXED, model_type="linear_reg", optimize_strategy="normal_equation")
    types = db.value("select list_transform(features, lambda f: f.data_type) from mixed")
    assert types == [
        "INT64", "INT64", "NUMERIC", "FLOAT64", "BOOL", "STRING", "STRING", "DATE", "TIME",
        "TIMESTAMP", "TIMESTAMP", "BYTES",
    ]  # fmt: skip
    assert db.value("select evaluation[1].metrics['r2_score'] from mixed") == pytest.approx(1)
    actual = [value for (value,) in db.rows(f"select label::double from ({MIXED})")]
    assert [y for (y,) in db.predict("mixed", MIXED)] == pytest.approx(actual, abs=1e-3)


def test_the_same_rows_in_another_order_give_the_same_version(db):
    db.execute(
        "create table t as select random() as x, random() as label, 'k' || range % 7 as k "
        "from range(1000)"
    )
    for model, query in (("a", "from t"), ("b", "from t order by x"), ("c", "from t limit 999")):
        db.train(model, query, model_type="linear_reg", data_split_method="no_split")
    a, b, c = (db.value(f"select model_version from {model}") for model in "abc")
    assert a == b != c
    assert len(a) == 16 and int(a, 16)


def test_the_evaluation_rows_do_not_train(db):
    query = "select x, x * 1.0 as label, x >= 40 as held_out from range(50) t(x)"
    db.train(
        "m",
        query + " where x < 40 or x >= 40",
        model_type="linear_reg",
        data_split_method="custom",
        data_split_col="held_out",
    )
    db.train(
        "n",
        f"select * replace (if(held_out, 1000, label) as label) from ({query})",
        model_type="linear_reg",
        data_split_method="custom",
        data_split_col="HELD_OUT",
    )
    assert db.predict("m", "select 7 as x") == [[pytest.approx(7)]]
    assert db.predict("n", "select 7 as x") == [[pytest.approx(7)]]
    assert db.value("select evaluation[1].metrics['mean_absolute_error'] from n") == pytest.approx(
        955.5
    )
    assert db.value("select len(features) from n") == 1


@pytest.mark.parametrize("transform", [{}, {"transform": ["x", "w", "label"]}])
def test_one_column_may_have_two_roles(db, transform):
    query = "select range % 9 as x, range as w, range % 9 * 2.0 as label from range(100)"
    db.train(
        "m",
        query,
        model_type="boosted_tree_regressor",
        data_split_method="seq",
        data_split_col="w",
        instance_weight_col="w",
        **transform,
    )
    assert db.value("select list_transform(features, lambda f: f.name) from m") == ["x"]
    assert all(row["eval_loss"] > 0 for row in db.describe("m", "TRAINING_INFO"))
    db.train(
        "n",
        query,
        model_type="linear_reg",
        data_split_method="seq",
        data_split_col="label",
    )
    assert db.value("select list_transform(features, lambda f: f.name) from n") == ["x", "w"]


def test_an_evaluation_split_reports_its_loss(db):
    db.train(
        "m",
        "select random() as x, random() < 0.5 as label from range(2000)",
        model_type="logistic_reg",
    )
    assert db.value("select bool_and(i.eval_loss > 0) from (select unnest(training_info) i from m)")


def test_several_models_train_in_one_statement(db):
    rows = db.rows("""
        select bqml_train('m' || g, '{"model_type": "linear_reg"}', list({x: x, label: x})) as model
        from (select range % 2 as g, range as x from range(100)) group by g""")
    assert [row["rows_used"] for (row,) in rows] == [50, 50]


@pytest.mark.parametrize(
    ("query", "options", "message"),
    [
        ("select 1 as x, 1 as label where false", {}, "the training query returned no rows"),
        (
            "select 1 as x, 2 as z",
            {},
            "label column 'label' is missing from the query, whose columns are x, z; add it",
        ),
        ("select 1 as x, null::int as label", {}, "label column 'label' is NULL.* in 1 rows"),
        ("select 1 as x, 'inf'::double as label", {}, "label column 'label' is NULL, NaN or inf"),
        ("select 1 as x, 'a' as label", {}, "has the type STRING; a regression needs a number"),
        ("select 1 as label", {}, "the training query has no feature column"),
        ("select map {'a': 1} as x, 1 as label", {}, "column 'x' has the type map.* not supported"),
        ("select 'inf'::double as x, 1 as label", {}, "column 'x' is infinite in 1 rows"),
        (
            "select 1 as x, 1 as label",
            {"data_split_method": "seq", "data_split_col": "day"},
            "split column 'day' is missing",
        ),
        ("select 1 as x, 'a' as label", {"model_type": "logistic_reg"}, "1 distinct values"),
        (
            "select 1 as x, if(range > 1, null, range) as label from range(5)",
            {"model_type": "logistic_reg"},
            "label column 'label' is NULL in 3 rows",
        ),
        ("select range as x, range as label from range(51)", {"model_type": "logistic_reg"}, "51"),
    ],
)
def test_a_training_fault_is_one_sentence(db, query, options, message):
    options = {"model_type": "linear_reg", **options}
    with pytest.raises(duckdb.Error, match=f"ModelError: m: .*{message}"):
        db.connection.execute(
            f"select bqml_train('m', ?, list(r)) from ({query}) r", [json.dumps(options)]
        )


def test_an_option_without_local_meaning_is_logged(db, caplog):
    db.train(
        "m",
        "select range as x, range as label from range(50)",
        model_type="linear_reg",
        kms_key_name="k",
    )
    assert "m: option 'kms_key_name' is kept for BigQuery" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("'m', 'no json', list(r)", "m: argument 'options' must be the text of a JSON object"),
        ("'m', null, list(r)", "m: argument 'options' must be the text of a JSON object"),
        ("""'m', '{"model_type": "linear_reg"}', r""", "m: the rows must be a list; pass list"),
        ("""'m', '{"model_type": "linear_reg"}', list(x)""", "m: the input is int32; pass the row"),
    ],
)
def test_wrong_arguments_are_explained(db, arguments, message):
    with pytest.raises(duckdb.Error, match=message):
        group = "" if "list(" in arguments else "group by r"
        db.rows(f"select bqml_train({arguments}) from (select 1 as x, 2 as label) r {group}")


# ---- prediction


@pytest.mark.parametrize(
    "label",
    [
        "x > 50",
        "(x // 34 - 1)::bigint * 9",
        "['B', 'a', 'é'][1 + x // 34]",
        "date '2024-01-09' + (x // 34)::int",
        "(x // 34 * 1.5)::decimal(10, 2)",
        "timestamp '2024-01-09' + interval (x // 34) day",
        "(x // 34)::double - 1",
        "(x // 34)::uinteger",
    ],
)
def test_probability_i_belongs_to_element_i_of_the_ascending_distinct_labels(db, label):
    query = f"select x, {label} as label from range(100) t(x)"
    db.train("m", query, model_type="logistic_reg", max_iterations=300, min_rel_progress=0.0)
    wrong = db.value(f"""
        select count(*) from (
            select r.label as actual, classes, bqml_predict('m', model_version, r) as p
            from ({query}) r, m,
                (select list(distinct l.label order by l.label) as classes from ({query}) l))
        where classes[list_position(p, list_max(p))] <> actual""")
    assert wrong <= 8
    assert db.evaluate("m", query)["accuracy"] == pytest.approx(1 - wrong / 100)


def test_columns_match_by_name_whatever_case_order_and_number(line):
    assert line.predict("line", "select 'extra' as z, 3.0::float as X") == [[pytest.approx(7)]]


@pytest.mark.parametrize(
    "value", ["3", "3::decimal(9, 2)", "3::double", "3::hugeint", "3::utinyint"]
)
def test_a_number_is_coerced_to_a_number(line, value):
    assert line.predict("line", f"select {value} as x") == [[pytest.approx(7)]]


def test_null_is_the_mean_and_a_null_row_is_all_null(line):
    mean = pytest.approx(50)
    assert line.predict("line", "select null as x") == [[mean]]
    assert line.predict("line", "select null::double as x") == [[mean]]
    assert line.value(
        "select bqml_predict('line', model_version, r) "
        "from line left join (select 1 as x) r on false"
    ) == [mean]


def test_an_untyped_null_is_accepted_for_a_category(db):
    db.train(
        "m",
        "select if(range % 2 = 0, 'a', 'b') as k, range % 2 as label from range(50)",
        model_type="linear_reg",
    )
    (even, odd, unseen, null) = db.predict("m", "select unnest(['a', 'b', 'z', null]) as k")
    assert even == [pytest.approx(0)] and odd == [pytest.approx(1)]
    assert unseen == null == db.predict("m", "select null as k")[0]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "select 1 as y",
            "line: column 'x' is missing from the input of ml_predict; add it .* as INT64",
        ),
        (
            "select 'a' as x",
            "line: column 'x' has the type STRING but .* trained on INT64; cast it",
        ),
        ("select true as x", "line: column 'x' has the type BOOL but"),
        ("select [1] as x", "line: column 'x' has the type ARRAY<INT64> but"),
    ],
)
def test_a_prediction_fault_is_one_sentence(line, query, message):
    with pytest.raises(duckdb.Error, match=f"ModelError: {message}"):
        line.predict("line", query)


def test_prediction_spans_chunks_and_keeps_the_order(line):
    query = "select range as x from range(10_000)"
    assert [y for (y,) in line.predict("line", query)] == pytest.approx(
        [2 * x + 1 for x in range(10_000)]
    )


def test_a_retrained_model_is_not_served_stale(line):
    old = line.value("select model_version from line")
    assert line.predict("line", "select 3 as x") == [[pytest.approx(7)]]
    line.execute("create table history as from line")
    line.train("line", "select range as x, -range as label from range(50)", model_type="linear_reg")
    assert line.predict("line", "select 3 as x") == [[pytest.approx(-3)]]
    line.execute("insert into history select * from line")
    versions = line.rows("select model_version from history")
    assert len(versions) == 2
    both = {
        version: line.value(f"select bqml_predict('history', '{version}', {{x: 3}})")[0]
        for (version,) in versions
    }
    assert both.pop(old) == pytest.approx(7)
    assert list(both.values()) == [pytest.approx(-3)]


def test_two_databases_do_not_share_models():
    values = []
    for slope in (1, 2):
        with duckdb.connect() as connection:
            register(connection)
            connection.execute(f"""
                create table m as select 'same' as version, unnest(bqml_train(
                    'm', '{{"model_type": "linear_reg"}}', list({{x: x, label: {slope} * x}})))
                from range(50) t(x)""")
            connection.execute("update m set model_version = version")
            values += connection.sql("select bqml_predict('m', 'same', {x: 10})[1]").fetchone()
    assert values == pytest.approx([10, 20])


def test_a_model_is_found_by_its_quoted_three_part_name(line):
    line.execute('create schema "my ""ml"""')
    line.execute('create table "my ""ml"""."a.b" as from line')
    relation = '"memory"."my ""ml"""."a.b"'
    version = line.value("select model_version from line")
    assert line.value(f"select bqml_predict('{relation}', '{version}', {{x: 3}})") == [
        pytest.approx(7)
    ]


@pytest.mark.parametrize(
    "relation",
    [
        "line; drop table line",
        "line where true --",
        "(select * from line)",
        "line, line",
        'a"b',
        '"line',
        '"line" "x"',
        '""',
        "a.b.c.d",
        "read_csv(x)",
        "",
        "line\n",
        "1line",
    ],
)
def test_text_that_is_no_relation_never_becomes_sql(line, relation):
    with pytest.raises(duckdb.Error, match="is not the name of a model"):
        line.connection.execute("select bqml_predict(?, 'v', {x: 1})", [relation])
    assert line.value("select count(*) from line") == 1


@pytest.mark.parametrize(
    ("relation", "version", "message"),
    [
        (
            "nowhere",
            "'v'",
            "nowhere: the model cannot be read from nowhere .*build it, and",
        ),
        ("line", "'v'", "line: line has no model_version v"),
        ("line", "null", "needs one version per query"),
    ],
)
def test_a_model_that_cannot_be_found_is_named(line, relation, version, message):
    with pytest.raises(duckdb.Error, match=message):
        line.rows(f"select bqml_predict('{relation}', {version}, {{x: 1}})")


def test_many_threads_predict_at_once(line):
    version = line.value("select model_version from line")

    def predict(_):
        query = f"select sum(bqml_predict('line', '{version}', {{x: range}})[1]) from range(50_000)"
        return line.connection.cursor().sql(query).fetchone()[0]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(predict, range(8))) == pytest.approx([50_000**2] * 8)


# ---- evaluation


def test_evaluation_equals_the_stored_one_on_the_same_rows(line):
    query = "select range as x, 2.0 * range + 1 as label from range(50)"
    [stored] = line.describe("line", "EVALUATE")
    assert line.evaluate("line", query) == stored
    assert line.value("select evaluation[1].metrics from line") == stored
    assert list(stored) == [
        "mean_absolute_error", "mean_squared_error", "mean_squared_log_error",
        "median_absolute_error", "r2_score", "explained_variance",
    ]  # fmt: skip


def test_evaluation_skips_rows_without_a_label(line):
    query = "select unnest([1, 2, 1000]) as x, unnest([4.0, 6.0, null]) as label"
    assert line.evaluate("line", query)["mean_absolute_error"] == pytest.approx(1)


@pytest.fixture
def binary(db):
    db.train(
        "coin",
        "select range as x, if(range < 50, 'no', 'yes') as label from range(100)",
        model_type="logistic_reg",
    )
    return db


def test_the_threshold_moves_recall(binary):
    query = "select range as x, if(range < 50, 'no', 'yes') as label from range(100)"
    strict, lenient = (
        binary.evaluate("coin", query, f'{{"threshold": {threshold}}}') for threshold in (0.9, 0.1)
    )
    assert strict["recall"] < lenient["recall"] == 1
    assert strict["precision"] == 1 > lenient["precision"]


def test_a_class_missing_from_the_evaluation_rows_is_no_fault(binary):
    metrics = binary.evaluate("coin", "select 99 as x, 'yes' as label")
    assert metrics["accuracy"] == 1


@pytest.mark.parametrize(
    ("query", "settings", "message"),
    [
        ("select 1 as x, 'no' as label where false", "{}", "evaluation query returned no rows"),
        ("select 1 as x, null::varchar as label", "{}", "is NULL in every row"),
        ("select 1 as x", "{}", "label column 'label' is missing"),
        ("select 'no' as label", "{}", "column 'x' is missing from the input of ml_evaluate"),
        ("select 1 as x, 'maybe' as label", "{}", "holds 'maybe', which the model was not trained"),
        ("select 1 as x, 1 as label", "{}", "has the type INT64 but the model was trained on STR"),
        ("select 1 as x, 'no' as label", "[]", "argument 'settings' must be the text of a JSON"),
        ("select 1 as x, 'no' as label", '{"threshold": 2}', "must be between 0 and 1, not 2"),
        ("select 1 as x, 'no' as label", '{"threshold": true}', "between 0 and 1, not True"),
        ("select 1 as x, 'no' as label", '{"cutoff": 2}', "setting 'cutoff' is not valid"),
    ],
)
def test_an_evaluation_fault_is_one_sentence(binary, query, settings, message):
    with pytest.raises(duckdb.Error, match=f"ModelError: coin: .*{message}"):
        binary.evaluate("coin", query, settings)


def test_a_label_is_matched_in_the_type_it_was_trained_in(db):
    db.train(
        "m",
        "select range as x, range > 49 as k, (range > 49)::int as label from range(100)",
        model_type="logistic_reg",
    )
    as_integer, as_decimal, as_double = (
        db.evaluate("m", f"select 99 as x, true as k, {label} as label")
        for label in ("1::tinyint", "1.00", "1::double")
    )
    assert as_integer == pytest.approx(as_decimal, nan_ok=True)
    assert as_integer == pytest.approx(as_double, nan_ok=True)
    with pytest.raises(duckdb.Error, match="m: column 'label' holds a value that is no INT64"):
        db.evaluate("m", "select 99 as x, true as k, 1.5 as label")


def test_a_threshold_needs_a_binary_classifier(line):
    with pytest.raises(
        duckdb.Error, match="line: setting 'threshold' is not valid for a regression"
    ):
        line.evaluate("line", "select 1 as x, 1 as label", '{"threshold": 0.5}')
    line.train(
        "three", "select range as x, range % 3 as label from range(90)", model_type="logistic_reg"
    )
    with pytest.raises(duckdb.Error, match="three: setting 'threshold' needs a binary classifier"):
        line.evaluate("three", "select 1 as x, 1 as label", '{"threshold": 0.5}')


# ---- models without a label

POINTS = """
    select (range % 7)::double as x, range % 7 + range % 3 / 10 as y,
           if(range % 10 = 0, null, 'k' || range % 2) as kind, range in (0, 6) as is_first
    from range(60)
"""
CLUSTERS = {"model_type": "kmeans", "num_clusters": 2}
COMPONENTS = {"model_type": "pca", "num_principal_components": 2}


@pytest.mark.parametrize("options", [CLUSTERS, COMPONENTS])
def test_a_model_without_a_label_trains_on_all_rows(db, options):
    db.train("m", POINTS, **options)
    [(label, used, features)] = db.rows("select label, rows_used, len(features) from m")
    assert (label, used, features) == (None, 60, 4)
    assert len(db.predict("m", POINTS)[0]) == 2
    [stored] = db.describe("m", "EVALUATE")
    assert db.evaluate("m", POINTS) == pytest.approx(stored)


@pytest.mark.parametrize(
    "options",
    [
        CLUSTERS,
        COMPONENTS,
        {**CLUSTERS, "kmeans_init_method": "kmeans++"},
        {**CLUSTERS, "distance_type": "cosine"},
        {**COMPONENTS, "pca_solver": "randomized"},
    ],
)
def test_the_same_rows_in_another_order_give_the_same_unsupervised_version(db, options):
    db.execute("create table t as select random() as x, random() as y from range(1000)")
    for model, query in (("a", "from t"), ("b", "from t order by x"), ("c", "from t limit 999")):
        db.train(model, query, **options)
    a, b, c = (db.value(f"select model_version from {model}") for model in "abc")
    assert a == b != c


def test_the_initial_column_is_no_feature(db):
    db.train("m", POINTS, **CLUSTERS, kmeans_init_method="custom", kmeans_init_col="IS_FIRST")
    assert db.value("select list_transform(features, lambda f: f.name) from m") == [
        "x",
        "y",
        "kind",
    ]
    assert len(db.predict("m", "select 1.0 as x, 2 as y, null::varchar as kind")[0]) == 2


def test_training_info_of_kmeans_tells_of_its_clusters(db):
    db.train("m", POINTS, **CLUSTERS)
    assert list(json.loads(db.value("select training_info[1].details from m"))) == ["cluster_info"]
    info = db.describe("m", "TRAINING_INFO")[0]
    assert info["loss"] > 0 and info["eval_loss"] is None and info["learning_rate"] is None
    assert [cluster["centroid_id"] for cluster in info["cluster_info"]] == [1, 2]
    assert sum(cluster["cluster_size"] for cluster in info["cluster_info"]) == 60


def test_the_parts_of_a_model_can_be_listed(db):
    db.train("m", POINTS, **CLUSTERS)
    centroids = db.describe("m", "CENTROIDS")
    assert [(part["centroid_id"], part["feature"]) for part in centroids] == [
        (i, feature) for i in (1, 2) for feature in ("x", "y", "kind", "is_first")
    ]
    number, kind = centroids[0], centroids[2]
    assert number["numerical_value"] is not None and number["categorical_value"] == []
    shares = [pair["value"] for pair in kind["categorical_value"]]
    assert kind["numerical_value"] is None and sum(shares) == pytest.approx(1)
    standardized = db.describe("m", "centroids", '{"standardize": true}')
    mean, stddev = db.rows(f"select avg(x), stddev_samp(x) from ({POINTS})")[0]
    assert standardized[0]["numerical_value"] == pytest.approx(
        (number["numerical_value"] - mean) / stddev
    )
    assert db.describe("m", "CENTROIDS", '{"standardize": false}') == centroids
    db.train("m", POINTS, **COMPONENTS)
    assert len(db.describe("m", "PRINCIPAL_COMPONENTS")) == 8
    assert len(db.describe("m", "PRINCIPAL_COMPONENT_INFO")) == 2


def test_anomalies_are_what_lies_apart(db):
    for options, clusters in ((CLUSTERS, {1, 2}), (COMPONENTS, {None})):
        db.train("m", POINTS, **options)
        found = db.anomalies("m", POINTS, '{"contamination": 0.1}')
        assert 0 < sum(is_anomaly for is_anomaly, _, _ in found) <= 6
        assert {cluster for _, _, cluster in found} == clusters
        apart = "select 50.0 as x, -50 as y, 'k0' as kind, false as is_first"
        [(is_anomaly, score, _)] = db.anomalies("m", apart, '{"contamination": 0}')
        assert is_anomaly and score > 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "bqml_describe('m', version, 'CENTROIDS', '{}')",
            "m: ml_centroids is for KMEANS, and the model is PCA; give a model of that type",
        ),
        (
            "bqml_describe('line', line_version, 'centroids', '{}')",
            "line: ml_centroids is for KMEANS, and the model is LINEAR_REG; give a model of that",
        ),
        (
            "bqml_detect_anomalies('line', line_version, '{\"contamination\": 0}', {x: 1})",
            "line: ml_detect_anomalies is for KMEANS, PCA, ARIMA_PLUS and ARIMA_PLUS_XREG, and the",
        ),
        ("bqml_detect_anomalies('m', version, '{}', row)", "'contamination' must be .* not None"),
        (
            "bqml_detect_anomalies('m', version, '{\"contamination\": 0.6}', row)",
            "m: setting 'contamination' must be between 0 and 0.5, not 0.6",
        ),
        (
            "bqml_detect_anomalies('m', version, '{\"cut\": 0.1}', row)",
            "m: setting 'cut' is not valid; use 'contamination'",
        ),
        (
            "bqml_detect_anomalies('m', version, '{\"contamination\": 0}', {x: 1})",
            "m: column 'y' is missing from the input of ml_detect_anomalies",
        ),
        ("bqml_predict('m', version, {x: 1})", "m: column 'y' is missing from the input of ml_pre"),
        ("bqml_evaluate('m', version, '{\"threshold\": 1}', [row])", "m: setting 'threshold'"),
    ],
)
def test_a_call_on_a_model_of_another_kind_is_one_sentence(line, call, message):
    line.train("m", POINTS, **COMPONENTS)
    with pytest.raises(duckdb.Error, match=f"ModelError: .*{message}"):
        line.rows(
            f"select {call} from (select m.model_version as version, line.model_version as "
            "line_version, {x: 1.0, y: 2.0, kind: 'k0', is_first: true} as row from m, line)"
        )


@pytest.mark.parametrize(
    ("query", "options", "message"),
    [
        ("select 1 as x where false", CLUSTERS, "the training query returned no rows"),
        ("select 1 as x", CLUSTERS, "'num_clusters' = 2 needs as many distinct rows"),
        (
            "select true as is_first",
            {**CLUSTERS, "kmeans_init_method": "custom", "kmeans_init_col": "is_first"},
            "the training query has no feature column",
        ),
        (
            "select 1 as x",
            {**CLUSTERS, "kmeans_init_method": "custom", "kmeans_init_col": "is_first"},
            "initial centroid column 'is_first' is missing",
        ),
        ("select 'inf'::double as x", COMPONENTS, "column 'x' is infinite in 1 rows"),
    ],
)
def test_an_unsupervised_training_fault_is_one_sentence(db, query, options, message):
    with pytest.raises(duckdb.Error, match=f"ModelError: m: .*{message}"):
        db.connection.execute(
            f"select bqml_train('m', ?, list(r)) from ({query}) r", [json.dumps(options)]
        )


def test_the_sentence_of_an_error_is_found_in_what_duckdb_makes_of_it(line):
    with pytest.raises(duckdb.Error) as caught:
        line.predict("line", "select 1 as z")
    assert sentence(str(caught.value)) == (
        "line: column 'x' is missing from the input of ml_predict; add it to the query as INT64"
    )
    assert sentence("Parser Error: no") == "Parser Error: no"


# ---- weights, explanations and warm starts in SQL

SHOPS = """
    select i % 7 as x, ['a', 'b', null][1 + i % 3] as kind,
           2.0 * (i % 7) + [0, 5, 9][1 + i % 3] as amount,
           ['low', 'middle', 'high'][1 + (i % 7) // 3] as band, i % 7 > 2 as is_high
    from range(60) t(i)
"""


def test_weights_of_a_regression(db):
    db.train(
        "m",
        f"select x, kind, amount from ({SHOPS})",
        model_type="linear_reg",
        input_label_cols=["amount"],
        category_encoding_method="dummy_encoding",
    )
    x, kind, intercept = db.describe("m", "WEIGHTS")
    assert x == {
        "processed_input": "x", "weight": pytest.approx(2), "category_weights": [],
        "class_label": None,
    }  # fmt: skip
    assert (kind["processed_input"], kind["weight"]) == ("kind", None)
    assert kind["category_weights"] == [
        {"category": "a", "weight": 0.0},
        {"category": "b", "weight": pytest.approx(5)},
        {"category": "_null_filler", "weight": pytest.approx(9)},
    ]
    assert (intercept["processed_input"], intercept["weight"]) == (
        "__INTERCEPT__",
        pytest.approx(0, abs=1e-9),
    )
    stddev = db.value(f"select stddev_samp(x) from ({SHOPS})")
    standardized = db.describe("m", "WEIGHTS", '{"standardize": true}')
    assert standardized[0]["weight"] == pytest.approx(2 * stddev)
    with pytest.raises(duckdb.Error, match=r"m: Model is not supported by ML\.ADVANCED_WEIGHTS"):
        db.describe("m", "ADVANCED_WEIGHTS")


def test_weights_of_three_classes_come_class_by_class(db):
    db.train(
        "m",
        f"select x, kind, band from ({SHOPS})",
        model_type="logistic_reg",
        input_label_cols=["band"],
    )
    rows = db.describe("m", "WEIGHTS")
    assert [(row["class_label"], row["processed_input"]) for row in rows] == [
        (label, name)
        for label in ("high", "low", "middle")
        for name in ("x", "kind", "__INTERCEPT__")
    ]


def test_an_explanation_leads_with_the_greatest_attribution_and_adds_up(db):
    db.train(
        "m",
        f"select x, kind, is_high from ({SHOPS})",
        model_type="logistic_reg",
        input_label_cols=["is_high"],
        enable_global_explain=True,
    )
    rows = db.rows(
        "select bqml_explain_predict('m', (select model_version from m), '{}', r) from "
        f"({SHOPS}) r"
    )
    for (row,) in rows:
        first, second = row["top_feature_attributions"]
        assert abs(first["attribution"]) >= abs(second["attribution"])
        total = row["baseline_prediction_value"] + first["attribution"] + second["attribution"]
        assert row["prediction_value"] == pytest.approx(total)
        assert row["prediction_value"] >= 0
        assert row["approximation_error"] == 0
        assert row["class_position"] == 1 + (row["prediction"][1] > 0.5)
    explained = db.describe("m", "GLOBAL_EXPLAIN")
    assert json.loads(db.value("select details -> 'global_explanation' from m")) == explained
    assert [(row["class_label"], row["feature"]) for row in explained] == [
        (label, name) for label in ("false", "true", None) for name in ("x", "kind")
    ]
    x = [row["attribution"] for row in explained if row["feature"] == "x"]
    assert x == pytest.approx([x[0]] * 3)
    assert x[0] > 10 * explained[1]["attribution"]


def warm(db, new, old, query, **options):
    """Train `new` as a warm start from `old`."""
    db.connection.execute(
        f"create or replace table {new} as select unnest(bqml_train('{new}', ?, list(r), '{old}', "
        f"any_value(o.model_version))) from ({query}) r cross join {old} as o",
        [json.dumps({"warm_start": True, **options})],
    )


LINE = {"model_type": "linear_reg", "input_label_cols": ["amount"]}


def test_a_warm_start_counts_its_runs_and_takes_columns_by_name(db):
    db.train("m", f"select x, kind, amount from ({SHOPS})", **LINE)
    for run in (1, 2):
        warm(db, "m", "m", f"select amount, kind, x from ({SHOPS})", **LINE)
        assert db.value("select max(i.training_run) from m, unnest(training_info) t(i)") == run
        assert db.value("select list_transform(features, lambda f: f.name) from m") == ["x", "kind"]
    [(y,)] = db.predict("m", "select 3 as x, 'b' as kind")
    assert y == pytest.approx(11)


@pytest.mark.parametrize(
    ("query", "options", "message"),
    [
        (
            "select x, amount",
            {},
            "column 'kind' is missing from the training query; add it, or set",
        ),
        (
            "select x, kind, 1 as z, amount",
            {},
            "column 'z' is new; leave it out, or set warm_start",
        ),
        (
            "select x::double as x, kind, amount",
            {},
            "column 'x' has the type FLOAT64 and had INT64; cast it, or set warm_start to false",
        ),
        (
            "select x, kind, amount as price",
            {"input_label_cols": ["price"]},
            "label column 'price' was 'amount'; keep it, or set warm_start to false",
        ),
        (
            "select x, kind, amount::double as amount",
            {},
            "column 'amount' has the type FLOAT64 and had NUMERIC; cast it",
        ),
        (
            "select x, kind, amount",
            {"category_encoding_method": "dummy_encoding"},
            "option 'category_encoding_method' is DUMMY_ENCODING and was ONE_HOT_ENCODING",
        ),
        (
            "select x, kind, amount",
            {"fit_intercept": False},
            "option 'fit_intercept' is FALSE and was TRUE in the model that warm_start goes on",
        ),
        (
            "select x, kind, amount > 5 as amount",
            {"model_type": "logistic_reg"},
            "option 'model_type' is LOGISTIC_REG and was LINEAR_REG in the model that warm_start",
        ),
    ],
)
def test_a_warm_start_of_another_model_is_refused_in_one_sentence(db, query, options, message):
    db.train("m", f"select x, kind, amount from ({SHOPS})", **LINE)
    with pytest.raises(duckdb.Error) as refused:
        warm(db, "n", "m", f"{query} from ({SHOPS})", **{**LINE, **options})
    assert message in str(refused.value) and "n: " in str(refused.value)


def test_a_warm_start_of_kmeans_keeps_centroids_and_their_number(db):
    query = f"select x, kind from ({SHOPS})"
    db.train("m", query, model_type="kmeans", num_clusters=3, max_iterations=1, early_stop=False)
    warm(db, "n", "m", query, model_type="kmeans")
    losses = [row["loss"] for row in db.value("select training_info from n")]
    assert losses == sorted(losses, reverse=True) and len(losses) > 2
    assert db.value("select options::json ->> 'num_clusters' from n") == "3"
    with pytest.raises(duckdb.Error, match="option 'num_clusters' is 4 and was 3 in the model"):
        warm(db, "n", "m", query, model_type="kmeans", num_clusters=4)


@pytest.mark.parametrize(
    "call",
    [
        "bqml_predict('line', r)",
        "bqml_predict('line', 'v', '{}', r)",
        "bqml_describe('line')",
        "bqml_describe('line', 'v', 'WEIGHTS')",
        "bqml_parts('line', 'v', 'FORECAST')",
        "bqml_rows('line', 'v', 'FORECAST', '{}')",
    ],
)
def test_a_wrong_number_of_arguments_is_one_sentence_that_says_what_they_are(line, call):
    with pytest.raises(duckdb.Error) as caught:
        line.rows(f"select {call} from (select 1 as x) r")
    name = call.partition("(")[0]
    assert f"ModelError: {name} was given" in str(caught.value)
    assert "model relation, version" in str(caught.value)


def test_a_prediction_can_be_read_by_the_classes(db):
    db.train(
        "m", "select range as x, range >= 25 as label from range(50)", model_type="logistic_reg"
    )
    [(classes, probabilities)] = db.rows(
        "select label_classes, bqml_predict('m', model_version, {'x': 49}) from m"
    )
    assert classes == ["false", "true"]
    assert probabilities[1] > 0.9


def test_the_statistics_of_the_features_are_those_of_the_rows_that_train(db):
    rows = "select range as x, range * 2 as label, range >= 40 as held from range(50)"
    split = {"data_split_method": "custom", "data_split_col": "held"}
    db.train("m", rows, model_type="linear_reg", **split)
    db.train("t", rows, model_type="linear_reg", transform=["x", "label", "held"], **split)
    for model in ("m", "t"):
        [(found,)] = db.rows(f"select statistics from {model}")
        assert [(one["input"], one["max"], one["mean"]) for one in found] == [("x", 39, 19.5)]
