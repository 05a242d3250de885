"""Preprocessing functions in a query give what their macros give on the same rows."""

import pytest
from bqml_proxy.macros import MACROS, Macros
from bqml_vocabulary.functions import FUNCTIONS

# the call as BigQuery has it, and the macro's arguments
CALLS = {
    "bucketize(wind, [1, 2.5])": ("wind", [1, 2.5]),
    "bucketize(wind, [1, 2, 3], true, 'bucket_ranges')": ("wind", [1, 2, 3], True, "bucket_ranges"),
    "quantile_bucketize(miles, 4) over ()": ("miles", 4),
    "hash_bucketize(carrier, 5)": ("carrier", 5),
    "feature_cross(struct(carrier, band as b), 2)": ({"carrier": "carrier", "b": "band"}, 2),
    "polynomial_expand(struct(wind, miles as m))": ({"wind": "wind", "m": "miles"},),
    "standard_scaler(price) over ()": ("price",),
    "min_max_scaler(miles) over ( /* all ) */ )": ("miles",),
    "max_abs_scaler(miles) over ()": ("miles",),
    "robust_scaler(miles, [10, 90], false) over ()": ("miles", [10, 90], False),
    "normalizer([wind, 1.0], cast('+inf' as float64))": ("[wind, 1.0]", float("inf")),
    "imputer(price, 'mean') over ()": ("price", "mean"),
    "label_encoder(carrier, 2, 1) over ()": ("carrier", 2, 1),
    "one_hot_encoder(band, 'most_frequent', 9, 1) over ()": ("band", "most_frequent", 9, 1),
    "multi_hot_encoder(words, 9, 1) over ()": ("words", 9, 1),
    "bag_of_words(words, 9, 1) over ()": ("words", 9, 1),
    "tf_idf(words, 9, 1) over ()": ("words", 9, 1),
    "ngrams(words, [1, 2], '\\'#')": ("words", [1, 2], "'''#'"),
    "distance([wind, 1.0], [miles, 2.0], 'COSINE')": ("[wind, 1.0]", "[miles, 2.0]", "COSINE"),
    "lp_norm([wind, 1.0], 2)": ("[wind, 1.0]", 2),
}


@pytest.mark.parametrize("call", CALLS)
def test_values_are_those_of_the_macro(trained, call):
    expression = Macros().call(f"ml_{call.partition('(')[0]}", *CALLS[call])
    wanted = trained.emulator.query(
        f"select flight_id, {expression} as made from flights where flight_id < 50 order by 1",
        "p",
        "d",
    )
    made = trained.table(
        f"with few as (select * from flights where flight_id < 50)"
        f" select flight_id, ml.{call} as made from few order by 1"
    )
    assert made.to_pylist() == wanted.to_pylist()
    assert any(value is not None for value in made["made"].to_pylist())


def test_every_macro_of_a_function_is_called_here():
    files = [file.name for file in MACROS.joinpath("ml", "preprocessing").iterdir()]
    macros = {name[3:-4] for name in files if name.startswith("ml_") and name.endswith(".sql")}
    assert {name.partition("(")[0] for name in CALLS} == macros
    assert macros <= {name.lower() for name in FUNCTIONS}


def test_a_call_in_an_expression_of_a_query(trained):
    [(low, high)] = trained.rows(
        "select min(z), max(z) from (select 1 + 2 * ml.min_max_scaler(miles) over () as z"
        " from flights as f where carrier = 'AA') as q"
    )
    assert (low, high) == (1, 3)


def test_a_call_in_where(trained):
    sql = "select count(*) from flights where ml.bucketize(wind, [2]) = 'bin_1' and wind >= 0"
    assert trained.rows(sql) == trained.rows("select count(*) from flights where wind < 2")


def test_a_call_over_groups(trained):
    rows = trained.rows(
        "select carrier, ml.max_abs_scaler(n) over () as share from (select carrier, count(*) as n"
        " from flights where carrier <> 'AA' or flight_id < 30 group by carrier) as q order by 1"
    )
    assert rows == [("AA", 0.25), ("B6", 1), ("UA", 1)]


