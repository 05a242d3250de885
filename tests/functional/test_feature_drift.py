"""feature_drift against its definition, computed apart from it with NumPy; by day; of a model."""

import numpy as np
import pytest

ROWS = """
select
    range as id,
    date '2013-01-01' + cast(range % {days} as integer) as day,
    case when range % 11 = 0 then null when range % 13 = 0 then 'nan'::double
        else (hash(range + {seed}) % 4000) / 100.0 + {shift} end as level,
    case when hash(range, {seed}) % 10 < 4 then 0.0 else (hash(range, {seed}, 1) % 100) / 10.0 end
        as rain,
    case
        when range % 7 != 0
            then ['a', 'b', 'c', {fourth}][cast(hash(range, {seed}) % 4 as integer) + 1]
    end as kind
from range({rows})
"""
BASE = ROWS.format(days=7, seed=1, shift=0, fourth="'c'", rows=2000)
STUDY = ROWS.format(days=3, seed=2, shift=2, fourth="'new'", rows=900)
CALL = "numbers=['level', 'rain'], categories=['kind']"
MODEL = """
{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'linear_reg', 'input_label_cols': ['id'], 'data_split_method': 'no_split',
}}) }}
select id, level, rain, kind from {{ ref('base') }}
"""
TESTS = """
models:
  - name: by_day
    data_tests:
      - drift_below: &all
          name: passes
          arguments: {metric: KS_DISTANCE, warn_above: 0.9, day: day}
      - drift_below:
          name: warns
          arguments: {metric: NEW_CATEGORY_SHARE, warn_above: 0.1, error_above: 0.9, day: day}
      - drift_below:
          name: fails
          arguments: {metric: NEW_CATEGORY_SHARE, warn_above: 0.1, error_above: 0.2, day: day}
      - drift_below:
          name: passes_of_other_features
          arguments: {metric: PSI, warn_above: 99, error_above: 99, day: day, features: [level]}
      - drift_below:
          name: misspelt
          arguments: {metric: PSI, warn_above: 0, error_above: 0, day: day, features: [levle]}
"""


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("base", BASE)
    project.model("study", STUDY)
    project.model("model", MODEL)
    for name, arguments in {
        "whole": f"ref('base'), ref('study'), {CALL}",
        "none": f"ref('base'), ref('base'), {CALL}",
        "by_day": f"ref('base'), ref('study'), {CALL}, by='day'",
        "of_model": f"none, ref('study'), {CALL}, by='day', model=ref('model')",
        "chosen": "ref('base'), ref('study'), numbers={'level': [10, 20]},"
        " thresholds={'PSI': 0.001, 'level': {'KS_DISTANCE': 0.9}}",
        "empty": f"ref('base'), 'select * from ' ~ ref('study') ~ ' where false', {CALL}",
    }.items():
        project.model(name, f"select * from {{{{ feature_drift({arguments}) }}}} as drift")
    project.model(
        "days",
        "{{ config(materialized='incremental', incremental_strategy='replace_window',"
        " event_time='day') }} with study_days as (select * from {{ ref('study') }} where"
        " {{ in_window('day') }}) select * from {{ feature_drift(none, 'study_days', "
        + CALL
        + ", by='day', model=ref('model')) }} as drift",
    )
    project.dbt("run").succeeded()
    return project


def psi(p, q) -> float:
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return float(np.sum((p - q) * np.log(p / q)))


def shares(values: np.ndarray, bounds: list[float]) -> np.ndarray:
    places = np.searchsorted(bounds, values, side="left")
    return np.bincount(places, minlength=len(bounds) + 1) / len(values)


def column(project, table: str, name: str, where: str = "true") -> np.ndarray:
    rows = project.query(f"select {name} from {table} where {where}")
    return np.array([row[0] for row in rows if row[0] is not None and row[0] == row[0]])


def value(project, table: str, feature: str, metric: str, where: str = "true") -> float:
    [(found,)] = project.query(
        f"select value from {table} where feature = '{feature}' and metric = '{metric}' and {where}"
    )
    return found


def test_numbers_are_compared_over_chosen_bounds(project):
    base, study = (shares(column(project, t, "level"), [10, 20]) for t in ("base", "study"))
    assert value(project, "chosen", "level", "PSI") == pytest.approx(psi(base, study))
    distance = np.max(np.abs(np.cumsum(base) - np.cumsum(study)))
    assert value(project, "chosen", "level", "KS_DISTANCE") == pytest.approx(distance)


def test_numbers_are_compared_over_the_tenths_of_the_base(project):
    base, study = (column(project, table, "level") for table in ("base", "study"))
    deciles = np.quantile(base, np.arange(1, 10) / 10, method="inverted_cdf")
    expected = psi(shares(base, deciles), shares(study, deciles))
    assert value(project, "whole", "level", "PSI") == pytest.approx(expected, rel=0.2)
    points = np.unique(base)
    distance = max(abs(np.mean(base <= x) - np.mean(study <= x)) for x in points)
    assert value(project, "whole", "level", "KS_DISTANCE") == pytest.approx(distance, abs=0.01)


