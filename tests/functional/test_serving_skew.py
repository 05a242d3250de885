"""serving_skew on a small log in which some answers are wrong on purpose."""

import pytest

VIEW = """
select * from (values
    ('JFK', timestamp '2013-01-01 10:00', timestamp '2013-01-01 10:05', 10, 0.5, 'calm'),
    ('JFK', timestamp '2013-01-01 11:00', timestamp '2013-01-01 11:30', 20, 0.25, null),
    ('LGA', timestamp '2013-01-01 10:00', timestamp '2013-01-01 10:05', 0, 'nan'::double, 'windy')
) as t(airport_code, event_at, known_at, departures, rate, wind)
"""
VIEW_YAML = """
models:
  - name: traffic
    config:
      contract: {enforced: true}
      meta: {feature_store: {entity: airport, keys: [airport_code], ttl: 3 hours, online: true}}
    columns:
      - {name: airport_code, data_type: string}
      - {name: event_at, data_type: timestamp}
      - {name: known_at, data_type: timestamp}
      - {name: departures, data_type: int64}
      - {name: rate, data_type: float64}
      - {name: wind, data_type: string}
"""
# (minute after ten, airport, values, version): what was served, and what is wrong with it
READS = [
    (10, "JFK", '{"departures": 10, "rate": 0.5, "wind": "calm"}', 1),
    (45, "JFK", '{"departures": 10, "rate": 0.5000000000001, "wind": "calm"}', 1),
    # the row of 11:00 was served before it was known
    (80, "JFK", '{"departures": 20, "rate": 0.25, "wind": null}', 1),
    # an hour behind: another number, and text where there is none
    (95, "JFK", '{"departures": 10, "rate": 0.25, "wind": "calm"}', 1),
    # after the time to live
    (240, "LGA", '{"departures": 0, "rate": null, "wind": null}', 1),
    (60, "LGA", '{"departures": 0, "rate": "NaN", "wind": null}', 1),
    # asked for one feature only
    (61, "LGA", '{"wind": "windy"}', 1),
    # nobody knows this airport, and nothing was served
    (62, "EWR", '{"departures": null, "rate": null, "wind": null}', 1),
    (63, "JFK", '{"departures": 99}', 2),
]


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model(
        "traffic",
        f"select airport_code, event_at, known_at, departures::bigint as departures,"
        f" rate::double as rate, wind from ({VIEW})",
    )
    (project.root / "models" / "traffic.yml").write_text(VIEW_YAML)
    rows = ", ".join(
        f"(timestamp '2013-01-01 10:00' + interval {minute} minute, 'traffic', {version},"
        f""" '{{"airport_code": "{airport}"}}', '{values}')"""
        for minute, airport, values, version in READS
    )
    project.model(
        "log", f'select * from (values {rows}) as t(requested_at, view, version, "keys", "values")'
    )
    project.model("skew", "select * from {{ serving_skew(ref('log'), 'traffic') }} as skew")
    project.dbt("run").succeeded()
    return project


def test_each_planted_mistake_is_counted(project):
    found = project.query(
        "select feature, rows_count, mismatch_rate * rows_count, missing_rate * rows_count,"
        " extra_rate * rows_count from skew order by feature"
    )
    assert found == [
        ("departures", 7, 2, 0, 1),
        ("rate", 7, 1, 0, 0),
        ("wind", 8, 0, 2, 1),
    ]


def test_smape_is_of_the_numbers_on_both_sides(project):
    # 20 for 10, 10 for 20, and four right answers
    [(smape,)] = project.query("select smape from skew where feature = 'departures'")
    assert smape == pytest.approx(2 * (2 * 10 / 30) / 5)
    assert project.query("select smape from skew where feature = 'wind'") == [(None,)]


def test_a_feature_that_the_view_lacks_is_refused(project):
    project.model("wrong", "from {{ serving_skew(ref('log'), 'traffic', features=['winds']) }}")
    outcome = project.dbt("compile", "--select", "wrong")
    outcome.failed_saying("serving_skew in wrong", "'winds'", "departures, rate, wind")
