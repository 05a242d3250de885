"""The macros that look into a trained model, on models of the materialization ml_model."""

import itertools
import math

import pytest

ROWS = """
select
    range as id,
    (range * 7919 % 101)::double as x,
    (range * 104729 % 53)::double as "Odd y",
    case range % 4 when 0 then null when 1 then 'a' else 'b' end as kind,
    (range * 7919 % 101) + (range * 31 % 40) > 70 as is_high,
    case when range % 3 = 0 then '1st' when range % 3 = 1 then 'ex pected' else 'Ex-pected' end as grade,
    2.0 * (range * 7919 % 101) - (range * 104729 % 53) + range % 5 as size
from range(300)
"""  # noqa: E501
FEATURES = 'x, "Odd y", kind'
OPTIONS = {
    "pair": "'model_type': 'logistic_reg', 'input_label_cols': ['is_high'],"
    " 'enable_global_explain': true",
    "several": "'model_type': 'logistic_reg', 'input_label_cols': ['grade'],"
    " 'enable_global_explain': true",
    "line": "'model_type': 'linear_reg', 'input_label_cols': ['size'],"
    " 'category_encoding_method': 'dummy_encoding', 'calculate_p_values': true",
    "groups": "'model_type': 'kmeans', 'num_clusters': 2",
    "axes": "'model_type': 'pca', 'num_principal_components': 2",
}
LABELS = {"pair": ", is_high", "several": ", grade", "line": ", size", "groups": "", "axes": ""}


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("observed", ROWS)
    for name, options in OPTIONS.items():
        project.model(
            name,
            "{{ config(materialized='ml_model', meta={'ml': {" + options + "}}) }}\n"
            f"select {FEATURES}{LABELS[name]} from {{{{ ref('observed') }}}}",
        )
    project.dbt("run").succeeded()
    return project


def asked(project, call: str) -> list[tuple[str, str]]:
    """Build the model `asked` as select * from the call; the names and types of its columns."""
    project.model("asked", f"select * from {{{{ {call} }}}} as asked")
    project.dbt("run", "--select", "asked").succeeded()
    return [column[:2] for column in project.query("describe asked")]


INPUT = [
    ("id", "BIGINT"),
    ("x", "DOUBLE"),
    ("Odd y", "DOUBLE"),
    ("kind", "VARCHAR"),
    ("is_high", "BOOLEAN"),
    ("grade", "VARCHAR"),
    ("size", "DECIMAL(23,1)"),
]


@pytest.mark.parametrize("data", ["", ", ref('observed')"])
def test_a_confusion_matrix_counts_what_was_predicted(project, data):
    columns = asked(project, f"ml_confusion_matrix(ref('pair'){data})")
    assert columns == [("expected_label", "BOOLEAN"), ("false", "BIGINT"), ("true", "BIGINT")]
    counts = project.query('select expected_label, "false", "true" from asked order by all')
    asked(project, "ml_predict(ref('pair'), ref('observed'))")
    predicted = project.query("""
        select is_high, count(*) filter (not predicted_is_high),
            count(*) filter (predicted_is_high)
        from asked group by all order by all""")
    assert counts == predicted
    assert sum(sum(row[1:]) for row in counts) == 300


def test_a_confusion_matrix_takes_a_threshold_and_leaves_out_rows_without_a_label(project):
    project.model(
        "unlabelled", "select * from {{ ref('observed') }} union all by name select 1.0 x"
    )
    project.dbt("run", "--select", "unlabelled").succeeded()
    asked(project, "ml_confusion_matrix(ref('pair'), ref('unlabelled'), threshold=1.0)")
    [[positives]] = project.query("select count(*) from observed where is_high")
    assert project.query("select * from asked order by all") == [
        (False, 300 - positives, 0),
        (True, positives, 0),
    ]


def test_the_columns_of_a_confusion_matrix_are_names_and_differ(project):
    columns = [name for name, _ in asked(project, "ml_confusion_matrix(ref('several'))")]
    assert columns == ["expected_label", "_1st", "Ex-pected", "ex pected"]
    labels = project.query("select expected_label from asked order by 1")
    assert labels == [("1st",), ("Ex-pected",), ("ex pected",)]


@pytest.mark.parametrize("data", ["", ", data=ref('observed')"])
def test_a_roc_curve_agrees_with_the_confusion_matrix(project, data):
    columns = asked(project, f"ml_roc_curve(ref('pair'){data}, thresholds=[0.25, 0.5])")
    assert columns == [
        ("threshold", "DOUBLE"),
        ("recall", "DOUBLE"),
        ("false_positive_rate", "DOUBLE"),
        ("true_positives", "BIGINT"),
        ("false_positives", "BIGINT"),
        ("true_negatives", "BIGINT"),
        ("false_negatives", "BIGINT"),
    ]
    curve = {row[0]: row[1:] for row in project.query("select * from asked")}
    for threshold, (recall, fall_out, tp, fp, tn, fn) in curve.items():
        asked(
            project,
            f"ml_confusion_matrix(ref('pair'), ref('observed'), threshold={threshold})",
        )
        assert project.query("select * from asked order by all") == [
            (False, tn, fp),
            (True, fn, tp),
        ]
        assert recall == tp / (tp + fn)
        assert fall_out == fp / (fp + tn)


