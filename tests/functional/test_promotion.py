"""Retraining: candidates beside the live models, and which of them takes the place of one."""

import json

import pytest
from projects import ROOT

CANDIDATE = ["--vars", "{ml_candidate: true}"]

POINTS = """
select
    i as day,
    i % 7 as x,
    i % 5 as z,
    2 * (i % 7) + 3 * (i % 5) + (i % 3) * 0.5 as y,
    i >= 60 as is_evaluation
from range(80) as numbers (i)
"""
MODEL = """
{{{{ config(materialized='ml_model', meta={{'headline': ['r2_score'], {promotion} 'ml': {{
    'model_type': 'linear_reg', 'input_label_cols': ['y'], {options}
}}}}) }}}}
select {columns} from {{{{ ref('points') }}}} {where}
"""
SPLIT = "'data_split_method': 'custom', 'data_split_col': 'is_evaluation'"
READS = {
    "ml_m__evaluation": "select 'ml_m__model' as model_name, r2_score"
    " from {{ ml_evaluate(ref('ml_m__model')) }} as held_out",
    "ml_m__predictions": "select day, predicted_y"
    " from {{ ml_predict(ref('ml_m__model'), ref('points')) }} as predicted",
}
PROMISES = """
version: 2
models:
  - name: ml_m__evaluation
    columns:
      - name: r2_score
        data_tests: [{metric_within: {arguments: {floor: 0.2}}}]
"""


class Retraining:
    """A project with one model, its candidate, and its evaluation and predictions."""

    def __init__(self, project, capsys) -> None:
        self.project = project
        self.candidate = project.with_variables(*CANDIDATE)
        self._capsys = capsys
        project.model("points", POINTS)
        for name, sql in READS.items():
            project.model(name, sql, "ml/models")
        (project.root / "selectors.yml").symlink_to(ROOT / "selectors.yml")
        for path in (ROOT / "models/catalogue").glob("model_promotion_*.sql"):
            project.model(path.stem, path.read_text())
        (project.root / "ml/models/promises.yml").write_text(PROMISES)
        self.model()
        project.build("--select", "points")

    def model(
        self,
        columns: str = "x, z, is_evaluation, y",
        where: str = "",
        promotion: str = "",
        options: str = SPLIT,
    ) -> None:
        sql = MODEL.format(columns=columns, where=where, promotion=promotion, options=options)
        self.project.model("ml_m__model", sql, "ml/models")

    def train(self):
        self.candidate.dbt("run-operation", "discard_candidates").succeeded()
        return self.candidate.dbt("build", "--select", "ml_m__model", "ml_m__evaluation")

    def decide(self):
        return self.candidate.dbt("run", "--selector", "ml_decide")

    def promote(self) -> tuple[dict, list[str]]:
        """The one decision, and what is to be built anew."""
        self.decide().succeeded()
        self._capsys.readouterr()
        self.candidate.dbt("run-operation", "promote_models").succeeded()
        said = json.loads(self._capsys.readouterr().out.splitlines()[-1])
        [decision] = said["decisions"]
        return decision, said["publish"]

    def retrain(self) -> dict:
        self.train()
        return self.promote()[0]

    def version(self, schema: str = "ml") -> str:
        [(version,)] = self.project.query(f"select model_version from {schema}.ml_m__model")
        return version


@pytest.fixture
def retraining(tiny, capsys) -> Retraining:
    return Retraining(tiny(), capsys)


@pytest.fixture
def live(retraining) -> Retraining:
    """A model of x and z is live."""
    assert retraining.retrain()["is_promoted"]
    return retraining


def test_the_first_candidate_that_holds_its_floor_is_promoted(retraining):
    retraining.train().succeeded()
    assert retraining.project.query(
        "select distinct table_schema from information_schema.tables where table_name like 'ml_m%'"
    ) == [("ml_candidate",)]
    decision, publish = retraining.promote()
    assert (decision["is_promoted"], decision["reason"]) == (True, "there was no live model")
    assert publish == ["ml_m__evaluation", "ml_m__predictions"]
    assert retraining.version() == retraining.version("ml_candidate")
    assert retraining.project.query(
        "select model_version, rows_count from ml.ml_m__model__runs"
    ) == [(retraining.version(), 80)]
    retraining.project.dbt("build", "--select", *publish).succeeded()


