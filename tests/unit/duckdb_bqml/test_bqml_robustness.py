"""Rows one would rather not meet: each has a defined result or one clear sentence."""

import math

import duckdb
import numpy as np
import pytest

# What is refused, or has a result, is no surprise that numpy need speak of.
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

SUPERVISED = [{"model_type": "linear_reg"}, {"model_type": "logistic_reg"}]
OTHERS = [
    {"model_type": "kmeans", "num_clusters": 2},
    {"model_type": "pca", "num_principal_components": 1},
]
EVERY = [*SUPERVISED, *OTHERS]


def train(db, options, features, source="range(40)"):
    """Train on these features, with a label of two values where the model type has one."""
    is_supervised = options["model_type"] in ("linear_reg", "logistic_reg")
    label = ", range % 2 as label" if is_supervised else ""
    db.train("m", f"select {features}{label} from {source}", **options)


def predict(db, features, source="range(40)"):
    predictions = db.predict("m", f"select {features} from {source}")
    assert np.isfinite(predictions).all()
    return predictions


ALL_NULL = ", ".join(
    f"null::{sql_type} as n{i}"
    for i, sql_type in enumerate(
        [
            "int", "double", "decimal(9, 2)", "hugeint", "boolean", "varchar", "blob", "date",
            "time", "timestamp", "timestamptz", "uuid", "enum('a')", "varchar[]",
            "struct(i int, x double)[]", "struct(a int, b varchar)",
        ]
    )
)  # fmt: skip


@pytest.mark.parametrize("options", EVERY)
def test_a_column_that_is_always_null_says_nothing(db, options):
    is_linear = options == SUPERVISED[0]
    options = {**options, "optimize_strategy": "normal_equation"} if is_linear else options
    train(db, options, f"range as x, {ALL_NULL}")
    with_null = predict(db, f"range as x, {ALL_NULL}")
    if is_linear:
        train(db, options, "range as x")
        assert np.array(with_null) == pytest.approx(np.array(predict(db, "range as x")), abs=1e-9)


@pytest.mark.parametrize("options", EVERY)
def test_an_untyped_null_column_says_nothing(db, options):
    train(db, options, "range as x, null as n")
    predict(db, "range as x, null as n")


def test_vectors_that_are_always_null_are_refused(db):
    with pytest.raises(duckdb.Error, match="m: column 'v' holds empty arrays only; leave it out"):
        train(db, SUPERVISED[0], "range as x, null::double[] as v")


@pytest.mark.parametrize("options", EVERY)
def test_a_constant_column_is_no_fault(db, options):
    constants = (
        "7 as a, 0.1::double as b, 1e300::double as c, 'a' as d, true as e, "
        "date '1950-01-01' as f, [1.0, 2.0] as g, ['a'] as h, timestamp '2020-01-01' as i"
    )
    train(db, options, f"range as x, {constants}")
    predict(db, f"range as x, {constants}")


def test_a_constant_column_alone_predicts_the_mean(db):
    train(db, SUPERVISED[0], "7 as c")
    assert predict(db, "unnest([7, null]) as c", "range(1)") == [[pytest.approx(0.5)]] * 2


@pytest.mark.parametrize("second", ["x", "X"])
def test_a_name_given_twice_is_told_apart_as_in_duckdb(db, second):
    """BigQuery refuses such a query; DuckDB gives the second column another name."""
    query = f'select range as x, range * range as "{second}", range as label from range(30)'
    db.train("m", query, model_type="linear_reg")
    assert db.value("select list_transform(features, lambda f: lower(f.name)) from m") == [
        "x",
        "x_1",
    ]


@pytest.mark.parametrize("options", EVERY)
def test_names_may_be_anything_quoted(db, options):
    features = 'range as "a b", range % 3 as "Größe", \'k\' || range % 2 as "日本", 1 as "a""b\'c"'
    train(db, options, features)
    predict(db, features)
    if options in SUPERVISED:
        features = features.replace("Größe", "GRÖSSE".replace("SS", "ß"))
        predict(db, features)


@pytest.mark.parametrize("options", EVERY)
def test_texts_may_be_anything(db, options):
    texts = (
        "['', ' ', '日本', 'a\"b', '{}', '_null_filler', 'null', chr(1), '🙂', 'é'][1 + range % 10]"
    )
    train(db, options, f"{texts} as t, range as x")
    predict(db, f"{texts} as t, range as x")


def test_ten_thousand_categories_train_and_predict(db):
    query = "select 'k' || range % 10000 as k, range % 2 as label from range(20000)"
    db.train("m", query, model_type="linear_reg", data_split_method="no_split", max_iterations=3)
    assert db.value("select json_extract_string(options, 'optimize_strategy') from m") == (
        "BATCH_GRADIENT_DESCENT"
    )
    assert db.value("select statistics[1].category_count from m") == 10_000
    [even, odd, unseen] = db.predict("m", "select unnest(['k0', 'k1', 'z']) as k")
    assert even < unseen < odd


