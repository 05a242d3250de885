"""ARIMA_PLUS against values that BigQuery itself printed.

Source of the values: tests of googleapis/python-bigquery-dataframes (data/README.md names the file)
and BigQuery's tutorial of a single time series. Both are of the same year of daily visits; the
tutorial's table has 2799 visits on 2016-08-17, and the file has 2800.

What BigQuery calls step changes is not documented. So the parts are compared by themselves, given
its coefficients, to the digits printed, and the whole as near as our rule for step changes comes.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from bqml_vocabulary.holidays import holidays_of
from duckdb_bqml.algorithms import normal
from duckdb_bqml.algorithms.forecasting import seasonality
from duckdb_bqml.algorithms.forecasting.components import Wanted, taken_apart
from duckdb_bqml.algorithms.forecasting.order import Order
from duckdb_bqml.algorithms.forecasting.process import Process

VISITS = Path(__file__).parent / "data" / "time_series.jsonl"
CASE = "C7"
STEP = 1205.283526  # what BigQuery subtracts from the first days
PRINTED = Process(
    Order(1, 1, 1),
    np.array([[0.40944762]]),
    np.array([[-0.81168198]]),
    np.zeros(1),
    np.array([206.939556**2]),
)
# by day: weekly part, and the trend of BigQuery's process
HISTORY = [
    (169.61193783, 0.0),
    (287.03327320, 336.104428),
    (445.14087763, 563.514213),
    (403.092354, 986.317236),
    (145.688355, 1248.707386),
    (-751.49761, 1188.59004),
]
# by steps ahead: value and standard error
AHEAD = {
    2: (2621.33159, 241.093355),
    8: (2639.285993, 300.301186),
    12: (1845.439732, 328.060405),
    26: (1853.735689, 410.596551),
    30: (2615.993932, 431.286628),
}
# by order and whether it drifts: log-likelihood, AIC, variance
CANDIDATES = {
    (2, 1, 1, True): (-2463.671247, 4937.342493, 42633.299513),
    (0, 1, 3, True): (-2464.255656, 4938.511313, 42772.506055),
    (0, 1, 1, False): (-2470.632377, 4945.264753, 44319.379307),
    (2, 1, 0, False): (-2473.141651, 4952.283303, 44942.416463),
    (1, 1, 0, False): (-2479.880885, 4963.76177, 46642.953433),
}


@pytest.fixture(scope="module")
def visits():
    """Those of the tutorial (366, 1)."""
    rows = [json.loads(line) for line in VISITS.read_text().splitlines()]
    rows = sorted((row["parsed_date"], row["total_visits"]) for row in rows if row["id"] == "1")
    days, values = [day for day, _ in rows], np.array([float(value) for _, value in rows])
    values[days.index("2016-08-17 00:00:00 UTC")] = 2799
    return values[:, None]


@pytest.fixture
def model(db, train):
    """train_series(name, where, **options)"""
    db.execute(
        "create table visits as select id, cast(parsed_date[:10] as date) as parsed_date,"
        " cast(total_visits as bigint) as total_visits from read_json(?)",
        [str(VISITS)],
    )

    def make(name, query, **options):
        given = {
            "model_type": "ARIMA_PLUS",
            "time_series_timestamp_col": "parsed_date",
            "time_series_data_col": "total_visits",
        }
        train(name, query, **given | options)

    return make


def rows_of(db, name, function, **settings):
    """(keys, numbers) of the rows a model makes."""
    found = db.execute(
        f"select unnest(bqml_rows('{name}', model_version, '{function}', ?, 0)) as r from {name}",
        [json.dumps(settings)],
    ).fetchall()
    return [(row["keys"], row["numbers"]) for (row,) in found]


def described(db, name, function, **settings):
    [(text,)] = db.execute(
        f"select bqml_describe('{name}', model_version, '{function}', ?) from {name}",
        [json.dumps(settings)],
    ).fetchall()
    return json.loads(text)


def test_the_weekly_part_is_r_s_stl(visits, compare):
    weekly = seasonality.seasonal_part(visits, 7)
    for day, (printed, _) in enumerate(HISTORY):
        compare(CASE, f"weekly part of day {day + 1}", printed, weekly[day, 0], rel=1e-8)


def test_the_trend_of_the_history_is_predicted_step_by_step(visits, compare):
    rest = visits - seasonality.seasonal_part(visits, 7) - STEP
    trend = PRINTED.inside(rest)
    for day, (_, printed) in enumerate(HISTORY):
        compare(CASE, f"trend of day {day + 1}", printed, trend[day, 0], rel=1e-8)


def test_forecasts_with_the_printed_coefficients(visits, compare):
    parts = taken_apart(visits, {"WEEKLY": 7}, Wanted())
    trend, error = PRINTED.ahead(parts.rest, 30)
    value = trend + seasonality.cycle_of(parts.seasons["WEEKLY"], 7).ahead(0, 30)
    for step, (printed, deviation) in AHEAD.items():
        compare(CASE, f"value {step} ahead", printed, value[step - 1, 0], rel=1e-4)
        compare(CASE, f"error {step} ahead", deviation, error[step - 1, 0], rel=1e-6)


def test_the_whole_of_one_series(db, model, compare):
    model("alone", "select parsed_date, total_visits from visits where id = '1'")
    printed = [2634.796023, 2621.332461, 2396.095462]
    bounds = [
        (2229.930578, 3039.6614686),
        (2149.645455, 3093.019467),
        (1892.873256, 2899.317669),
    ]
    for day, (_, numbers) in enumerate(rows_of(db, "alone", "FORECAST")):
        compare(CASE, f"forecast of day {day + 1}", printed[day], numbers[0], rel=1e-3)
        for bound, ours in zip(bounds[day], numbers[3:5], strict=True):
            compare(CASE, f"bound of day {day + 1}", bound, ours, rel=0.05)
    late = rows_of(db, "alone", "FORECAST", horizon=30)
    for step, (value, deviation) in AHEAD.items():
        compare(CASE, f"forecast {step} ahead", value, late[step - 1][1][0], rel=1e-3)
        compare(CASE, f"its error {step} ahead", deviation, late[step - 1][1][1], rel=0.05)
    [best, *_] = described(db, "alone", "ARIMA_EVALUATE")
    assert (best["non_seasonal_p"], best["non_seasonal_d"], best["non_seasonal_q"]) == (1, 1, 1)
    assert best["seasonal_periods"] == ["WEEKLY"]
    assert (best["has_drift"], best["has_spikes_and_dips"], best["has_step_changes"]) == (
        False,
        False,
        True,
    )
    [found] = described(db, "alone", "ARIMA_COEFFICIENTS")
    compare(CASE, "ar of (1, 1, 1)", 0.40944762, found["ar_coefficients"][0], rel=0.05)
    compare(CASE, "ma of (1, 1, 1)", -0.81168198, found["ma_coefficients"][0], rel=0.05)
    assert len(rows_of(db, "alone", "EXPLAIN_FORECAST")) == 369


def test_the_candidates(db, model, compare):
    query = "select parsed_date, total_visits from visits where id = '1'"
    model("wide", query, auto_arima_max_order=3)
    found = {
        (row["non_seasonal_p"], row["non_seasonal_d"], row["non_seasonal_q"], row["has_drift"]): row
        for row in described(db, "wide", "ARIMA_EVALUATE")
    }
    for order, (log_likelihood, aic, variance) in CANDIDATES.items():
        row = found[order]
        compare(CASE, f"log-likelihood of {order}", log_likelihood, row["log_likelihood"], rel=0.01)
        compare(CASE, f"AIC of {order}", aic, row["AIC"], rel=0.01)
        compare(CASE, f"variance of {order}", variance, row["variance"], rel=0.05)


def test_the_windows_of_american_holidays():
    """Printed by ML.HOLIDAY_INFO in BigQuery's tutorial: of every other holiday (1, 1)."""
    printed = {
        "Christmas": (10, 1),
        "MothersDay": (6, 1),
        "NewYear": (5, 3),
        "Thanksgiving": (3, 5),
        "Valentine": (3, 1),
        "EasterMonday": (8, 1),
    }
    others = (
        "ColumbusDay DaylightSavingEnd DaylightSavingStart Halloween IndependenceDay Juneteenth"
        " LaborDay MLKDay MemorialDay PresidentDay StPatrickDay Superbowl VeteranDay"
    )
    printed |= dict.fromkeys(others.split(), (1, 1))
    for year in (2022, 2023):
        found = {
            one.name: (one.before, one.after) for one in holidays_of("US") if one.date.year == year
        }
        assert found == printed
    dates = {one.name: str(one.date) for one in holidays_of("US") if one.date.year == 2023}
    assert dates["Thanksgiving"] == "2023-11-23" and dates["EasterMonday"] == "2023-04-10"
    assert dates["Superbowl"] == "2023-02-12" and dates["DaylightSavingEnd"] == "2023-11-05"