def test_a_candidate_below_its_floor_is_kept_back(retraining):
    retraining.model(columns="z % 2 as z, is_evaluation, y")
    decision = retraining.retrain()
    assert not decision["is_promoted"]
    assert "r2_score" in decision["reason"]
    assert "is below its floor 0.2" in decision["reason"]
    assert retraining.project.query(
        "select count(*) from information_schema.tables where table_schema = 'ml'"
    ) == [(0,)]


def test_a_candidate_that_is_worse_leaves_the_live_model(live):
    before = live.version()
    live.model(columns="z, is_evaluation, y")
    decision = live.retrain()
    assert not decision["is_promoted"]
    assert decision["candidate_value"] < decision["live_value"]
    assert "is worse than" in decision["reason"]
    assert live.version() == before != live.version("ml_candidate")


def test_a_candidate_within_the_tolerance_is_promoted(live):
    live.model(columns="z, is_evaluation, y", promotion="'promotion': {'tolerance': 0.9},")
    assert live.retrain()["is_promoted"]
    assert live.version() == live.version("ml_candidate")
    assert live.project.query("select count(*) from ml.ml_m__model__runs") == [(2,)]


def test_both_are_measured_on_the_candidate_s_rows(live):
    # the days have gone on, so the rows that the live model was evaluated on are others
    later = POINTS.replace("range(80)", "range(140)").replace("60", "120")
    live.project.model("points", later)
    live.project.build("--select", "points")
    (live.project.root / "ml/models/promises.yml").write_text("version: 2\n")
    live.model(options=SPLIT + ", 'l2_reg': 100")
    decision = live.retrain()
    assert (decision["is_same_rows"], decision["is_promoted"]) == (True, False)
    live.project.model("later", "select * from {{ ref('points') }} where is_evaluation")
    live.project.model(
        "asked",
        "select r2_score from {{ ml_evaluate(ref('ml_m__model'), ref('later')) }} as asked",
    )
    live.project.build("--select", "later", "asked")
    [(asked,)] = live.project.query("select r2_score from asked")
    [(kept,)] = live.project.query(
        "select evaluation[1].metrics['r2_score'] from ml_candidate.ml_m__model"
    )
    assert decision["live_value"] == pytest.approx(asked)
    assert decision["candidate_value"] == pytest.approx(kept)


def test_rows_that_the_live_model_cannot_read_are_not_asked_of_it(live):
    live.model(columns="x as renamed, z, is_evaluation, y")
    decision = live.retrain()
    assert not decision["is_same_rows"]
    assert decision["candidate_value"] == pytest.approx(decision["live_value"])
    assert decision["is_promoted"]
    assert "each on its own evaluation rows" in decision["reason"]


def test_what_was_not_trained_is_kept_and_no_older_candidate_is_taken_for_it(live):
    before = live.version()
    live.model(columns="no_such_column, is_evaluation, y")
    live.train()
    decision, publish = live.promote()
    assert not decision["is_promoted"]
    assert "has not been trained" in decision["reason"]
    assert publish == []
    assert live.version() == before


def test_a_candidate_without_evaluation_rows_is_kept_back(retraining):
    retraining.model(where="where not is_evaluation")
    decision = retraining.retrain()
    assert not decision["is_promoted"]
    assert decision["reason"] == "there are no rows to evaluate it on"


def test_every_decision_is_written_down(live):
    live.model(columns="z, is_evaluation, y")
    live.retrain()
    assert live.project.query(
        "select model_name, is_promoted, metric, tolerance, candidate_value < live_value,"
        " trained_run_id is not null, cast(decided_at as date) > date '2013-01-01'"
        " from ops.model_promotions order by decided_at"
    ) == [
        ("ml_m__model", True, "r2_score", 0.0, None, True, True),
        ("ml_m__model", False, "r2_score", 0.0, True, True, True),
    ]


