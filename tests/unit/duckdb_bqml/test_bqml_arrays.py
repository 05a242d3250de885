"""ARRAY and STRUCT features, through SQL."""

import duckdb
import numpy as np
import pytest
from duckdb_bqml.columns import Rows, bigquery_type

NUMBER = {"model_type": "linear_reg", "optimize_strategy": "normal_equation"}
ROWS = """
    select [range % 5, (range * 7) % 3]::{vector} as v, 3 * v[1] - 2 * v[2] as label
    from range(60)
"""


def columns(db, query):
    """The features of a query, by name."""
    rows = Rows.of_list(
        db.connection.sql(f"select list(r) as l from ({query}) r").to_arrow_table()["l"][0], "test"
    )
    return {name: rows.column(name, "column") for name in rows.names}


def types(db, model="m"):
    return db.value(
        f"select list_transform(features, lambda f: [f.name, f.data_type]) from {model}"
    )


@pytest.mark.parametrize("vector", ["int[]", "double[]", "double[2]", "decimal(9, 2)[]"])
def test_an_array_of_numbers_is_a_vector_left_as_it_is(db, vector):
    db.train("m", ROWS.format(vector=vector), **NUMBER)
    assert db.predict("m", "select [2, 1] as v") == [[pytest.approx(4)]]
    assert db.predict("m", "select [2.5, 0.5]::double[2] as v") == [[pytest.approx(6.5)]]
    (column,) = columns(db, "select unnest([[1, 2.5], [3, 4]]) as v").values()
    assert column.kind == "vector" and column.values.tolist() == [[1, 2.5], [3, 4]]


def test_the_features_of_a_model_name_the_types_of_arrays(db):
    db.train(
        "m",
        "select [1.5::double] as d, ['a'] as s, [{'i': 0, 'x': 1}] as p, range as label "
        "from range(20)",
        **NUMBER,
    )
    assert types(db) == [
        ["d", "ARRAY<FLOAT64>"],
        ["s", "ARRAY<STRING>"],
        ["p", "ARRAY<STRUCT<INT64, INT64>>"],
    ]
    statistics = db.value("select statistics from m")
    assert [(s["input"], s["dimension"], s["category_count"]) for s in statistics] == [
        ("d", 1, None),
        ("s", None, 1),
        ("p", 1, None),
    ]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ("[1, 2]), ([1])", "column 'v' holds arrays of 1 to 2 numbers; give every row as many"),
        ("[1, 2]), (null)", "column 'v' holds arrays of 0 to 2 numbers"),
        ("[1, null]), ([1, 2])", "column 'v' holds NULL, NaN or infinity inside the arrays of 1"),
        ("[1, 'nan'::double]), ([1, 2])", "column 'v' holds NULL, NaN or infinity"),
        ("[1, 'inf'::double]), ([1, 2])", "column 'v' holds NULL, NaN or infinity"),
        ("[]::int[]), ([])", "column 'v' holds empty arrays only; leave it out"),
        ("[[1]]), ([[2]])", "column 'v' has the type list.* which is not supported yet"),
        ("[{'a': 1}]), ([{'a': 2}])", "column 'v' has the type list.* not supported yet"),
        ("[{'a': 'x', 'b': 2}]), (null)", "column 'v' has the type list.* not supported yet"),
        ("[(-1, 2)]), (null)", "column 'v' holds the index -1; the first one is 0"),
        ("[(null::int, 2)]), (null)", "column 'v' holds NULL, NaN or infinity .* of 1 pairs"),
        ("[(1, null::int)]), (null)", "column 'v' holds NULL, NaN or infinity .* of 1 pairs"),
        ("[null, (1, 1)]), (null)", "column 'v' holds NULL, NaN or infinity .* of 1 pairs"),
        ("[(1000000, 1)]), (null)", "column 'v' holds the index 1000000, and the greatest is 9999"),
    ],
)
def test_an_array_that_is_no_feature_is_one_sentence(db, vectors, message):
    with pytest.raises(duckdb.Error, match=f"ModelError: m: {message}"):
        db.train("m", f"select v, 1.0 as label from (values ({vectors}) t(v)", **NUMBER)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("[1]", "column 'v' holds arrays of 1 numbers and the model was trained on 2"),
        ("null", "column 'v' holds empty arrays only"),
        ("['a', 'b']", "column 'v' has the type ARRAY<STRING> but .* trained on ARRAY<INT64>"),
        ("7", "column 'v' has the type INT64 but the model was trained on ARRAY<INT64>; cast it"),
    ],
)
def test_a_vector_unlike_the_trained_ones_is_one_sentence(db, query, message):
    db.train("m", ROWS.format(vector="int[]"), **NUMBER)
    with pytest.raises(duckdb.Error, match=f"ModelError: m: {message}"):
        db.predict("m", f"select {query} as v")


