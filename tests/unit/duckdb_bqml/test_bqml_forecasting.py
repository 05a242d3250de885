"""Time series: steps of the calendar, parts of a series, the same numbers in any company."""

import json
import warnings

import duckdb
import numpy as np
import pytest
from bqml_vocabulary.errors import ModelError
from duckdb_bqml import register
from duckdb_bqml.algorithms.forecasting import calendar, cleaning, order, seasonality
from duckdb_bqml.algorithms.forecasting.calendar import AUTO, FREQUENCIES, regular, seasons
from duckdb_bqml.algorithms.forecasting.components import Wanted, taken_apart
from duckdb_bqml.algorithms.forecasting.order import Order
from duckdb_bqml.algorithms.forecasting.process import Process
from duckdb_bqml.algorithms.forecasting.selection import Search, fitted
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import kpss


def moments(*texts):
    return np.array(texts, dtype="datetime64[us]").astype(np.int64)


def dates(found):
    return [str(one)[:10] for one in found.astype("datetime64[us]")]


# ---- calendar


@pytest.mark.parametrize(
    ("given", "words", "ahead"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-04"], "DAILY", ["2024-01-05", "2024-01-06"]),
        (["2024-01-01", "2024-01-08", "2024-01-15"], "WEEKLY", ["2024-01-22", "2024-01-29"]),
        (["2024-01-31", "2024-02-29", "2024-03-31"], "MONTHLY", ["2024-04-30", "2024-05-31"]),
        (["2023-12-15", "2024-01-15", "2024-02-15"], "MONTHLY", ["2024-03-15", "2024-04-15"]),
        (["2024-01-30", "2024-02-29", "2024-03-30"], "MONTHLY", ["2024-04-30", "2024-05-30"]),
        (["2023-10-01", "2024-01-01", "2024-04-01"], "QUARTERLY", ["2024-07-01", "2024-10-01"]),
        (["2022-03-01", "2023-03-01", "2024-03-01"], "YEARLY", ["2025-03-01", "2026-03-01"]),
        (["2024-01-01", "2024-01-31", "2024-03-01"], "every 30 days", ["2024-03-31", "2024-04-30"]),
    ],
)
def test_the_frequency_is_found(given, words, ahead):
    grid, values = regular(moments(*given), np.arange(3.0), AUTO)
    assert grid.frequency.words == words
    count = len(values)
    assert dates(grid.moments(np.arange(count, count + 2))) == ahead


def test_values_of_one_step_are_averaged_and_gaps_lie_on_a_line():
    given = moments("2024-01-05", "2024-01-01", "2024-01-02", "2024-01-02", "2024-01-06")
    _, values = regular(given, np.array([8.0, 1.0, 4.0, 6.0, 9.0]), AUTO)
    assert values.tolist() == [1, 5, 6, 7, 8, 9]


def test_what_is_null_at_either_end_is_left_out():
    given = moments("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05")
    grid, values = regular(given, np.array([np.nan, 2.0, 2.5, 4.0, np.nan]), AUTO)
    assert dates(grid.moments(np.arange(3))) == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert values.tolist() == [2, 2.5, 4]


@given(st.lists(st.integers(0, 400), min_size=3, max_size=40, unique=True), st.randoms())
def test_the_order_of_the_rows_does_not_matter(days, dice):
    given = np.array(days, dtype=np.int64) * calendar.DAY
    values = np.array([float(day % 7) for day in days])
    turned = list(range(len(days)))
    dice.shuffle(turned)
    try:
        grid, found = regular(given, values, "DAILY")
    except ModelError:
        with pytest.raises(ModelError):
            regular(given[turned], values[turned], "DAILY")
        return
    again, same = regular(given[turned], values[turned], "DAILY")
    assert grid == again and found.tolist() == same.tolist()


def test_a_finer_frequency_than_the_data_have_is_interpolated():
    _, values = regular(moments("2024-01-01", "2024-01-02", "2024-01-03"), np.arange(3.0), "HOURLY")
    assert len(values) == 49 and values[12] == 0.5


def test_seasons_follow_from_the_frequency():
    assert seasons(FREQUENCIES["HOURLY"])["DAILY"] == 24
    assert seasons(calendar.Frequency(15 * calendar.MINUTE)) == {
        "DAILY": 96,
        "WEEKLY": 672,
        "YEARLY": 35040,
    }
    assert seasons(calendar.Frequency(11 * calendar.SECOND)) == {}


# ---- parts


