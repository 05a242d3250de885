"""LINEAR_REG and LOGISTIC_REG against values that BigQuery itself printed.

Source of the values: tests and docstrings of googleapis/python-bigquery-dataframes (data/README.md
names the files), and for C8 the outputs that bigquery-data-science 0.10.0 quotes. C2 has been
reproduced to every digit; of the multiclass optimizer behind C3 Google documents nothing, so its
metrics are held to 5 %.
"""

import math

import pytest

REGRESSION = [
    "mean_absolute_error",
    "mean_squared_error",
    "mean_squared_log_error",
    "median_absolute_error",
    "r2_score",
    "explained_variance",
]
CLASSIFICATION = ["precision", "recall", "accuracy", "f1_score", "log_loss", "roc_auc"]

COMPLETE_PENGUINS = "select * from penguins where columns(*) is not null"
NEW_PENGUINS = """
    select * from (values
        ('Adelie Penguin (Pygoscelis adeliae)', 'Torgersen', 39.5, 18.8, 196, 3750, 'MALE'),
        ('Adelie Penguin (Pygoscelis adeliae)', 'Torgersen', 38.5, 17.2, 181, 5200, 'FEMALE'),
        ('Chinstrap penguin (Pygoscelis antarctica)', 'Dream', 37.9, 18.1, 188, 3325, 'FEMALE')
    ) as new_penguins(species, island, culmen_length_mm, culmen_depth_mm, flipper_length_mm,
                      body_mass_g, sex)
"""


@pytest.fixture
def mass_model(train):
    train(
        "mass",
        "select * from penguins where body_mass_g is not null",
        model_type="linear_reg",
        input_label_cols=["body_mass_g"],
        data_split_method="NO_SPLIT",
    )
    return "mass"


@pytest.fixture
def sex_model(train):
    train(
        "sex",
        "select * from penguins where sex is not null",
        model_type="logistic_reg",
        input_label_cols=["sex"],
        data_split_method="NO_SPLIT",
    )
    return "sex"


def test_linear_regression_on_its_training_rows_matches_bigquery(db, describe, mass_model, compare):
    [(strategy,)] = db.sql(f"select options ->> 'optimize_strategy' from {mass_model}").fetchall()
    [metrics] = describe(mass_model, "EVALUATE")
    assert strategy == "NORMAL_EQUATION"
    printed = [227.01223, 81838.159892, 0.00507, 173.080816, 0.872377, 0.872377]
    for metric, bigquery in zip(REGRESSION, printed, strict=True):
        compare("C1", metric, bigquery, metrics[metric], rel=1e-6)


def test_linear_regression_on_complete_rows_matches_bigquery(evaluate, mass_model, compare):
    metrics = evaluate(mass_model, COMPLETE_PENGUINS)
    assert list(metrics) == REGRESSION
    printed = [225.817334, 80540.705944, 0.004972, 173.080816, 0.87529, 0.87529]
    for metric, bigquery in zip(REGRESSION, printed, strict=True):
        compare("C1-334", metric, bigquery, metrics[metric], rel=1e-6)


def test_linear_regression_predicts_what_bigquery_predicts(predict, mass_model, compare):
    predictions = predict(mass_model, NEW_PENGUINS)
    for number, (bigquery, (value,)) in enumerate(
        zip([4030.1, 3280.8, 3177.9], predictions, strict=True), start=1
    ):
        compare("C1", f"prediction {number}", bigquery, value, rel=1e-6, decimals=1)


def test_line_search_matches_bigquery_to_every_printed_digit(db, train, describe, compare):
    train(
        "descent",
        """select * from (values (20, 0, 0.2, 0), (21, 1, 0.3, 0), (19, 1, 0.4, 1), (18, 0, 0.5, 1))
           as points(feature0, feature1, feature2, outcome)""",
        model_type="linear_reg",
        input_label_cols=["outcome"],
    )
    [(strategy,)] = db.sql("select options ->> 'optimize_strategy' from descent").fetchall()
    [metrics] = describe("descent", "EVALUATE")
    assert strategy == "BATCH_GRADIENT_DESCENT"
    printed = [0.022812, 0.000602, 0.00035, 0.015077, 0.997591, 0.997591]
    for metric, bigquery in zip(REGRESSION, printed, strict=True):
        compare("C2", metric, bigquery, metrics[metric], rel=0)


def test_multiclass_logistic_regression_is_close_to_bigquery(evaluate, sex_model, compare):
    metrics = evaluate(sex_model, COMPLETE_PENGUINS)
    assert list(metrics) == CLASSIFICATION
    printed = [0.616753, 0.618615, 0.92515, 0.617681, 1.498832, 0.975807]
    for metric, bigquery in zip(CLASSIFICATION, printed, strict=True):
        compare("C3", metric, bigquery, metrics[metric], rel=0.05)


def test_multiclass_logistic_regression_predicts_the_classes_bigquery_predicts(predict, sex_model):
    classes = [".", "FEMALE", "MALE"]
    predicted = [classes[row.index(max(row))] for row in predict(sex_model, NEW_PENGUINS)]
    assert predicted == ["MALE", "MALE", "FEMALE"]