TAGS = """
    select if(range % 4 = 0, null, list_filter(['a', 'b', 'c'], lambda k, i: (range >> i) & 1 = 1))
        as tags, if(list_contains(tags, 'b'), 10, 0) + range % 2 as label
    from range(64)
"""


def test_an_array_of_text_is_a_set(db):
    db.train("m", TAGS, **NUMBER)
    assert types(db) == [["tags", "ARRAY<STRING>"]]
    [[nothing], [b], [repeated], [unseen], [null], [untyped]] = db.predict(
        "m",
        "select unnest([[], ['b'], ['b', 'b'], ['z'], null, []::varchar[]]) as tags",
    )
    assert b == pytest.approx(nothing + 10, abs=1)
    assert repeated == b and nothing == unseen == null == untyped
    assert db.predict("m", "select [] as tags") == db.predict("m", "select null as tags")


def test_a_null_element_is_a_category_of_its_own(db):
    (column,) = columns(
        db, "select unnest([['b', null, 'a'], null, [null, null], []::varchar[]]) as s"
    ).values()
    assert (column.kind, column.categories) == ("set", ("a", "b", None))
    assert column.values.toarray().tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 1], [0, 0, 0]]
    query = "select if(range % 2 = 0, [null, 'a'], ['a']) as s, range % 2 as label from range(20)"
    db.train("m", query, **NUMBER)
    assert db.predict("m", "select unnest([[null, 'a'], ['a']]) as s") == [
        [pytest.approx(0, abs=1e-9)],
        [pytest.approx(1)],
    ]


PAIRS = """
    select case when range % 3 = 0 then [] when range % 3 = 1 then [{'i': 1, 'x': range / 10.0}]
           else [{'i': 4, 'x': 2.0}, {'i': 1, 'x': 1.0}] end as p,
           coalesce(list_sum(list_transform(p, lambda e: if(e.i = 1, 5, -1) * e.x)), 0) as label
    from range(60)
"""


def test_pairs_of_index_and_value_are_a_sparse_vector(db):
    db.train("m", PAIRS, **NUMBER)
    assert db.predict(
        "m", "select unnest([[(1, 2.0)], [(4, 1.0)], [(99, 7.0)], [], null]) as p"
    ) == [
        [pytest.approx(10, abs=1e-9)],
        [pytest.approx(-1, abs=1e-9)],
        [pytest.approx(0, abs=1e-9)],
        [pytest.approx(0, abs=1e-9)],
        [pytest.approx(0, abs=1e-9)],
    ]
    assert db.value("select statistics[1].dimension from m") == 5
    (column,) = columns(db, "select [(2, 1.5), (0, 1), (2, 1)] as p").values()
    assert column.values.toarray().tolist() == [[1, 0, 2.5]]


STRUCTS = """
    select {'x': range, 'k': if(range % 2 = 0, 'a', 'b'), 'v': [range % 3]} as s,
           2 * range + range % 2 as label
    from range(60)
"""


def test_the_fields_of_a_struct_are_columns(db):
    db.train("m", STRUCTS, **NUMBER)
    assert types(db) == [["s_x", "INT64"], ["s_k", "STRING"], ["s_v", "ARRAY<INT64>"]]
    assert db.predict("m", "select {'v': [0], 'k': 'b', 'x': 9} as S") == [[pytest.approx(19)]]
    assert db.predict("m", "select [0] as s_v, 'b' as s_k, 9 as s_x") == [[pytest.approx(19)]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("row(1, 2) as s", "column 's' is a STRUCT whose fields have no names; name them"),
        ("{'a': {'b': 1}} as s", "column 's_a' is a STRUCT inside a STRUCT; select its fields"),
        ("{'a': 1} as s, 2 as s_a", "two columns are named 's_a' .* rename one"),
        ("{'a': 1} as s, 2 as S_A", "two columns are named 's_a' .* rename one"),
    ],
)
def test_a_struct_that_is_no_feature_is_one_sentence(db, query, message):
    with pytest.raises(duckdb.Error, match=f"ModelError: m: {message}"):
        db.train("m", f"select {query}, 1.0 as label", **NUMBER)


