"""The materialization ml_model and the macros that use its models, run more than once."""

from itertools import pairwise

import duckdb
import pytest
from duckdb_bqml.model_table import WRITTEN_COLUMNS

POINTS = """
select
    range as id,
    range % 7 as x,
    case when range % 3 = 0 then 'a' else 'b' end as kind,
    3.0 * (range % 7) + case when range % 3 = 0 then 10 else 0 end as y,
    range % 7 > 3 as is_high,
    case when range % 7 < 2 then 'low' when range % 7 < 5 then 'middle' else 'top' end as band
from range({rows})
"""


def model(options: str, columns: str = "x, kind, y", where: str = "true") -> str:
    return (
        "{{ config(materialized='ml_model', meta={'ml': {" + options + "}}) }}\n"
        f"select {columns} from {{{{ ref('points') }}}} where {where}"
    )


LINEAR = "'model_type': 'linear_reg', 'input_label_cols': ['y']"


@pytest.fixture
def project(tiny):
    """Sixty points on two lines, and a linear model of them."""
    return trained_on_points(tiny())


@pytest.fixture(scope="module")
def steady(tiny):
    """The same, for tests that change nothing in its database."""
    return trained_on_points(tiny())


def trained_on_points(project):
    project.model("points", POINTS.format(rows=60))
    project.model("line", model(LINEAR))
    project.dbt("run").succeeded()
    return project


def version(project) -> str:
    [(found,)] = project.query("select model_version from line")
    return found


def test_a_trained_model_is_a_table_of_one_row(project):
    [(name, kind, features, label, used, skipped)] = project.query(
        "select model_name, model_type, [f.name for f in features], label, rows_used, rows_skipped"
        " from line"
    )
    assert (name, kind, used, skipped) == ("line", "LINEAR_REG", 60, 0)
    assert features == ["x", "kind"]
    assert label == {"name": "y", "data_type": "FLOAT64"} or label["name"] == "y"


def test_the_table_of_a_model_has_the_columns_that_others_are_told_of(project):
    columns = [row[0] for row in project.query("describe line")]
    assert columns == [*WRITTEN_COLUMNS]


def test_training_again_on_the_same_rows_gives_the_same_version(project):
    before = version(project)
    project.dbt("run", "--select", "line").succeeded()
    assert version(project) == before


def test_training_again_on_other_rows_replaces_the_model(project):
    before = version(project)
    project.model("points", POINTS.format(rows=60).replace("3.0 *", "4.0 *"))
    project.dbt("run").succeeded()
    assert version(project) != before
    assert project.query("select count(*) from line") == [(1,)]
    assert not project.query(
        "from duckdb_tables() where table_name like 'line\\_\\_dbt%' escape '\\'"
    )


REFUSED = [
    (model(LINEAR + ", 'l2_regg': 1"), ["line", "'l2_regg' is unknown", "did you mean 'l2_reg'"]),
    (model("'model_type': 'linear_regg', 'input_label_cols': ['y']"), ["line", "'model_type'"]),
    (model(""), ["line", "'model_type' must be one of", "LINEAR_REG"]),
    (model(LINEAR + ", 'max_iterations': 0"), ["line", "'max_iterations' must be at least 1"]),
    (model(LINEAR + ", 'max_iterations': 2.5"), ["'max_iterations' must be a whole number"]),
    (model(LINEAR + ", 'early_stop': 'yes'"), ["'early_stop' must be TRUE or FALSE"]),
    (
        model(LINEAR + ", 'data_split_method': 'half'"),
        ["'data_split_method' has no value 'HALF'; choose one of", "SEQ"],
    ),
    (
        model(LINEAR + ", 'learn_rate': 0.1"),
        ["'learn_rate' is only valid with learn_rate_strategy = CONSTANT"],
    ),
    (
        model(LINEAR + ", 'data_split_method': 'custom', 'data_split_col': 'held_out'"),
        ["line", "'data_split_col' names the column 'held_out'", "x, kind, y"],
    ),
    (
        model("'model_type': 'linear_reg', 'input_label_cols': ['price']"),
        ["line", "'input_label_cols' names the column 'price'", "x, kind, y"],
    ),
    (model("'model_type': 'linear_reg'"), ["'input_label_cols' names the column 'label'"]),
    (model(LINEAR, where="false"), ["line", "training query returned no rows"]),
    (
        model(LINEAR, columns="x, kind, case when id > 2 then y end as y"),
        ["line", "label column 'y' is NULL", "in 3 rows"],
    ),
    (model(LINEAR, columns="x, kind, kind as y"), ["line", "'y'"]),
    (
        model(
            "'model_type': 'logistic_reg', 'input_label_cols': ['is_high']", "x, is_high", "x > 3"
        ),
        ["line", "label column 'is_high' has 1 distinct values", "2 to 50"],
    ),
]


