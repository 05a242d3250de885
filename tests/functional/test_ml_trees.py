"""Models of trees through the materialization ml_model and the macros that use such models."""

import pytest

POINTS = """
select
    range as id,
    range % 37 as x,
    timestamp '2013-06-14 00:00:00' + to_hours(range * 7 % 90) as seen_at,
    case range % 5 when 0 then null when 1 then 'a' else 'b' end as kind,
    range % 37 > 20 as is_high,
    case when range % 37 < 12 then 1 when range % 37 < 24 then 2 else 30 end as band,
    10.0 * (range % 37) + case when range % 5 = 1 then 50.0 else 0.0 end::double as size,
    1 + range % 3 as times
from range(600)
"""
FEATURES = "x, seen_at, kind"
INPUT = [
    ("id", "BIGINT"),
    ("x", "BIGINT"),
    ("seen_at", "TIMESTAMP"),
    ("kind", "VARCHAR"),
    ("is_high", "BOOLEAN"),
    ("band", "INTEGER"),
    ("size", "DOUBLE"),
    ("times", "BIGINT"),
]
REGRESSION = [
    "mean_absolute_error",
    "mean_squared_error",
    "mean_squared_log_error",
    "median_absolute_error",
    "r2_score",
    "explained_variance",
]
CLASSIFICATION = ["precision", "recall", "accuracy", "f1_score", "log_loss", "roc_auc"]
SIZE = "'model_type': 'boosted_tree_regressor', 'input_label_cols': ['size']"
FOREST = "'model_type': 'random_forest_regressor', 'input_label_cols': ['size']"
HIGH = "'model_type': 'boosted_tree_classifier', 'input_label_cols': ['is_high']"


def model(options: str, columns: str) -> str:
    return (
        "{{ config(materialized='ml_model', meta={'ml': {" + options + "}}) }}\n"
        f"select {columns} from {{{{ ref('points') }}}}"
    )


MODELS = {
    "sized": model(SIZE, f"{FEATURES}, size"),
    "weighed": model(SIZE + ", 'instance_weight_col': 'times'", f"{FEATURES}, size, times"),
    "forest": model(FOREST, f"{FEATURES}, size"),
    "high": model(HIGH + ", 'category_encoding_method': 'target_encoding'", f"{FEATURES}, is_high"),
    "bands": model(
        "'model_type': 'random_forest_classifier', 'input_label_cols': ['band'],"
        " 'auto_class_weights': true, 'num_parallel_tree': 20",
        f"{FEATURES}, band",
    ),
}


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("points", POINTS)
    for name, sql in MODELS.items():
        project.model(name, sql)
    project.dbt("run").succeeded()
    return project


def asked(project, call: str) -> list[tuple[str, str]]:
    """Build the model `asked` as select * from the call; the names and types of its columns."""
    project.model("asked", f"select * from {{{{ {call} }}}} as asked")
    project.dbt("run", "--select", "asked").succeeded()
    return [column[:2] for column in project.query("describe asked")]


@pytest.mark.parametrize(
    ("name", "label", "kind", "probabilities"),
    [
        ("sized", "size", "DOUBLE", None),
        ("forest", "size", "DOUBLE", None),
        ("high", "is_high", "BOOLEAN", 'STRUCT("label" BOOLEAN, prob DOUBLE)[]'),
        ("bands", "band", "INTEGER", 'STRUCT("label" INTEGER, prob DOUBLE)[]'),
    ],
)
def test_a_prediction_leads_with_the_columns_of_its_kind(project, name, label, kind, probabilities):
    expected = [(f"predicted_{label}", kind)]
    if probabilities:
        expected.append((f"predicted_{label}_probs", probabilities))
    assert asked(project, f"ml_predict(ref('{name}'), ref('points'))") == expected + INPUT
    if probabilities:
        wrong = f"count(*) filter (predicted_{label} != {label})"
    else:
        wrong = f"count(*) filter (abs(predicted_{label} - {label}) > 100)"
    [(rows, wrong)] = project.query(f"select count(*), {wrong} from asked")
    assert (rows, wrong) == (600, pytest.approx(0, abs=30))