def test_the_table_says_what_was_judged(live):
    live.model(columns="z, is_evaluation, y")
    live.retrain()
    [(candidate, first)] = live.project.query(
        "select (select max(run_id) from ml_candidate.ml_m__model__runs),"
        " (select max(run_id) from ml.ml_m__model__runs)"
    )
    assert live.project.query(
        "select verdict, promises_count, broken_promises_count, evaluation_rows_count,"
        " trained_run_id, live_run_id from main.model_promotion_decisions"
    ) == [("worse", 1, 0, 20, candidate, first)]
    assert live.project.query(
        "select evaluation, metric, value >= 0.2, floor, ceiling, is_built, is_measured"
        " from main.model_promotion_promises"
    ) == [("ml_m__evaluation", "r2_score", True, 0.2, None, True, True)]


@pytest.mark.parametrize(
    ("evaluation", "reason"),
    [
        ("select * from no_such_table", "ml_m__evaluation could not be built"),
        ("select 'other' as model_name, 0.9 as r2_score", "ml_m__evaluation has no row of it"),
        ("select 'ml_m__model' as model_name, 'nan'::double as r2_score", "it has no r2_score"),
    ],
)
def test_an_evaluation_without_its_metric_keeps_the_candidate_back(retraining, evaluation, reason):
    sql = "-- depends_on: {{ ref('ml_m__model') }}\n" + evaluation
    retraining.project.model("ml_m__evaluation", sql, "ml/models")
    decision = retraining.retrain()
    assert (decision["is_promoted"], decision["reason"]) == (False, reason)


def test_without_candidates_the_tables_are_empty(live):
    live.decide().succeeded()
    live.project.dbt("run", "--selector", "ml_decide").succeeded()
    assert live.project.query(
        "select count(*) from (select model_name from main.model_promotion_candidates"
        " union all select model_name from main.model_promotion_promises"
        " union all select model_name from main.model_promotion_decisions)"
    ) == [(0,)]


@pytest.mark.parametrize("since", ["nothing", "trained", "promoted"])
def test_a_decision_about_other_models_is_refused(live, since, capsys):
    if since == "nothing":
        live.project.dbt("run", "--selector", "ml_decide").succeeded()
    else:
        live.train().succeeded()
        live.decide().succeeded()
    if since == "trained":
        live.train().succeeded()
    if since == "promoted":
        live.candidate.dbt("run-operation", "promote_models").succeeded()
    before = live.version()
    capsys.readouterr()
    assert not live.candidate.dbt("run-operation", "promote_models").success
    said = " ".join(capsys.readouterr().out.split())
    assert "ml_m__model" in said
    assert "run dbt run --selector ml_decide --vars 'ml_candidate: true'" in said
    assert live.version() == before


def test_a_promotion_that_fails_half_way_replaces_nothing(live):
    before = live.version()
    spoil = "alter table ml.ml_m__model__runs drop column checksum"
    live.project.model("broken", f"{{{{ config(post_hook='{spoil}') }}}} select 1 as x")
    live.project.build("--select", "broken")
    live.model(columns="x, z, day, is_evaluation, y", promotion="'promotion': {'tolerance': 9},")
    live.train().succeeded()
    live.decide().succeeded()
    assert live.project.query("select is_promoted from main.model_promotion_decisions") == [(True,)]
    assert not live.candidate.dbt("run-operation", "promote_models").success
    assert live.version() == before


def test_a_warm_start_goes_on_from_the_live_model(live):
    live.model(
        options=SPLIT + ", 'warm_start': true, 'optimize_strategy': 'batch_gradient_descent'"
    )
    live.train().succeeded()
    assert live.project.query(
        "select max(run.training_run) from"
        " (select unnest(training_info) as run from ml_candidate.ml_m__model)"
    ) == [(1,)]


@pytest.mark.parametrize("macro", ["discard_candidates", "promote_models"])
def test_candidates_are_left_alone_without_the_variable(live, macro, capsys):
    assert not live.project.dbt("run-operation", macro).success
    assert f"{macro} is about candidates: run it with --vars" in capsys.readouterr().out
    assert live.version("ml_candidate")


@pytest.mark.parametrize(
    ("promotion", "words"),
    [
        ("{'metric': 'roc_auc'}", ["ml_m__model", "roc_auc", "r2_score"]),
        ("{'tolerance': -1}", ["ml_m__model", "tolerance", "-1"]),
        ("{'metrics': 'r2_score'}", ["ml_m__model", "no metrics", "metric and tolerance"]),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(retraining, promotion, words):
    retraining.model(promotion=f"'promotion': {promotion},")
    retraining.decide().failed_saying(*words)