def test_a_call_in_a_call(trained):
    [(terms,)] = trained.rows(
        "select ml.bag_of_words(ml.ngrams(words, [1, 2], ' '), 9, 1) over () as terms"
        " from flights order by flight_id limit 1"
    )
    assert [term["index"] for term in terms] == [1, 3, 4]


def test_no_rows_and_null(trained):
    assert trained.rows("select ml.bucketize(wind, [2]) as z from flights where wind < 0") == []
    assert trained.rows("select ml.bucketize(null, [2]) as z") == [(None,)]


def test_terms_that_are_null(trained):
    """A query cannot return an array that holds NULL, but a function can be given one."""
    trained.emulator.queries.clear()
    rows = trained.rows(
        "select ml.multi_hot_encoder(terms, 9, 1) over () as z"
        " from (select [carrier, null] as terms from flights where flight_id < 3) as q"
    )
    assert sorted(term["index"] for (terms,) in rows for term in terms) == [0, 0, 0, 1, 2, 3]
    assert "as bqml_argument" not in trained.emulator.queries[0]


def test_a_call_in_the_input_of_a_model(trained):
    assert trained.rows(
        "select count(*) from ml.predict(model linear, (select carrier,"
        " ml.min_max_scaler(miles) over () as miles from flights))"
    ) == [(120,)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("standard_scaler(miles)", "needs an empty OVER ()"),
        ("standard_scaler(miles) over (order by wind)", "needs an empty OVER ()"),
        ("bucketize(miles, [1]) over ()", "takes no OVER"),
        ("bucketize(miles, [wind])", "array_split_points must be a constant"),
        ("bucketize(miles, [2, 1])", "give an array of ascending numbers"),
        ("bucketize()", "not 0 arguments"),
        ("standard_scaler(miles, 1) over ()", "not 2 arguments"),
        ("imputer(miles, 'mode') over ()", "'mode'"),
        ("feature_cross(carrier)", "takes a STRUCT written in place"),
        ("feature_cross(struct(carrier || 'x'))", "every field needs a name"),
        ("bucketize(nope, [1])", "nope"),
        ("nonsense(miles)", "ML.NONSENSE is not available here"),
    ],
)
def test_a_wrong_call_is_refused(trained, call, words):
    refused = trained.refusal(f"select ml.{call} from flights")
    assert refused.code == 400
    assert words in refused.message


@pytest.mark.parametrize(
    "sql",
    [
        "select * from flights order by {}",
        "update flights set miles = 1 where {} = 'bin_1'",
        "insert into flights (band) values ({})",
        "declare x string; set x = {}",
    ],
)
def test_a_call_outside_a_select_is_refused(trained, sql):
    refused = trained.refusal(sql.format("ml.bucketize(miles, [1])"))
    assert refused.code == 400
    assert refused.message.startswith("line 1: ML.BUCKETIZE can stand in")


def test_a_call_beside_a_group_is_refused(trained):
    refused = trained.refusal(
        "select ml.max_abs_scaler(count(*)) over () as x from flights group by carrier"
    )
    assert refused.message.startswith("ML.MAX_ABS_SCALER cannot stand beside GROUP BY")


@pytest.mark.parametrize(
    "call",
    [
        "imputer(flight_id, 'most_frequent') over ()",
        "imputer(price, 'most_frequent') over ()",
        "imputer(flight_id, 'median') over ()",
        "min_max_scaler(flight_id) over ()",
        "max_abs_scaler(flight_id) over ()",
    ],
)
def test_a_number_is_a_float64_as_bigquery_has_it(trained, call):
    made = trained.table(f"select ml.{call} as made from d.flights")
    assert str(made.schema.field("made").type) == "double"


def test_a_text_stays_a_text(trained):
    made = trained.table("select ml.imputer(carrier, 'most_frequent') over () as made from flights")
    assert str(made.schema.field("made").type) == "string"