def test_a_roc_curve_has_about_a_hundred_thresholds_by_itself(project):
    asked(project, "ml_roc_curve(ref('pair'))")
    rows = project.query("select threshold, recall, false_positive_rate from asked order by 1")
    assert 80 < len(rows) <= 101
    for column in (1, 2):
        assert [row[column] for row in rows] == sorted((row[column] for row in rows), reverse=True)
    [[metrics]] = project.query("select evaluation[1].metrics from pair")
    steps = [(1.0, 1.0), *((row[2], row[1]) for row in rows)]
    area = sum(
        (right - left) * (upper + lower) / 2
        for (right, upper), (left, lower) in itertools.pairwise(steps)
    )
    assert area == pytest.approx(metrics["roc_auc"], abs=0.01)


def test_a_roc_curve_of_several_classes_is_refused(project):
    project.model("asked", "select * from {{ ml_roc_curve(ref('several')) }}")
    project.dbt("run", "--select", "asked").failed_saying(
        "several", "binary classifier", "3 classes"
    )


@pytest.mark.parametrize("function", ["predict", "confusion_matrix", "explain_predict"])
@pytest.mark.parametrize(
    ("model", "threshold", "words"),
    [
        ("several", 0.3, ["threshold", "needs a binary classifier"]),
        ("pair", 1.5, ["threshold must be a number between 0 and 1, got 1.5"]),
        ("pair", "'0.5'", ["threshold must be a number between 0 and 1"]),
    ],
)
def test_a_threshold_that_means_nothing_is_refused(project, function, model, threshold, words):
    call = f"ml_{function}(ref('{model}'), ref('observed'), threshold={threshold})"
    project.model("asked", f"select * from {{{{ {call} }}}} as asked")
    project.dbt("run", "--select", "asked").failed_saying(model, *words)


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (
            "pair",
            ["training_run", "iteration", "loss", "eval_loss", "learning_rate", "duration_ms"],
        ),
        ("groups", ["training_run", "iteration", "loss", "duration_ms", "cluster_info"]),
        ("axes", ["training_run", "iteration", "duration_ms"]),
    ],
)
def test_training_info_is_one_row_per_iteration(project, model, columns):
    assert [name for name, _ in asked(project, f"ml_training_info(ref('{model}'))")] == columns
    iterations = project.query("select training_run, iteration from asked order by 2")
    assert iterations == [(0, i) for i in range(len(iterations))]


def test_feature_info_is_one_row_per_feature(project):
    columns = asked(project, "ml_feature_info(ref('line'))")
    assert columns == [
        ("input", "VARCHAR"),
        *((name, "DOUBLE") for name in ("min", "max", "mean", "median", "stddev")),
        *((name, "BIGINT") for name in ("category_count", "null_count", "dimension")),
    ]
    rows = project.query("select input, min, max, category_count, null_count from asked order by 1")
    assert rows == [
        ("Odd y", 0.0, 52.0, None, 0),
        ("kind", None, None, 2, 75),
        ("x", 0.0, 100.0, None, 0),
    ]


def test_weights_predict(project):
    columns = asked(project, "ml_weights(ref('line'))")
    assert columns == [
        ("processed_input", "VARCHAR"),
        ("weight", "DOUBLE"),
        ("category_weights", "STRUCT(category VARCHAR, weight DOUBLE)[]"),
    ]
    weights = {row[0]: row[1:] for row in project.query("select * from asked")}
    assert set(weights) == {"x", "Odd y", "kind", "__INTERCEPT__"}
    of_kind = {pair["category"]: pair["weight"] for pair in weights["kind"][1]}
    asked(project, "ml_predict(ref('line'), ref('observed'))")
    for predicted, x, y, kind in project.query(
        'select predicted_size, x, "Odd y", kind from asked limit 20'
    ):
        sum_of_parts = (
            weights["__INTERCEPT__"][0]
            + weights["x"][0] * x
            + weights["Odd y"][0] * y
            + of_kind[kind or "_null_filler"]
        )
        assert predicted == pytest.approx(sum_of_parts)


def test_weights_of_several_classes_name_the_class(project):
    columns = asked(project, "ml_weights(ref('several'), standardize=true)")
    assert columns[-1] == ("class_label", "VARCHAR")
    assert project.query("select class_label, count(*) from asked group by 1 order by 1") == [
        ("1st", 4),
        ("Ex-pected", 4),
        ("ex pected", 4),
    ]