@pytest.fixture
def weighed(train, describe):
    """The rows of ML.ADVANCED_WEIGHTS, by input and category and by whether they are standardized:
    tuples (weight, standard error, p-value)."""
    train(
        "weighed",
        "from penguins where body_mass_g is not null and sex in ('MALE', 'FEMALE')",
        model_type="linear_reg",
        input_label_cols=["body_mass_g"],
        data_split_method="NO_SPLIT",
        calculate_p_values=True,
        category_encoding_method="DUMMY_ENCODING",
        l1_reg=0,
    )

    def rows(standardize):
        found = describe("weighed", "ADVANCED_WEIGHTS", standardize=standardize)
        # a number that JSON lacks is a text
        return {
            (row["processed_input"], row["category"]): tuple(
                row[name] if row[name] is None else float(row[name])
                for name in ("weight", "standard_error", "p_value")
            )
            for row in found
        }

    return {standardize: rows(standardize) for standardize in (False, True)}


FLIPPER = ("flipper_length_mm", None)


def test_p_values_match_bigquery_to_every_printed_digit(db, weighed, compare):
    plain, standard = weighed[False], weighed[True]
    compare("C8", "flipper weight", 16.24, plain[FLIPPER][0], rel=0, decimals=2)
    compare("C8", "flipper p-value", 2.6e-06, plain[FLIPPER][2], rel=0, decimals=7)
    compare("C8", "Dream p-value", 0.82, plain["island", "Dream"][2], rel=0, decimals=2)
    compare("C8", "Torgersen p-value", 0.42, plain["island", "Torgersen"][2], rel=0, decimals=2)
    compare("C8", "standard flipper weight", 227.60, standard[FLIPPER][0], rel=0, decimals=2)
    intercept = standard["__INTERCEPT__", None]
    compare("C8", "standard intercept", 4110.72, intercept[0], rel=0, decimals=2)
    for dropped in [
        ("species", "Adelie Penguin (Pygoscelis adeliae)"),
        ("island", "Biscoe"),
        ("sex", "MALE"),
    ]:
        weight, error, p_value = plain[dropped]
        assert (weight, error, math.isnan(p_value)) == (0, 0, True)
    assert plain["__INTERCEPT__", None][1:] == (None, None)
    assert None not in intercept


# By the same formulas with another solver, to the digits given.
WEIGHED = {
    ("culmen_length_mm", None): (18.18932, 7.03929, 0.0101019),
    ("culmen_depth_mm", None): (67.57543, 19.5516, 0.000849662),
    ("flipper_length_mm", None): (16.23851, 2.89946, 2.56531e-06),
    ("species", "Chinstrap penguin (Pygoscelis antarctica)"): (-260.30629, 87.34576, 0.00334176),
    ("species", "Gentoo penguin (Pygoscelis papua)"): (987.76145, 135.37082, 5.93947e-08),
    ("island", "Dream"): (-13.10305, 57.74418, 0.820648),
    ("island", "Torgersen"): (-48.06363, 60.09263, 0.423919),
    ("sex", "FEMALE"): (-387.22426, 47.48326, 1.13823e-08),
}


def test_standard_errors_are_those_of_another_solver(db, weighed):
    for name, expected in WEIGHED.items():
        assert weighed[False][name] == pytest.approx(expected, rel=1e-5)
        weight, error, p_value = weighed[True][name]
        stddev = 1.0
        if name[1] is None:
            [(stddev,)] = db.sql(
                f"select stddev_samp({name[0]}) from penguins "
                "where body_mass_g is not null and sex in ('MALE', 'FEMALE')"
            ).fetchall()
        assert (weight, error) == pytest.approx(
            (stddev * expected[0], stddev * expected[1]), rel=1e-5
        )
        assert p_value == pytest.approx(expected[2], rel=1e-5)
    assert weighed[False]["__INTERCEPT__", None][0] == pytest.approx(-1112.80484, rel=1e-7)


def test_the_rarest_category_is_the_reference_as_in_bigquery(db, train, describe, compare):
    """146 Adelie penguins: Dream 55, Torgersen 47 and Biscoe 44, 73 of each sex."""
    query = """select island, culmen_length_mm, culmen_depth_mm, flipper_length_mm, sex, body_mass_g
               from penguins where species like 'Adelie%' and columns(*) is not null"""
    train(
        "adelie",
        query,
        model_type="linear_reg",
        input_label_cols=["body_mass_g"],
        data_split_method="NO_SPLIT",
    )
    weights = {
        (row["processed_input"], pair["category"]): pair["weight"]
        for row in describe("adelie", "WEIGHTS")
        for pair in row["category_weights"]
    }
    assert weights["island", "Biscoe"] == weights["sex", "MALE"] == 0
    explained = db.sql(
        f"""select sex,
                bqml_explain_predict('adelie', (select model_version from adelie), '{{}}', r)
            from ({query}) r"""
    ).fetchall()
    attributions = {
        (sex, one["feature"]): one["attribution"]
        for sex, explanation in explained
        for one in explanation["top_feature_attributions"]
    }
    compare("A146", "FEMALE's attribution", -443.175184, attributions["FEMALE", "sex"], rel=0)
    assert attributions["MALE", "sex"] == 0


def test_a_binary_logistic_regression_predicts_what_bigquery_predicts(train, predict, compare):
    points = """select * from (values (20, 0, 0.2, 0), (21, 1, 0.3, 0), (19, 1, 0.4, 1),
        (18, 0, 0.5, 1)) as points(feature0, feature1, feature2, outcome)"""
    train("odds", points, model_type="logistic_reg", input_label_cols=["outcome"])
    printed = [
        3.1895929877221615e-07,
        5.662891265051953e-06,
        0.9999917826885262,
        0.9999999993659574,
    ]
    for number, (bigquery, (_, ours)) in enumerate(
        zip(printed, predict("odds", points), strict=True), start=1
    ):
        compare("C2b", f"probability {number}", bigquery, ours, rel=1e-9, decimals=20)
