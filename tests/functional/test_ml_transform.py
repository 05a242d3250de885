"""The TRANSFORM clause and ml_transform, run by dbt."""

import pytest

POINTS = """
select
    range as id,
    range % 7 as x,
    (range % 7) * (range % 7) as far,
    case when range % 3 = 0 then 'a' else 'b' end as kind,
    3.0 * (range % 7) + case when range % 3 = 0 then 10 else 0 end as y,
    range >= 40 as held_out
from range(60)
"""
# Two of BigQuery's functions as macros write them, under names that BigQuery does not have.
MACROS = """
{% macro ml_tiny_scaler(x) -%}
(({{ x }} - avg({{ x }}) over ()) / nullif(stddev_pop({{ x }}) over (), 0))
{%- endmacro %}

{% macro ml_tiny_filler(x, strategy, other=none) -%}
coalesce({{ x }}, {{ 'avg' if strategy == "'mean'" else 'median' }}({{ x }}) over ())
{%- endmacro %}
"""
LINEAR = "'model_type': 'linear_reg', 'input_label_cols': ['y']"


def model(items: str, options: str = LINEAR, columns: str = "*") -> str:
    meta = "{'ml': {" + options + ", 'transform': [" + items + "]}}"
    return (
        "{{ config(materialized='ml_model', meta=" + meta + ") }}\n"
        f"select {columns} from {{{{ ref('points') }}}}"
    )


BY_MACRO = "'y', ml_tiny_scaler('x') ~ ' as z', 'kind'"
BY_TEXT = "'y', 'ML.Tiny_Scaler( x ) OVER ( ) AS z', 'kind'"


@pytest.fixture(scope="module")
def project(tiny):
    """Sixty points, a linear model of them trained through a clause, and its uses."""
    project = tiny()
    (project.root / "own").mkdir()
    (project.root / "own" / "tiny.sql").write_text(MACROS)
    with (project.root / "dbt_project.yml").open("a") as settings:
        settings.write("macro-paths: [macros, own]\n")
    project.model("points", POINTS)
    project.model("line", model(BY_MACRO))
    raw = "select id, x, kind from ' ~ ref('points') ~ '"
    project.model("predicted", f"select * from {{{{ ml_predict(ref('line'), '{raw}') }}}} as p")
    project.model(
        "transformed", "select * from {{ ml_transform(ref('line'), ref('points')) }} as t"
    )
    project.model("measured", "select * from {{ ml_evaluate(ref('line'), ref('points')) }} as e")
    project.dbt("run").succeeded()
    return project


def test_raw_columns_go_into_a_prediction_and_an_evaluation(project):
    [(worst,)] = project.query(
        "select max(abs(predicted_y - y)) from predicted join points using (id)"
    )
    assert worst < 1e-3
    [(r2,)] = project.query("select r2_score from measured")
    assert r2 == pytest.approx(1)
    assert [column[0] for column in project.query("describe predicted")] == [
        "predicted_y", "id", "x", "kind",
    ]  # fmt: skip


def test_bigquerys_own_text_gives_the_same_model_as_the_macro(project):
    project.model("text_line", model(BY_TEXT))
    project.dbt("run", "--select", "text_line").succeeded()
    kept = "select transform.replay, transform.statistics, artifact from "
    assert project.query(kept + "line") == project.query(kept + "text_line")


def test_ml_transform_gives_the_outputs_and_then_what_the_clause_does_not_use(project):
    assert [column[:2] for column in project.query("describe transformed")] == [
        ("z", "DOUBLE"),
        ("kind", "VARCHAR"),
        ("id", "BIGINT"),
        ("far", "BIGINT"),
        ("y", "DECIMAL(22,1)"),
        ("held_out", "BOOLEAN"),
    ]
    [(mean, stddev)] = project.query("select avg(z), stddev_pop(z) from transformed")
    assert (mean, stddev) == (pytest.approx(0, abs=1e-5), pytest.approx(1, abs=1e-5))


def test_ml_transform_needs_the_features_only(project):
    rows = "select x, kind from ' ~ ref('points') ~ '"
    project.model("bare", f"select * from {{{{ ml_transform(ref('line'), '{rows}') }}}} as t")
    project.dbt("run", "--select", "bare").succeeded()
    assert [column[0] for column in project.query("describe bare")] == ["z", "kind"]
    whole = project.query("select z, kind from transformed order by all")
    assert project.query("from bare order by all") == whole