def test_advanced_weights_have_standard_errors(project):
    columns = asked(project, "ml_advanced_weights(ref('line'))")
    assert columns == [
        ("processed_input", "VARCHAR"),
        ("category", "VARCHAR"),
        *((name, "DOUBLE") for name in ("weight", "standard_error", "p_value")),
    ]
    [[weight, error, p_value]] = project.query(
        "select weight, standard_error, p_value from asked where processed_input = 'x'"
    )
    assert weight == pytest.approx(2, abs=0.05)
    assert error > 0
    assert p_value < 1e-6


@pytest.mark.parametrize("model", ["pair", "several", "line"])
def test_an_explanation_adds_up_to_the_prediction(project, model):
    columns = asked(
        project, f"ml_explain_predict(ref('{model}'), ref('observed'), top_k_features=9)"
    )
    label = LABELS[model][2:]
    label_type = {"is_high": "BOOLEAN", "grade": "VARCHAR", "size": "DOUBLE"}[label]
    is_classifier = model != "line"
    assert columns == [
        (f"predicted_{label}", label_type),
        *([("probability", "DOUBLE")] if is_classifier else []),
        ("top_feature_attributions", "STRUCT(feature VARCHAR, attribution DOUBLE)[]"),
        ("baseline_prediction_value", "DOUBLE"),
        ("prediction_value", "DOUBLE"),
        ("approximation_error", "DOUBLE"),
        *INPUT,
    ]
    rows = project.query(f"""
        select top_feature_attributions, baseline_prediction_value, prediction_value,
            {"probability" if is_classifier else f"predicted_{label}"}
        from asked""")
    assert len(rows) == 300
    for attributions, baseline, value, outcome in rows:
        sizes = [abs(row["attribution"]) for row in attributions]
        assert {row["feature"] for row in attributions} == {"x", "Odd y", "kind"}
        assert sizes == sorted(sizes, reverse=True)
        total = baseline + sum(row["attribution"] for row in attributions)
        assert value == pytest.approx(total, abs=1e-9)
        if model == "line":
            assert outcome == pytest.approx(value)
        if model == "pair":
            assert outcome == pytest.approx(1 / (1 + math.exp(-value)))
            assert outcome >= 0.5


def test_an_explanation_names_five_features_at_most_and_explains_what_the_threshold_makes(project):
    asked(
        project, "ml_explain_predict(ref('pair'), ref('observed'), top_k_features=1, threshold=0)"
    )
    assert project.query("""
        select distinct predicted_is_high, len(top_feature_attributions) from asked""") == [
        (True, 1)
    ]


def test_a_global_explanation_is_one_row_per_feature(project):
    columns = asked(project, "ml_global_explain(ref('pair'))")
    assert columns == [("feature", "VARCHAR"), ("attribution", "DOUBLE")]
    rows = dict(project.query("select * from asked"))
    assert set(rows) == {"x", "Odd y", "kind"}
    assert rows["x"] > rows["kind"] >= 0


def test_a_global_explanation_by_class_names_the_class(project):
    columns = asked(project, "ml_global_explain(ref('several'), class_level_explain=true)")
    assert columns == [
        ("class_label", "VARCHAR"),
        ("feature", "VARCHAR"),
        ("attribution", "DOUBLE"),
    ]
    assert project.query("select count(distinct class_label), count(*) from asked") == [(3, 9)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ml_confusion_matrix(ref('line'))", ["ml_confusion_matrix of line", "classification"]),
        ("ml_confusion_matrix(ref('pair'), threshold=0.3)", ["threshold needs data"]),
        ("ml_roc_curve(ref('pair'), thresholds=[2])", ["thresholds must be", "[2]"]),
        ("ml_weights(ref('groups'))", ["ml_weights of groups", "LINEAR_REG"]),
        ("ml_advanced_weights(ref('pair'))", ["pair", "'calculate_p_values': true"]),
        ("ml_global_explain(ref('line'))", ["line", "'enable_global_explain': true"]),
        ("ml_explain_predict(ref('axes'), ref('observed'))", ["of axes", "PCA"]),
        ("ml_explain_predict(ref('line'), ref('observed'), threshold=0.2)", ["threshold is for"]),
        ("ml_explain_predict(ref('line'), ref('observed'), top_k_features=0)", ["top_k_features"]),
        ("ml_feature_importance(ref('line'))", ["BOOSTED_TREE_CLASSIFIER", "LINEAR_REG"]),
        ("ml_feature_info(ref('observed'))", ["observed", "not a trained model"]),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(project, call, words):
    project.model("asked", f"select * from {{{{ {call} }}}}")
    project.dbt("run", "--select", "asked").failed_saying(*words)