@pytest.mark.parametrize("options", EVERY)
@pytest.mark.parametrize("value", ["inf", "-inf"])
def test_infinity_is_refused_in_training_and_in_prediction(db, options, value):
    infinite = f"if(range = 3, '{value}', range::varchar)::double as x"
    with pytest.raises(duckdb.Error, match="ModelError: m: column 'x' is infinite in 1 rows; fil"):
        train(db, options, infinite)
    train(db, options, "range::double as x")
    with pytest.raises(duckdb.Error, match="ModelError: m: column 'x' is infinite in 1 rows; fil"):
        predict(db, infinite)


@pytest.mark.parametrize("options", EVERY)
def test_nan_is_null(db, options):
    one_is = "if(range % 5 = 3, {}, range::double) as x, 'k' || range % 3 as k"
    versions = []
    for nothing in ("null", "'nan'::double"):
        train(db, options, one_is.format(nothing))
        versions.append(db.value("select model_version from m"))
        predict(db, one_is.format(nothing))
    assert versions[0] == versions[1]
    assert predict(db, one_is.format("null")) == predict(db, one_is.format("'nan'::double"))


def test_numbers_at_the_edges_of_a_double(db):
    train(db, SUPERVISED[0], "range * 1e150::double as x, range * 1e-320::double as y")
    assert len(predict(db, "range * 1e150::double as x, range * 1e-320::double as y")) == 40
    with pytest.raises(
        duckdb.Error, match=r"m: column 'x' holds numbers from 0 to 3.9e.307, too l"
    ):
        train(db, SUPERVISED[0], "range * 1e306::double as x")


@pytest.mark.parametrize("strategy", ["normal_equation", "batch_gradient_descent"])
def test_a_label_too_large_to_square_is_refused(db, strategy):
    query = "select range as x, range * 1e200::double as label from range(40)"
    with pytest.raises(
        duckdb.Error, match=r"m: label column 'label' holds numbers from 0 to 3.9e.201, too large"
    ):
        db.train("m", query, model_type="linear_reg", optimize_strategy=strategy)


def test_a_label_too_large_to_square_has_infinite_metrics(db):
    train(db, SUPERVISED[0], "range as x")
    metrics = db.evaluate("m", "select range as x, range * 1e200::double as label from range(40)")
    assert math.isinf(metrics["mean_squared_error"])
    assert metrics["mean_absolute_error"] == pytest.approx(19.5e200)


@pytest.mark.parametrize("options", EVERY)
@pytest.mark.parametrize(
    "vector", ["[range * 1e200::double, 1]", "[{'i': 0, 'v': range * 1e200::double}]"]
)
def test_vectors_too_large_to_square_are_refused(db, options, vector):
    with pytest.raises(
        duckdb.Error, match=r"m: column 'v' holds arrays of numbers up to 3.9e.201, too large"
    ):
        train(db, options, f"{vector} as v")


def test_a_warm_start_refuses_numbers_beyond_its_scale(db):
    options = {"model_type": "linear_reg", "warm_start": True}
    train(db, options, "range::double as x")
    with pytest.raises(duckdb.Error, match="m: the training loss is infinite before the first"):
        db.rows(
            "select bqml_train('m', (select options from m), list(r), 'm',"
            " (select model_version from m))"
            " from (select range * 1e200::double as x, range % 2 as label from range(40)) r"
        )


def test_a_pca_of_rows_at_the_mean_has_no_share_to_explain(db):
    train(db, OTHERS[1], "range as x, range % 2 as y", "range(2)")
    share = db.evaluate("m", "select 0.5 as x, 0.5 as y")["total_explained_variance_ratio"]
    assert math.isnan(share)


def test_one_row_trains_what_one_row_can(db):
    db.train("m", "select 3 as x, 'a' as k, 7.0 as label", model_type="linear_reg")
    assert db.predict("m", "select 5 as x, 'a' as k") == [[pytest.approx(7)]]
    for options, message in (
        ({"model_type": "logistic_reg"}, "has 1 distinct values; LOGISTIC_REG needs 2 to 50"),
        (OTHERS[0], "needs as many distinct rows, and the training query returned 1"),
        (OTHERS[1], "PCA needs at least two rows"),
    ):
        with pytest.raises(duckdb.Error, match=f"ModelError: m: .*{message}"):
            train(db, options, "range as x", "range(1)")