@pytest.mark.parametrize(("sql", "words"), REFUSED)
def test_a_training_that_fails_says_why_and_keeps_the_old_model(steady, sql, words):
    before = steady.query("from line")
    steady.model("line", sql)
    steady.dbt("run", "--select", "line").failed_saying(*words)
    assert steady.query("from line") == before
    steady.model("line", model(LINEAR))


def test_a_prediction_follows_the_model(project):
    predict = "select id, predicted_y, y from {{ ml_predict(ref('line'), ref('points')) }} as p"
    project.model("predicted", predict)
    project.dbt("run", "--select", "predicted").succeeded()
    [(error,)] = project.query("select max(abs(predicted_y - y)) from predicted")
    assert error < 1e-9
    project.model("points", POINTS.format(rows=60).replace("3.0 *", "4.0 *"))
    project.dbt("run").succeeded()
    [(error, rows)] = project.query("select max(abs(predicted_y - y)), count(*) from predicted")
    assert error < 1e-9
    assert rows == 60


def test_a_prediction_passes_other_columns_through_and_leads_with_its_own(project):
    project.model("predicted", "select * from {{ ml_predict(ref('line'), ref('points')) }} as p")
    project.dbt("run", "--select", "predicted").succeeded()
    described = project.query("describe predicted")
    assert [column[0] for column in described] == [
        "predicted_y", "id", "x", "kind", "y", "is_high", "band",
    ]  # fmt: skip
    assert described[0][1] == "DOUBLE"


def test_a_prediction_without_a_feature_names_it(project):
    project.model(
        "predicted",
        "select * from {{ ml_predict(ref('line'), 'select id, x from ' ~ ref('points')) }} as p",
    )
    project.dbt("run", "--select", "predicted").failed_saying("line", "'kind' is missing")


def test_a_prediction_does_not_hide_a_column_of_its_own_name(project):
    project.model(
        "predicted",
        "{% set query = 'select *, 0 as predicted_y from ' ~ ref('points') %}"
        "select * from {{ ml_predict(ref('line'), query) }} as p",
    )
    project.dbt("run", "--select", "predicted").failed_saying(
        "line", "already holds", "predicted_y"
    )


def test_a_query_may_end_in_a_comment_or_be_a_union(project):
    project.model(
        "predicted",
        "{% set points = '(select x, kind from ' ~ ref('points') ~ ')' %}"
        "{% set query = points ~ ' union all ' ~ points ~ ' -- twice' %}"
        "select * from {{ ml_predict(ref('line'), query) }} as p",
    )
    project.dbt("run", "--select", "predicted").succeeded()
    assert project.query("select count(*) from predicted") == [(120,)]


def test_a_model_takes_the_place_of_a_view(project):
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("drop table line; create view line as select 1 as one")
    project.dbt("run", "--select", "line").succeeded()
    assert len(version(project)) == 16


