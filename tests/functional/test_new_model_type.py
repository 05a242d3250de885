"""A model type that only a test's table has: its rows and one class are all that dbt needs.

tests/support/toy_models.py adds the types to the tables; the macros' tables are generated anew.
"""

import shutil

import pytest
import toy_models
from bqml_vocabulary.generate import FILES, PROJECT

POINTS = """
    select i as id, i * 1.0 as x, i * 2.0 as y from (select unnest(range(50)) as i)
"""
MEAN = (
    "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'mean_only',"
    " 'input_label_cols': ['y'], %s}}) }}\nselect x, y from {{ ref('points') }}"
)
ECHO = (
    "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'echo', 'words': ['a', 'bc']}})"
    " }}"
)


@pytest.fixture(scope="module")
def patched():
    with pytest.MonkeyPatch.context() as patch:
        toy_models.add(patch)
        yield


@pytest.fixture(scope="module")
def project(patched, tiny):
    project = tiny()
    (project.root / "macros").unlink()
    shutil.copytree(PROJECT / "macros", project.root / "macros")
    for path, text in FILES.items():
        if path.startswith("macros/"):
            (project.root / path).write_text(text())
    project.model("points", POINTS)
    project.model("mean", MEAN % "'shift': 1")
    project.model("echo", ECHO)
    project.build()
    return project


def test_it_is_trained_and_predicted(project):
    rows = project.asked("ml_predict(ref('mean'), ref('points'))")
    assert list(rows[0]) == ["predicted_y", "id", "x", "y"]
    assert {row["predicted_y"] for row in rows} == {50.0}


def test_it_is_measured(project):
    for call in ("ml_evaluate(ref('mean'))", "ml_evaluate(ref('mean'), ref('points'))"):
        [row] = project.asked(call)
        assert list(row) == [
            "mean_absolute_error",
            "mean_squared_error",
            "mean_squared_log_error",
            "median_absolute_error",
            "r2_score",
            "explained_variance",
        ]
        assert row["explained_variance"] == pytest.approx(0)


def test_it_is_looked_into(project):
    [row] = project.asked("ml_training_info(ref('mean'))")
    assert (row["iteration"], row["loss"], row["eval_loss"]) == (0, 0.0, None)
    assert [row["input"] for row in project.asked("ml_feature_info(ref('mean'))")] == ["x"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("'shft': 1", ["mean", "'shft' is unknown for MEAN_ONLY", "did you mean 'shift'"]),
        ("'shift': 101", ["mean", "'shift' must be at most 100, not 101"]),
        ("'shift': 'up'", ["'shift' must be a finite number"]),
        ("'shift': hparam_range(2, 1)", ["'shift' must search from a number to a greater one"]),
        ("'shift': hparam_range(1, 2)", ["search space, which needs hyperparameter tuning"]),
    ],
)
def test_a_wrong_option_is_refused(project, given, words):
    before = project.query("from mean")
    project.model("mean", MEAN % given)
    project.dbt("run", "--select", "mean").failed_saying(*words)
    project.model("mean", MEAN % "'shift': 1")
    assert project.query("from mean") == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("'layers': [1, 2.5]", "'layers' must be an array of INT64, for example [64, 32], not"),
        ("'layers': 3", "'layers' must be an array of INT64"),
        ("'shares': [0.5, 2]", "'shares' must be at most 1, not 2"),
        ("'layers': hparam_candidates([[1], [2]])", "'layers' cannot be tuned; give one value"),
    ],
)
def test_an_option_that_is_an_array_is_checked(project, given, words):
    project.model("lonely", ECHO.replace("'words'", f"{given}, 'words'"))
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("'order': [1, 2]", "'order' must be a STRUCT of INT64, INT64, INT64, not [1, 2]"),
        ("'order': [1, 2, -1]", "'order' must be at least 0, not -1"),
        ("'id_col': 3", "'id_col' must be a STRING or an array of STRING"),
        ("'id_col': ['id', 'town']", "'id_col' names the column 'town', which the training query"),
    ],
)
def test_an_option_that_is_a_struct_or_has_two_types_is_checked(project, given, words):
    sql = (
        "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'last_value', "
        f"'data_col': 'x', {given}}}}}) }}}}\nselect id, x from {{{{ ref('points') }}}}"
    )
    project.model("lonely", sql)
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "ml_explain_predict(ref('mean'), ref('points'))",
            ["regression and classification, but not for MEAN_ONLY"],
        ),
        ("ml_centroids(ref('mean'))", ["ml_centroids of mean: it is for KMEANS", "MEAN_ONLY"]),
        ("ml_evaluate(ref('echo'))", ["ml_evaluate of echo: it is for", "the model is ECHO"]),
    ],
)
def test_a_function_that_is_not_for_it_is_refused(project, call, words):
    project.model("asked", f"select * from {{{{ {call} }}}} as answer")
    project.dbt("run", "--select", "asked").failed_saying(*words)


def test_a_model_without_a_query_is_a_file_of_options(project):
    rows = project.asked("ml_predict(ref('echo'), 'select id, x from ' ~ ref('points'))")
    assert list(rows[0]) == ["said", "lengths", "id", "x"]
    assert rows[0] == {"said": "a bc 0", "lengths": [1, 2], "id": 0, "x": 0.0}
    [(rows_count, checksum)] = project.query("select rows_count, checksum from echo__runs")
    assert (rows_count, checksum) == (0, None)


@pytest.mark.parametrize(
    ("name", "sql", "words"),
    [
        ("echo", ECHO + "\nselect 1 as x", "takes no query; leave nothing but the config"),
        ("mean", (MEAN % "'shift': 1").partition("\n")[0], "trains on a query; write a select"),
    ],
)
def test_a_query_is_where_it_is_needed(project, name, sql, words):
    project.model("lonely", sql)
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()


def test_a_type_without_a_measure_has_no_importance_in_the_catalogue(project):
    assert project.asked("model_importance_rows()") == []


def test_it_stands_in_the_documentation(patched):
    page = FILES["docs/model_types.md"]()
    assert "## MEAN_ONLY" in page
    section = page.partition("## MEAN_ONLY")[2].partition("\n## ")[0]
    assert "| kind | regression |" in section and "Vertex AI" in section
    assert "ml_predict" in section and "ml_explain_predict" not in section
    assert "| `shift` | FLOAT64 | `0.0` | ≤ 100 |" in FILES["docs/model_options.md"]()


def test_without_its_rows_nobody_knows_it(tiny):
    project = tiny()
    project.model("points", POINTS)
    project.model("mean", MEAN % "'data_split_method': 'no_split'")
    project.dbt("run").failed_saying("mean: option 'model_type' must be one of LINEAR_REG")