def test_a_value_of_many_rows_has_a_tenth_of_its_own(project):
    """Four in ten are exactly 0."""
    zeros = [np.mean(column(project, table, "rain") == 0) for table in ("base", "study")]
    assert value(project, "whole", "rain", "PSI") >= psi(
        *(np.array([zero, 1 - zero]) for zero in zeros)
    )


def test_categories_are_compared_by_their_values(project):
    base, study = (column(project, table, "kind") for table in ("base", "study"))
    p, q = (np.array([np.mean(s == k) for k in ("a", "b", "c", "new")]) for s in (base, study))
    assert value(project, "whole", "kind", "PSI") == pytest.approx(psi(p, q))
    assert value(project, "whole", "kind", "L_INFTY") == pytest.approx(np.max(np.abs(p - q)))
    assert value(project, "whole", "kind", "NEW_CATEGORY_SHARE") == pytest.approx(q[3])


def test_nan_counts_as_null(project):
    [expected] = project.query(
        "select (select avg((level is null or isnan(level))::int) from study)"
        " - (select avg((level is null or isnan(level))::int) from base)"
    )
    assert value(project, "whole", "level", "NULL_RATE_DELTA") == pytest.approx(expected[0])


def test_rows_are_those_of_the_study(project):
    """Also where no percentile is taken."""
    for table in ("whole", "chosen"):
        assert project.query(f"select distinct rows_count from {table}") == [(900,)]


def test_equal_sides_do_not_differ(project):
    assert project.query("select max(abs(value)), bool_or(is_anomaly) from none") == [(0, False)]


def test_a_day_is_compared_for_itself(project):
    for day in ("2013-01-01", "2013-01-02", "2013-01-03"):
        kinds = column(project, "study", "kind", f"day = '{day}'")
        found = value(project, "by_day", "kind", "NEW_CATEGORY_SHARE", f"day = '{day}'")
        assert found == pytest.approx(np.mean(kinds == "new"))
    assert project.query("select distinct rows_count from by_day") == [(300,)]


def test_a_model_has_kept_what_its_base_was(project):
    """Its percentiles are exact, those of rows approximate."""
    [(rows, apart)] = project.query(
        "select count(*), max(abs(one.value - other.value)) from by_day one"
        " join of_model other using (day, feature, metric) where metric != 'PSI'"
    )
    assert rows == 3 * 7
    assert apart < 0.02
    assert value(project, "of_model", "kind", "PSI", "day = '2013-01-01'") == pytest.approx(
        value(project, "by_day", "kind", "PSI", "day = '2013-01-01'")
    )


def test_history_is_the_same_built_day_by_day(project):
    for day in (1, 2, 3):
        window = [
            "--event-time-start",
            f"2013-01-0{day}",
            "--event-time-end",
            f"2013-01-0{day + 1}",
        ]
        project.dbt("run", "--select", "days", *window).succeeded()
    columns = "day, feature, metric, threshold, round(value, 12), is_anomaly, rows_count"
    assert project.query(f"select {columns} from days except select {columns} from of_model") == []
    assert project.query("select count(*) from days") == project.query(
        "select count(*) from of_model"
    )


def test_the_thresholds_decide_what_is_an_anomaly(project):
    assert project.query(
        "select metric, threshold, is_anomaly from chosen where metric != 'NULL_RATE_DELTA'"
        " order by metric"
    ) == [("KS_DISTANCE", 0.9, False), ("PSI", 0.001, True)]


def test_a_side_without_rows_has_no_distance(project):
    assert project.query("from empty") == []


def test_a_test_warns_above_one_threshold_and_fails_above_another(project):
    (project.root / "models" / "tests.yml").write_text(TESTS)
    outcome = project.dbt("test", "--select", "by_day")
    outcome.failed_saying("drift_below of by_day: there is no feature 'levle'", "'level'?")
    found = [message for message in outcome.messages if message.startswith("Got")]
    assert sorted(found) == [
        "Got 3 results, configured to fail if > 0 and coalesce(max(abs(value)) > 0.2, false)",
        "Got 3 results, configured to warn if > 0",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("'a', 'b'", "no feature is named"),
        ("'a', 'b', numbers=['x'], categories=['x']", "feature 'x' is named twice"),
        ("'a', 'b', numbers={'x': [2, 1]}", "the bounds of 'x' must be numbers that ascend"),
        ("'a', 'b', numbers=['x'], thresholds={'PSY': 1}", "threshold 'PSY' is no metric"),
        ("'a', 'b', numbers=['x'], thresholds={'x': {'KS': 1}}", "'KS' of threshold 'x'"),
        ("'a', 'b', numbers=['x'], thresholds={'PSI': true}", "threshold 'PSI' must be a number"),
        (
            "none, ref('study'), numbers=['id'], model=ref('model')",
            "was not trained on 'id' but on level, rain, kind",
        ),
        ("none, ref('study'), numbers=['id'], model=ref('base')", "is not a trained model"),
    ],
)
def test_a_wrong_call_is_refused(project, arguments, words):
    project.model("wrong", f"select * from {{{{ feature_drift({arguments}) }}}}")
    project.dbt("run", "--select", "wrong").failed_saying("feature_drift", words)
    (project.root / "models" / "wrong.sql").unlink()