@pytest.mark.parametrize(("steps", "period"), [(100, 7), (61, 12), (500, 24), (48, 24)])
def test_a_seasonal_part_is_that_of_stl(steps, period):
    values = np.random.default_rng(steps).normal(size=steps).cumsum()
    trend = int(np.ceil(1.5 * period / (1 - 1.5 / 7)))
    low = period + 1 - period % 2
    trend += 1 - trend % 2
    theirs = STL(
        values,
        period=period,
        seasonal=7,
        trend=trend,
        low_pass=max(low, period + 1 + period % 2),
        seasonal_deg=0,
        seasonal_jump=1,
        trend_jump=int(np.ceil(trend / 10)),
        low_pass_jump=int(np.ceil(low / 10)),
    ).fit(inner_iter=2, outer_iter=0)
    ours = seasonality.seasonal_part(values[:, None], period)[:, 0]
    if period % 2 == 0:  # statsmodels takes no low-pass window of the period itself
        assert ours == pytest.approx(theirs.seasonal, abs=1e-9)
    else:
        assert np.abs(ours - theirs.seasonal).max() < 0.6


def test_a_season_is_found_where_there_is_one():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(300, 100))
    walk = noise.cumsum(axis=0)
    wave = 2 * np.sin(np.arange(300) * 2 * np.pi / 7)[:, None]
    assert seasonality.is_seasonal(noise, 7).mean() < 0.15
    assert seasonality.is_seasonal(walk, 7).mean() < 0.15
    assert seasonality.is_seasonal(noise + wave, 7).all()
    assert seasonality.is_seasonal(walk + wave, 7).mean() > 0.8


def test_several_seasons():
    hours = np.arange(24 * 7 * 5)
    day, week = 5 * np.cos(hours * 2 * np.pi / 24), 3 * np.cos(hours * 2 * np.pi / 168)
    values = (day + week + np.random.default_rng(2).normal(size=len(hours)))[:, None]
    parts = taken_apart(values, seasons(FREQUENCIES["HOURLY"]), Wanted())
    assert list(parts.seasons) == ["DAILY", "WEEKLY"]
    assert np.abs(parts.seasons["DAILY"][:, 0] - day).mean() < 1
    assert np.abs(parts.seasons["WEEKLY"][:, 0] - week).mean() < 1


def test_a_spike_and_a_step_are_taken_out():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(200, 9)) + 50
    values[60, 2] += 40
    values[120:, 5] += 12
    spikes = cleaning.spikes(values)
    assert np.argwhere(spikes).tolist() == [[60, 2]]
    changes = cleaning.step_changes(values - spikes)
    assert np.abs(changes[:, 5] + np.where(np.arange(200) < 120, 12, 0)).max() < 2
    assert (np.flatnonzero(np.diff(changes[:, 5])) == [119]).all()


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(("WEEKLY", "MONTHLY"), False, False)])
def test_the_parts_add_up(wanted):
    values = np.random.default_rng(4).normal(size=(150, 12)).cumsum(axis=0)
    values[40, 3] += 100
    parts = taken_apart(values, seasons(FREQUENCIES["DAILY"]), wanted)
    total = parts.rest + parts.spikes + parts.steps + sum(parts.seasons.values())
    assert total == pytest.approx(values)


# ---- processes


def test_kpss_is_that_of_statsmodels():
    rng = np.random.default_rng(5)
    for values in (rng.normal(size=200), rng.normal(size=90).cumsum()):
        lags = int(3 * np.sqrt(len(values)) / 13)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statistic, *_ = kpss(values, "c", nlags=lags)
        ours = order.kpss(np.repeat(values[:, None], 8, axis=1))
        assert ours == pytest.approx([statistic] * 8, rel=1e-9)


@pytest.mark.parametrize(
    ("fixed", "ar", "ma", "mean"),
    [
        (Order(1, 0, 1), [0.6], [0.3], 5.0),
        (Order(2, 1, 1, True), [0.4, 0.2], [-0.5], 0.7),
        (Order(0, 1, 2), [], [0.4, 0.3], 0.0),
        (Order(1, 2, 1), [0.3], [-0.6], 0.0),
        (Order(0, 0, 0), [], [], 3.0),
    ],
)
def test_predictions_are_those_of_statsmodels(fixed, ar, ma, mean):
    rng = np.random.default_rng(6)
    values = 10 + rng.normal(size=80)
    for _ in range(fixed.d):
        values = values.cumsum()
    p, d, q = fixed[:3]
    trend = "c" if d == 0 else "t" if fixed.has_drift else "n"
    theirs = ARIMA(values, order=(p, d, q), trend=trend)
    parameters = [*([mean] if trend != "n" else []), *ar, *ma, 2.0]
    told = theirs.filter(parameters)
    lanes = np.ones(8)
    process = Process(
        fixed,
        np.array(ar).reshape(p, 1) * lanes,
        np.array(ma).reshape(q, 1) * lanes,
        mean * lanes,
        2.0 * lanes,
    )
    many = np.repeat(values[:, None], 8, axis=1)
    ahead = told.get_forecast(12)
    value, error = process.ahead(many, 12)
    assert value[:, 3] == pytest.approx(ahead.predicted_mean, rel=1e-5)
    assert error[:, 3] == pytest.approx(ahead.se_mean, rel=1e-6)
    inside = process.inside(many)[:, 3]
    assert inside[d + 12 :] == pytest.approx(told.predict()[d + 12 :], rel=1e-3)