def test_the_weight_column_is_no_feature(project):
    [(features, same)] = project.query(
        "select [f.name for f in w.features], w.model_version = s.model_version"
        " from weighed w, sized s"
    )
    assert (features, same) == (["x", "seen_at", "kind"], False)


def test_training_again_on_the_same_rows_gives_the_same_version(project):
    versions = "select h.model_version, f.model_version from high h, forest f"
    before = project.query(versions)
    project.dbt("run", "--select", "high", "forest").succeeded()
    assert project.query(versions) == before


@pytest.mark.parametrize(
    ("name", "metrics"),
    [("sized", REGRESSION), ("forest", REGRESSION), ("high", CLASSIFICATION)],
)
def test_an_evaluation_has_the_metrics_of_its_kind(project, name, metrics):
    for call in (f"ml_evaluate(ref('{name}'))", f"ml_evaluate(ref('{name}'), ref('points'))"):
        assert asked(project, call) == [(metric, "DOUBLE") for metric in metrics]


def test_a_forest_has_one_iteration_and_boosting_counts_from_one(project):
    for name, rates in (("sized", [0.3]), ("forest", [1.0])):
        asked(project, f"ml_training_info(ref('{name}'))")
        rows = project.query(
            "select iteration, learning_rate, loss, eval_loss from asked order by iteration"
        )
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert sorted({row[1] for row in rows}) == rates
        assert all(loss > 0 and eval_loss > 0 for *_, loss, eval_loss in rows)
        assert (len(rows) == 1) == (name == "forest")


@pytest.mark.parametrize("name", ["sized", "high"])
def test_a_prediction_is_explained(project, name):
    asked(project, f"ml_explain_predict(ref('{name}'), ref('points'))")
    [(rows, worst, apart)] = project.query("""
        select
            count(*),
            max(abs(approximation_error)),
            max(abs(baseline_prediction_value - prediction_value
                + list_sum([part.attribution for part in top_feature_attributions])))
        from asked
    """)
    assert (rows, worst, apart) == (600, pytest.approx(0, abs=1e-3), pytest.approx(0, abs=1e-3))


def test_features_are_ranked(project):
    assert asked(project, "ml_feature_importance(ref('sized'))") == [
        ("feature", "VARCHAR"),
        ("importance_weight", "DOUBLE"),
        ("importance_gain", "DOUBLE"),
        ("importance_cover", "DOUBLE"),
    ]
    rows = project.query("select feature from asked order by importance_gain desc")
    assert (rows[0], len(rows)) == (("x",), 3)


REFUSED = [
    (
        FOREST + ", 'max_iterations': 5",
        "Option(s) MAX_ITERATIONS are not supported for RANDOM_FOREST_REGRESSOR model training",
    ),
    (FOREST + ", 'colsample_bynode': 1.0", "must be less than 1 for RANDOM_FOREST_REGRESSOR"),
    (FOREST + ", 'tree_method': 'exact'", "'tree_method' cannot be EXACT with colsample_bynode"),
    (SIZE + ", 'dropout': 0.5", "'dropout' is only valid with booster_type = DART"),
    (SIZE + ", 'instance_weight_col': 'heft'", "names the column 'heft'"),
    (SIZE + ", 'instance_weight_col': 'kind'", "names 'kind' of type STRING; name a number"),
    (SIZE + ", 'num_parallel_tree': 0", "'num_parallel_tree' must be at least 1"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_a_training_that_fails_says_why_and_keeps_the_old_model(project, options, words):
    before = project.query("from sized")
    project.model("sized", model(options, f"{FEATURES}, size"))
    project.dbt("run", "--select", "sized").failed_saying("sized", words)
    assert project.query("from sized") == before
    project.model("sized", MODELS["sized"])