def test_two_series_have_the_shapes_of_bigquery(db, model):
    model("pair", "select * from visits", time_series_id_col="id")
    assert len(rows_of(db, "pair", "FORECAST")) == 6
    assert len(rows_of(db, "pair", "EXPLAIN_FORECAST")) == 738
    [first, second] = described(db, "pair", "ARIMA_EVALUATE")
    assert len(first) == 13
    assert {**first, "id": "2"} == second


@pytest.mark.parametrize(
    ("value", "low", "high", "threshold", "probability"),
    [
        (2500, 2229.930578, 3039.6614686, 0.95, 0.48545926),
        (2500, 2149.645455, 3093.019467, 0.95, 0.3856835),
        (2500, 1892.873256, 2899.317669, 0.95, 0.314156),
        (73.4, 71.714971312549849, 76.597372956351919, 0.6, 0.20573021642489953),
        (64.6, 67.7428898975034, 72.625291541305472, 0.6, 0.94632610424009034),
        (73.4, 71.7035428351283, 76.608801349150838, 0.6, 0.20478819992561115),
    ],
)
def test_the_probability_of_an_anomaly(value, low, high, threshold, probability, compare):
    error = (high - low) / 2 / normal.quantile((1 + threshold) / 2)
    ours = 1 - normal.two_sided((value - (low + high) / 2) / error)
    compare(CASE, f"anomaly of {value} in [{low:.2f}, {high:.2f}]", probability, ours, rel=1e-5)