def test_the_statistics_are_those_of_training_whatever_the_rows(project):
    one = "select * from ' ~ ref('points') ~ ' where id = 5"
    project.model("one", f"select * from {{{{ ml_transform(ref('line'), '{one}') }}}} as t")
    project.dbt("run", "--select", "one").succeeded()
    assert project.query("select z from one") == project.query(
        "select z from transformed where id = 5"
    )


def test_the_clause_of_a_model_is_the_one_it_was_trained_with(project):
    project.model("kept", model(BY_MACRO))
    project.model("uses_kept", "select * from {{ ml_transform(ref('kept'), ref('points')) }} as t")
    project.dbt("run", "--select", "kept", "uses_kept").succeeded()
    before = project.query("from uses_kept order by id")
    project.model("kept", model("'y', 'x * 1000 as z'"))
    project.dbt("run", "--select", "uses_kept").succeeded()
    assert project.query("from uses_kept order by id") == before


def test_statistics_are_fitted_on_the_training_rows_only(project):
    split = LINEAR + ", 'data_split_method': 'custom', 'data_split_col': 'held_out'"
    project.model("split", model("'y', 'id - avg(id) over () as from_mean', 'held_out'", split))
    project.dbt("run", "--select", "split").succeeded()
    [(statistics, features)] = project.query(
        "select transform.statistics, [f.name for f in features] from split"
    )
    assert '"19.5"' in statistics  # of 0 to 39
    assert features == ["id"]


def test_a_transform_only_model_transforms_and_says_that_it_does_no_more(project):
    only = "'model_type': 'transform_only'"
    items = (
        "\"ml.tiny_filler(abs(x - 3), 'mean', [1, 2]) over () as z\","
        " \"{'index': far, 'value': kind} as pair\""
    )
    project.model("scaler", model(items, only))
    project.model(
        "uses_scaler", "select * from {{ ml_transform(ref('scaler'), ref('points')) }} as t"
    )
    project.dbt("run", "--select", "scaler", "uses_scaler").succeeded()
    assert [column[:2] for column in project.query("describe uses_scaler")][:2] == [
        ("z", "DOUBLE"),
        ("pair", 'STRUCT("index" BIGINT, "value" VARCHAR)'),
    ]
    [(kind, label, inputs)] = project.query(
        "select model_type, label, [s.input for s in statistics] from scaler"
    )
    assert (kind, label, inputs) == ("TRANSFORM_ONLY", None, ["x", "far", "kind"])
    project.model("asked", "select * from {{ ml_predict(ref('scaler'), ref('points')) }} as p")
    project.dbt("run", "--select", "asked").failed_saying("scaler", "TRANSFORM_ONLY")
    (project.root / "models" / "asked.sql").unlink()


REFUSED = [
    (model("'y', 'ml.no_such(x) over () as z'"), ["bad", "ml.no_such(x)", "ML.NO_SUCH"]),
    (model("'y', 'ml.tiny_scaler(x as z'"), ["bad", "closing bracket"]),
    (model("'y', 'x + 1'"), ["bad", "'x + 1' has no name"]),
    (model("'x'"), ["bad", "'input_label_cols' names the column 'y'", "as it is"]),
    (model("'y', 'price as z'"), ["bad", "'price'", "missing from the query"]),
    (model(""), ["bad", "'transform' is an empty list; give at least one expression"]),
    (
        "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'transform_only'}}) }}"
        "select * from {{ ref('points') }}",
        ["bad", "'transform' is required by TRANSFORM_ONLY; set it"],
    ),
    (
        "select * from {{ ml_transform(ref('plain'), ref('points')) }} as t",
        ["plain", "no TRANSFORM"],
    ),
]


@pytest.mark.parametrize(("sql", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_in_one_sentence(project, sql, words):
    project.model("plain", model("'y'").replace(", 'transform': ['y']", ""))
    project.model("bad", sql)
    try:
        project.dbt("run", "--select", "bad").failed_saying(*words)
    finally:
        (project.root / "models" / "bad.sql").unlink()


def test_a_project_with_ml_transform_compiles_on_an_empty_warehouse(project, tiny):
    fresh = tiny()
    fresh.model("points", POINTS)
    fresh.model("line", model("'y', 'x'"))
    fresh.model("transformed", "select * from {{ ml_transform(ref('line'), ref('points')) }} as t")
    fresh.dbt("compile").succeeded()