def test_hooks_run_inside_and_outside_the_transaction(project):
    hooks = (
        ", pre_hook=['create table if not exists early as select 1 as n',"
        " {'sql': 'create table if not exists outside as select 1 as n', 'transaction': false}]) }}"
    )
    project.model("line", model(LINEAR).replace("}) }}", "}" + hooks, 1))
    project.dbt("run", "--select", "line").succeeded()
    assert project.query("from early") == project.query("from outside") == [(1,)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "ml_predict(ref('points'), ref('points'))",
            ["ml_predict", "points", "not a trained model"],
        ),
        ("ml_evaluate(ref('points'))", ["ml_evaluate", "points", "not a trained model"]),
        ("ml_predict(ref('line'), ref('points'), threshold=0.3)", ["line", "threshold"]),
        (
            "ml_evaluate(ref('line'), threshold=0.3)",
            ["ml_evaluate", "line", "threshold needs data"],
        ),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(steady, call, words):
    steady.model("asked", f"select * from {{{{ {call} }}}} as asked")
    steady.dbt("run", "--select", "asked").failed_saying(*words)


def test_an_evaluation_of_the_kept_split_equals_one_of_the_same_rows(project):
    project.model(
        "line",
        model(
            LINEAR + ", 'data_split_method': 'custom', 'data_split_col': 'held_out'",
            columns="x, kind, y + id % 5 as y, id >= 40 as held_out",
        ),
    )
    held_out = "select x, kind, y + id % 5 as y from ' ~ ref('points') ~ ' where id >= 40"
    project.model("kept", "select * from {{ ml_evaluate(ref('line')) }} as e")
    project.model("given", f"select * from {{{{ ml_evaluate(ref('line'), '{held_out}') }}}} as e")
    project.dbt("run").succeeded()
    assert project.query("from kept")[0] == pytest.approx(project.query("from given")[0])
    assert [column[0] for column in project.query("describe kept")] == [
        "mean_absolute_error", "mean_squared_error", "mean_squared_log_error",
        "median_absolute_error", "r2_score", "explained_variance",
    ]  # fmt: skip


LOGISTIC = "'model_type': 'logistic_reg', 'max_iterations': 50, 'input_label_cols': "


def test_a_binary_classifier_answers_in_the_labels_type_highest_label_first(project):
    project.model("high", model(LOGISTIC + "['is_high']", "x, is_high"))
    project.model(
        "predicted",
        "select * from {{ ml_predict(ref('high'), ref('points')) }} as p",
    )
    project.model(
        "strict",
        "select * from {{ ml_predict(ref('high'), ref('points'), threshold=1.0) }} as p",
    )
    project.dbt("run").succeeded()
    types = dict((column[0], column[1]) for column in project.query("describe predicted"))
    assert types["predicted_is_high"] == "BOOLEAN"
    assert types["predicted_is_high_probs"] == 'STRUCT("label" BOOLEAN, prob DOUBLE)[]'
    for predicted, probabilities, actual in project.query(
        "select predicted_is_high, predicted_is_high_probs, is_high from predicted"
    ):
        assert [row["label"] for row in probabilities] == [True, False]
        assert sum(row["prob"] for row in probabilities) == pytest.approx(1)
        assert predicted == (probabilities[0]["prob"] > 0.5) == actual
    assert project.query("select distinct predicted_is_high from strict") == [(False,)]


def test_a_multiclass_classifier_predicts_the_most_probable_label(project):
    project.model("banded", model(LOGISTIC + "['band']", "x, x * x as x_squared, band"))
    data = "select *, x * x as x_squared from ' ~ ref('points') ~ '"
    project.model("predicted", f"select * from {{{{ ml_predict(ref('banded'), '{data}') }}}} as p")
    project.model("metrics", f"select * from {{{{ ml_evaluate(ref('banded'), '{data}') }}}} as e")
    project.dbt("run").succeeded()
    rows = project.query("select predicted_band, predicted_band_probs, band from predicted")
    for predicted, probabilities, _ in rows:
        assert [row["label"] for row in probabilities] == ["top", "middle", "low"]
        assert predicted == max(probabilities, key=lambda row: row["prob"])["label"]
    [(accuracy,)] = project.query("select accuracy from metrics")
    assert accuracy == pytest.approx(sum(p == b for p, _, b in rows) / len(rows))