@pytest.mark.parametrize("options", EVERY)
def test_no_rows_train_nothing_and_predict_nothing(db, options):
    with pytest.raises(duckdb.Error, match="ModelError: m: the training query returned no rows"):
        train(db, options, "range as x", "range(0)")
    train(db, options, "range as x")
    assert db.predict("m", "select 1 as x where false") == []
    with pytest.raises(duckdb.Error, match="ModelError: m: the evaluation query returned no rows"):
        db.evaluate("m", "select 1 as x, 1 as label where false")


@pytest.mark.parametrize("options", EVERY)
def test_no_row_is_a_group_without_rows(db, options):
    train(db, options, "range as x")
    version = db.value("select model_version from m")
    assert db.rows(f"select bqml_predict('m', '{version}', r) from range(0) r(x)") == []


@pytest.mark.parametrize("label", ["'a'", "1", "true", "null::varchar"])
def test_a_label_of_one_class_is_refused(db, label):
    with pytest.raises(duckdb.Error, match="ModelError: m: label column 'label' "):
        db.train(
            "m", f"select range as x, {label} as label from range(9)", model_type="logistic_reg"
        )


def test_a_constant_number_is_a_label(db):
    db.train("m", "select range as x, 5 as label from range(30)", model_type="linear_reg")
    assert db.predict("m", "select 100 as x") == [[pytest.approx(5)]]


@pytest.mark.parametrize("options", EVERY)
def test_times_before_1970_are_times(db, options):
    features = (
        "timestamp '1955-03-01' + interval (range * 37) hour as at, "
        "date '1899-12-30' + (range % 4)::int as day, "
        "timestamp_s '0001-01-01' + interval (range) day as first, "
        "timestamp_ns '1960-01-01 00:00:00' as precise"
    )
    train(db, options, features)
    predict(db, features)
    assert db.value("select list_transform(features, lambda f: f.data_type) from m") == [
        "TIMESTAMP",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMP",
    ]


def test_an_endless_time_is_refused(db):
    endless = "if(range = 1, 'infinity', '2020-01-01')::timestamp as at"
    with pytest.raises(duckdb.Error, match="ModelError: m: column 'at' is infinite in 1 rows"):
        train(db, SUPERVISED[0], endless)
    train(db, SUPERVISED[0], "timestamp '2020-01-01' as at")
    with pytest.raises(duckdb.Error, match="ModelError: m: column 'at' is infinite in 1 rows"):
        predict(db, endless)


NEAREST = {
    "(range / 3)::decimal(38, 9)": "NUMERIC",
    "(range / 3)::decimal(38, 20)": "BIGNUMERIC",
    "(range / 3)::decimal(4, 1)": "NUMERIC",
    "range::hugeint * 100000000000000000000": "INT64",
    "range::uhugeint": "INT64",
    "sum(range) over ()": "INT64",
    "md5(range::varchar)::uuid": "STRING",
    "(['a', 'b'][1 + range % 2])::enum('b', 'a')": "STRING",
    "range::bit": "BYTES",
    "{'a': range}::json": "STRING",
}


@pytest.mark.parametrize("options", EVERY)
def test_types_that_bigquery_lacks_are_read_as_the_nearest(db, options):
    features = ", ".join(f"{value} as v{i}" for i, value in enumerate(NEAREST))
    train(db, options, features)
    predict(db, features)
    types = db.value("select list_transform(features, lambda f: f.data_type) from m")
    assert types == list(NEAREST.values())


@pytest.mark.parametrize("value", ["interval 1 day", "map {'a': 1}", "1::bignum", "[[1]]"])
def test_a_type_that_is_no_feature_is_one_sentence(db, value):
    with pytest.raises(
        duckdb.Error, match=r"ModelError: m: column 'v' has the type .*; leave it o"
    ):
        train(db, SUPERVISED[0], f"{value} as v, range as x")


@pytest.mark.parametrize(
    ("value", "name"), [("union_value(a := 1)", "v"), ("{'u': union_value(a := 1)}", "v_u")]
)
def test_a_union_is_refused_wherever_it_stands(db, value, name):
    with pytest.raises(duckdb.Error, match=f"ModelError: m: column '{name}' is a UNION; leave it"):
        train(db, SUPERVISED[0], f"{value} as v, range as x")
    train(db, SUPERVISED[0], "range as x")
    with pytest.raises(duckdb.Error, match=f"ModelError: m: column '{name}' is a UNION; leave it"):
        predict(db, f"{value} as v, range as x")


def test_a_value_is_the_same_whatever_its_type(db):
    versions = set()
    for value in ("range", "range::double", "range::decimal(9, 2)", "range::hugeint"):
        train(db, SUPERVISED[0], f"{value}::double as x")
        versions.add(db.value("select model_version from m"))
        assert math.isfinite(predict(db, f"{value} as x")[0][0])
    assert len(versions) == 1