def test_a_struct_that_is_no_feature_may_stand_beside_the_features(line):
    query = "select 3 as x, {'a': {'b': 1}} as s, row(1, 2) as t, map {'a': 1} as u"
    assert line.predict("line", query) == [[pytest.approx(7)]]


MIXED = """
    select range::double as x, [range % 3, 1]::double[] as v, ['a', 'k' || range % 4] as s,
           [{'i': range % 2, 'x': 1.0}] as p, 'c' || range % 3 as c, {'y': range % 7} as t,
           range % 2 = 0 as label
    from range(100)
"""


@pytest.mark.parametrize(
    "options",
    [
        {"model_type": "logistic_reg"},
        {"model_type": "boosted_tree_classifier"},
        {"model_type": "boosted_tree_classifier", "category_encoding_method": "one_hot_encoding"},
        {"model_type": "random_forest_classifier", "num_parallel_tree": 10},
        {"model_type": "kmeans", "num_clusters": 3},
        {"model_type": "kmeans", "num_clusters": 3, "distance_type": "cosine"},
        {"model_type": "pca", "num_principal_components": 3},
        {"model_type": "pca", "num_principal_components": 3, "pca_solver": "randomized"},
    ],
)
def test_every_model_type_learns_from_arrays(db, options):
    query = (
        f"select * exclude label from ({MIXED})"
        if options["model_type"] in ("kmeans", "pca")
        else MIXED
    )
    db.execute(f"create table t as from ({query})")
    db.train("m", "from t", **options)
    db.train("n", "from t order by x desc", **options)
    assert db.value("select m.model_version = n.model_version from m, n")
    assert np.isfinite(db.predict("m", "from t")).all()


def test_trees_say_which_array_they_split(db):
    query = """select [range % 7, 1]::double[] as v, ['a', 'k' || range % 2] as s,
        [{'i': range % 3, 'x': 1.0}] as p, range % 7 + range % 3 as label from range(200)"""
    db.execute(f"create table t as from ({query})")
    db.train("m", "from t", model_type="boosted_tree_regressor")
    ranked = db.describe("m", "FEATURE_IMPORTANCE")
    weights = {row["feature"]: row["importance_weight"] for row in ranked}
    assert list(weights) == ["v", "s", "p"]
    assert weights["v"] > 0 and weights["p"] > 0


def test_trees_refuse_an_array_that_would_fill_the_memory(db):
    query = "select [{'i': 20000, 'x': 1.0}] as p, range as label from range(20)"
    with pytest.raises(duckdb.Error, match="column 'p' makes 20001 features, and trees take"):
        db.train("m", query, model_type="boosted_tree_regressor")


def test_the_parts_of_a_vector_are_named_by_position(db):
    query = "select [range % 2, 5]::double[] as v, ['a', null] as s from range(20)"
    db.train("m", query, model_type="kmeans", num_clusters=2)
    found = {
        part["feature"]: {pair["category"]: pair["value"] for pair in part["categorical_value"]}
        for part in db.describe("m", "CENTROIDS")
    }
    assert sorted(found["v"]) == ["0", "1"] and found["v"]["1"] == 5
    assert found["s"] == {"a": 1, "_null_filler": 1}


def test_an_array_is_no_label(db):
    for model_type in ("linear_reg", "logistic_reg"):
        with pytest.raises(duckdb.Error, match=r"m: label column 'label' is an ARRAY<INT64>; sel"):
            db.train(
                "m", "select range as x, [range] as label from range(9)", model_type=model_type
            )


@pytest.mark.parametrize(
    ("sql_type", "name"),
    [
        ("int[]", "ARRAY<INT64>"),
        ("timestamp[]", "ARRAY<TIMESTAMP>"),
        ("date[3]", "ARRAY<DATE>"),
        ("struct(i int, x float)[]", "ARRAY<STRUCT<INT64, FLOAT64>>"),
        ("struct(i double, x float)[]", None),
        ("struct(i int)[]", None),
        ("int[][]", None),
        ("map(int, int)", None),
        ("interval[]", None),
    ],
)
def test_the_names_of_array_types(sql_type, name):
    arrow = duckdb.sql(f"select null::{sql_type} as x").to_arrow_table().schema.field(0).type
    assert bigquery_type(arrow) == name