WARM = ", 'warm_start': true, 'min_rel_progress': 0.0, 'max_iterations': 5"
WARM_STARTS = {
    "line": LINEAR + WARM,
    "high": LOGISTIC.replace(", 'max_iterations': 50", "") + "['is_high']" + WARM,
    "groups": "'model_type': 'kmeans', 'num_clusters': 3" + WARM,
}


def test_a_warm_start_goes_on_where_the_model_before_it_stopped(tiny):
    project = tiny()
    project.model("points", POINTS.format(rows=60))
    for name, options in WARM_STARTS.items():
        columns = {"line": "x, kind, y", "high": "x, kind, is_high", "groups": "x, kind, y"}
        project.model(name, model(options, columns[name]))
    for runs in ([0], [0, 1], [0, 1, 2]):
        project.dbt("run").succeeded()
        for name in WARM_STARTS:
            losses = project.query(
                "select training_run, first(loss order by iteration),"
                " last(loss order by iteration)"
                f" from (select unnest(training_info, max_depth := 2) from {name})"
                " group by all order by all"
            )
            assert [run for run, _, _ in losses] == runs
            for before, after in pairwise(losses):
                assert after[1] <= before[2]
    project.dbt("run", "--full-refresh", "--select", "line").succeeded()
    assert project.query("select max(i.training_run) from line, unnest(training_info) t(i)") == [
        (0,)
    ]
    project.model("line", model(WARM_STARTS["line"], "x, y"))
    before = project.query("from line")
    project.dbt("run", "--select", "line").failed_saying("line", "'kind' is missing", "warm_start")
    assert project.query("from line") == before


@pytest.mark.parametrize("kind", ["view", "table"])
def test_a_warm_start_from_what_is_no_trained_model_starts_from_scratch(tiny, kind):
    project = tiny()
    project.model("points", POINTS.format(rows=60))
    project.model("line", model(LINEAR + WARM))
    project.dbt("run", "--select", "points").succeeded()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"create {kind} line as select 1 as one")
    project.dbt("run", "--select", "line").succeeded()
    assert len(version(project)) == 16


def test_a_label_that_only_duckdb_tells_apart_is_refused(project):
    zoned = "('12:00:0' || (x % 2) || '+0' || (x % 3))::timetz as noon"
    project.model("zoned", model(LOGISTIC + "['noon']", f"x, kind, {zoned}"))
    project.dbt("run", "--select", "zoned").failed_saying("zoned", "'noon'", "cast it to VARCHAR")


def test_an_empty_run_keeps_the_trained_model(project):
    calls = {
        "predicted": "ml_predict(ref('line'), ref('points'))",
        "explained": "ml_explain_predict(ref('line'), 'select * from ' ~ ref('points'))",
        "measured": "ml_evaluate(ref('line'), ref('points'))",
        "weights": "ml_weights(ref('line'))",
    }
    for name, call in calls.items():
        project.model(name, f"select * from {{{{ {call} }}}} as found")
    project.dbt("run").succeeded()
    before = project.query("from line")
    project.dbt("run", "--empty").succeeded()
    assert project.query("from line") == before
    for name in ("predicted", "explained", "measured"):
        assert project.query(f"select count(*) from {name}") == [(0,)]
    assert project.query("select count(*) from weights") == [(3,)]
    project.dbt("run").succeeded()
    assert project.query("select count(*) from predicted") == [(60,)]


@pytest.mark.parametrize("kind", [None, "view", "table"])
def test_an_empty_run_without_a_trained_model_says_so(tiny, kind):
    project = tiny()
    project.model("points", POINTS.format(rows=60))
    project.model("line", model(LINEAR))
    if kind is not None:
        with duckdb.connect(str(project.database)) as connection:
            connection.execute(f"create {kind} line as select 1 as one")
    project.dbt("run", "--empty").failed_saying("line: --empty leaves no rows", "no trained model")
    assert (
        project.query("from duckdb_tables() where table_name like 'line\\_\\_dbt%' escape '\\'")
        == []
    )