def test_the_smallest_aic_is_first_and_more_coefficients_fit_better():
    rng = np.random.default_rng(7)
    series = [rng.normal(size=n).cumsum() for n in (30, 55, 80, 200)]
    for tried in fitted(series, Search(0, 3)):
        assert [fit.aic for fit in tried] == sorted(fit.aic for fit in tried)
        by_order = {fit.order: fit.log_likelihood for fit in tried}
        for one, likelihood in by_order.items():
            for more in (one._replace(p=one.p + 1), one._replace(q=one.q + 1)):
                assert by_order.get(more, np.inf) >= likelihood - 1e-6


# ---- many series


def forecasts(rows, **options):
    """What a model says of rows (key, day, value), by key."""
    with duckdb.connect() as connection:
        register(connection)
        connection.execute("create table rows (k varchar, d integer, v double)")
        connection.executemany("insert into rows values (?, ?, ?)", rows)
        given = {
            "model_type": "ARIMA_PLUS",
            "time_series_timestamp_col": "d",
            "time_series_data_col": "v",
            "time_series_id_col": "k",
        }
        connection.execute(
            "create table m as select unnest(bqml_train('m', ?, list(r)))"
            " from (select k, date '2024-01-01' + d as d, v from rows) r",
            [json.dumps(given | options)],
        )
        [(made, details)] = connection.execute(
            "select bqml_rows('m', model_version, 'EXPLAIN_FORECAST', '{}', 0), details from m"
        ).fetchall()
    keys = [key for [key] in json.loads(details)["series"]]
    found = {}
    for row in made:
        found.setdefault(keys[row["keys"][0]], []).append((row["keys"][1:], row["numbers"]))
    return found


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(10, 90), min_size=2, max_size=12))
def test_a_series_has_the_same_numbers_in_any_company(seed, lengths):
    rng = np.random.default_rng(seed)
    rows = []
    for number, length in enumerate(lengths):
        values = rng.normal(size=length).cumsum() + 3 * (np.arange(length) % 7 == number % 7)
        rows += [(f"s{number:02}", day, float(value)) for day, value in enumerate(values)]
    together = forecasts(rows)
    rng.shuffle(rows)
    rows = [(k, int(d), float(v)) for k, d, v in rows]
    assert forecasts(rows) == together
    for key in ("s00", f"s{len(lengths) - 1:02}"):
        assert forecasts([row for row in rows if row[0] == key])[key] == together[key]


@pytest.mark.parametrize(
    ("values", "ahead"),
    [
        ([1, 2, 3], None),
        ([1, 5, 2, 2], None),
        ([0, 0, 0, 1], None),
        ([1e90, 2e90, 3e90, 1e90], None),
        ([1, 2, 3, 4, 5, 6, 7, 8], [9, 10]),
        (list(range(50)), [50, 51]),
        ([-5, 5] * 10, [-5, 5]),
        ([0] * 30 + [9] + [0] * 30, None),
        ([x * x for x in range(30)], None),
    ],
)
@pytest.mark.parametrize("order", [1, 5])
def test_short_and_exact_series_are_forecast(values, ahead, order):
    rows = [("k", day, float(value)) for day, value in enumerate(values)]
    found = forecasts(rows, auto_arima_max_order=order)["k"]
    future = [numbers[0] for keys, numbers in found if keys[1] == 1]
    assert all(np.isfinite(future))
    if ahead is not None and order > 1:
        assert future[:2] == pytest.approx(ahead, abs=0.5)


def test_a_series_too_short_for_the_order_is_told():
    rows = [("long", day, float(day % 7)) for day in range(60)]
    rows += [("short", day, float(day % 2)) for day in range(4)]
    found = forecasts(rows, auto_arima_min_order=4, auto_arima_max_order=5)
    assert list(found) == ["long"]
    with pytest.raises(duckdb.Error, match="4 points are too few for the order asked for"):
        forecasts(rows[60:], auto_arima_min_order=4, auto_arima_max_order=5)
