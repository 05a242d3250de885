"""A model of time series in a dbt project: its functions, its options, and what it refuses."""

import pytest

POINTS = """
    select
        shop,
        item,
        cast('2024-01-01' as date) + cast(day as integer) as sold_on,
        case shop
            when 'north' then 100 + 10 * item + 20 * cos(day * 2 * pi() / 7) + (day * 7919 % 13)
            when 'flat' then 5.0
            when 'short' then if(day < 2, day + 1.0, null)
            else null
        end as units
    from (select unnest(range(120)) as day)
    cross join (
        values ('north', 1), ('north', 2), ('flat', 1), ('short', 1), ('empty', 1)
    ) as t(shop, item)
"""
CONFIG = (
    "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'arima_plus',"
    " 'time_series_timestamp_col': 'sold_on', 'time_series_data_col': 'units', %s}}) }}\n"
)
MANY = CONFIG % "'time_series_id_col': ['shop', 'item'], 'horizon': 30" + (
    "select shop, item, sold_on, units from {{ ref('points') }}"
)
ONE = CONFIG % "'horizon': 30" + (
    "select sold_on, units from {{ ref('points') }} where shop = 'north' and item = 1"
)
FORECAST_COLUMNS = [
    "forecast_timestamp",
    "forecast_value",
    "standard_error",
    "confidence_level",
    "prediction_interval_lower_bound",
    "prediction_interval_upper_bound",
    "confidence_interval_lower_bound",
    "confidence_interval_upper_bound",
]
LATER = """
    select
        'north' as shop, i as item, timestamp '2024-04-30' as sold_on, 130.0 as units, 'x' as note
    from (select unnest([1, 2, 9]) as i)
    union all select 'north', 1, timestamp '2030-01-01', 130.0, 'far'
"""


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("points", POINTS)
    project.model("many", MANY)
    project.model("one", ONE)
    project.model("later", LATER)
    project.build()
    return project


def test_it_forecasts(project):
    rows = project.asked("ml_forecast(ref('one'))")
    assert list(rows[0]) == FORECAST_COLUMNS
    assert [str(row["forecast_timestamp"])[:10] for row in rows] == [
        "2024-04-30",
        "2024-05-01",
        "2024-05-02",
    ]
    for row in rows:
        half = 1.956458 * row["standard_error"]
        assert row["confidence_level"] == 0.95
        assert row["prediction_interval_upper_bound"] == pytest.approx(
            row["forecast_value"] + half, abs=1e-3
        )
        assert row["confidence_interval_lower_bound"] == row["prediction_interval_lower_bound"]


def test_it_forecasts_many_series(project):
    rows = project.asked("ml_forecast(ref('many'), horizon=30, confidence_level=0.8)", "1, 2, 3")
    assert list(rows[0]) == ["shop", "item", *FORECAST_COLUMNS]
    assert [(row["shop"], row["item"]) for row in rows] == [("north", 1)] * 30 + [("north", 2)] * 30
    alone = project.asked("ml_forecast(ref('one'), 30, 0.8)")
    first = [row["forecast_value"] for row in rows[:30]]
    assert first == [row["forecast_value"] for row in alone]


def test_it_says_why_a_series_is_not_forecast(project):
    rows = project.asked("ml_arima_evaluate(ref('many'))", "1, 2")
    assert list(rows[0])[:2] == ["shop", "item"] and list(rows[0])[-1] == "error_message"
    said = {(row["shop"], row["item"]): row["error_message"] for row in rows}
    assert said["north", 1] is said["north", 2] is None
    assert "every value is 5" in said["flat", 1]
    assert "at 2 points in time" in said["short", 1]
    assert "every value is NULL" in said["empty", 1]
    [north, *_] = [row for row in rows if row["shop"] == "north"]
    assert north["seasonal_periods"] == ["WEEKLY"] and north["has_holiday_effect"] is False


def test_candidates(project):
    rows = project.asked("ml_arima_evaluate(ref('one'))", "AIC")
    assert len(rows) == 6 if rows[0]["non_seasonal_d"] != 1 else 12
    for row in rows:
        parameters = row["non_seasonal_p"] + row["non_seasonal_q"] + row["has_drift"] + 1
        assert row["AIC"] == pytest.approx(2 * parameters - 2 * row["log_likelihood"])
    best = project.asked("ml_arima_evaluate(ref('one'), show_all_candidate_models=false)")
    assert best == rows[:1]
    [coefficients] = project.asked("ml_arima_coefficients(ref('one'))")
    assert list(coefficients) == ["ar_coefficients", "ma_coefficients", "intercept_or_drift"]
    assert len(coefficients["ar_coefficients"]) == best[0]["non_seasonal_p"]


def test_the_history_is_the_sum_of_its_parts(project):
    rows = project.asked("ml_explain_forecast(ref('many'), horizon=5)", "1, 2, 3")
    assert len(rows) == 2 * 125
    history = [row for row in rows if row["time_series_type"] == "history"]
    assert len(history) == 240
    parts = [name for name in rows[0] if name.startswith("seasonal_period")]
    parts += ["trend", "holiday_effect", "spikes_and_dips", "step_changes", "residual"]
    for row in history:
        assert row["time_series_data"] == pytest.approx(sum(row[part] or 0 for part in parts))
        assert row["prediction_interval_lower_bound"] is None
    ahead = project.asked("ml_forecast(ref('many'), horizon=5)", "1, 2, 3")
    future = [row for row in rows if row["time_series_type"] == "forecast"]
    assert [row["time_series_data"] for row in future] == [row["forecast_value"] for row in ahead]
    assert {row["residual"] for row in future} == {None}


def test_it_is_measured(project):
    [first, second] = project.asked("ml_evaluate(ref('many'), ref('later'))", "1, 2")[:2]
    assert list(first)[:3] == ["shop", "item", "mean_absolute_error"] and len(first) == 8
    ahead = project.asked("ml_forecast(ref('many'), horizon=1)", "1, 2")
    for row, forecast in zip((first, second), ahead, strict=True):
        error = abs(130 - forecast["forecast_value"])
        assert row["mean_absolute_error"] == pytest.approx(error)
        assert row["mean_absolute_percentage_error"] == pytest.approx(100 * error / 130)
    rows = project.asked(
        "ml_evaluate(ref('many'), ref('later'), perform_aggregation=false)", "2, 3"
    )
    assert list(rows[0]) == [
        "shop",
        "item",
        "sold_on",
        "units",
        "forecasted_units",
        "lower_bound",
        "upper_bound",
        "absolute_error",
        "absolute_percentage_error",
    ]
    assert [row["forecasted_units"] is None for row in rows] == [False, True, False, True]


def test_it_finds_anomalies(project):
    history = project.asked("ml_detect_anomalies(ref('many'))", "1, 2, 3")
    assert list(history[0]) == [
        "shop",
        "item",
        "sold_on",
        "units",
        "is_anomaly",
        "lower_bound",
        "upper_bound",
        "anomaly_probability",
    ]
    assert len(history) == 240
    for row in history:
        is_outside = not row["lower_bound"] <= row["units"] <= row["upper_bound"]
        assert row["is_anomaly"] == is_outside == (row["anomaly_probability"] > 0.95)
    assert not history[0]["is_anomaly"]  # nothing says what to expect of the first
    new = project.asked(
        "ml_detect_anomalies(ref('many'), ref('later'), anomaly_prob_threshold=0.8)",
        "2, 3",
    )
    assert list(new[0]) == [*history[0], "note"]
    assert [row["is_anomaly"] is None for row in new] == [False, True, False, True]
    assert [row["units"] for row in new] == [130.0] * 4


def test_rows_of_data_are_found_whatever_the_case_and_type_of_their_columns(project):
    query = "'select cast(sold_on as date) as SOLD_ON, units, item, shop from ' ~ ref('later')"
    rows = project.asked(f"ml_detect_anomalies(ref('many'), {query})", "2, 3")
    assert [row["is_anomaly"] is None for row in rows] == [False, True, False, True]
    assert len(rows[0]) == 8
    query = "'select sold_on, null::double as units from ' ~ ref('later')"
    rows = project.asked(f"ml_detect_anomalies(ref('one'), {query})")
    assert {row["is_anomaly"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "ml_evaluate(ref('many'), 'select shop, item, units from ' ~ ref('later'))",
            ["column 'sold_on' is missing from the input of ml_evaluate"],
        ),
        (
            "ml_evaluate(ref('many'), 'select shop, sold_on, units from ' ~ ref('later'))",
            ["column 'item' is missing from the input of ml_evaluate"],
        ),
        (
            "ml_detect_anomalies(ref('many'), 'select sold_on, units, shop from ' ~ ref('later'))",
            ["column 'item' is missing from the input of ml_detect_anomalies"],
        ),
        ("ml_forecast(ref('one'), horizon=31)", ["ml_forecast of one", "from 1 to 30", "got 31"]),
        ("ml_forecast(ref('one'), confidence_level=1)", ["confidence_level must be a number"]),
        ("ml_evaluate(ref('one'))", ["evaluated on data"]),
        ("ml_evaluate(ref('one'), ref('points'), 0.5)", ["threshold is for binary classifiers"]),
        ("ml_detect_anomalies(ref('one'), contamination=0.1)", ["anomaly_prob_threshold"]),
        ("ml_predict(ref('one'), ref('points'))", ["ml_predict of one: it is for"]),
        ("ml_weights(ref('one'))", ["ml_weights of one: it is for"]),
    ],
)
def test_a_wrong_call_is_refused(project, call, words):
    project.model("asked", f"select * from {{{{ {call} }}}} as answer")
    project.dbt("run", "--select", "asked").failed_saying(*words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("'time_series_id_col': 'shop', 'auto_arima': false", "'auto_arima' must be TRUE"),
        ("'auto_arima': false", "'non_seasonal_order' is required by auto_arima = FALSE"),
        ("'non_seasonal_order': [1, 1, 1]", "only valid with auto_arima = FALSE"),
        ("'auto_arima': false, 'non_seasonal_order': [1, 3, 1]", "d up to 2, not 3"),
        ("'auto_arima': false, 'non_seasonal_order': [6, 1, 1]", "three whole numbers p, d, q"),
        (
            "'auto_arima': false, 'non_seasonal_order': [1, 0, 1], 'include_drift': true",
            "'include_drift' needs d = 1",
        ),
        ("'auto_arima_min_order': 2", "must be less than auto_arima_max_order"),
        ("'seasonalities': ['auto', 'weekly']", "AUTO stands alone"),
        ("'min_time_series_length': 10", "needs time_series_length_fraction"),
        (
            "'max_time_series_length': 30, 'time_series_length_fraction': 0.5",
            "excludes 'time_series_length_fraction'",
        ),
        (
            "'forecast_limit_lower_bound': 5, 'forecast_limit_upper_bound': 5",
            "must be less than forecast_limit_upper_bound",
        ),
        ("'time_series_id_col': 'units'", "named twice"),
        ("'holiday_region': ['us', 'xx']", "'holiday_region' has no value 'XX'"),
        ("'horizon': 10001", "'horizon' must be at most 10000"),
        ("'data_frequency': 'weekly'", "the values come DAILY, and data_frequency is WEEKLY"),
        ("'l2_reg': 1", "'l2_reg' is for"),
    ],
)
def test_a_wrong_option_is_refused(project, options, words):
    project.model("lonely", CONFIG % options + "select * from {{ ref('points') }} where item = 1")
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select null::date as sold_on, 1.0 as units", "'sold_on' is NULL in 1 rows"),
        ("select 'x' as sold_on, 1.0 as units", "cast it to TIMESTAMP, DATE or DATETIME"),
        ("select timestamp 'infinity' as sold_on, 1.0 as units", "infinite or beyond"),
        ("select date '2024-01-01' as sold_on, 'x' as units", "'units' has the type STRING"),
        ("select date '2024-01-01' as sold_on, 'inf'::double as units", "infinite in 1 rows"),
        ("select date '2024-01-01' as sold_on, 1.0 as units", "at 1 points in time"),
        (
            "select date '2024-01-01' + i::int as sold_on, 7 as units from range(9) t(i)",
            "every value is 7",
        ),
        ("select date '2024-01-01' as sold_on, 1.0 as units where false", "returned no rows"),
        (
            "select date '2024-01-01' + cast(i * i * i as integer) as sold_on, i as units"
            " from range(2, 40) t(i)",
            "no regular time",
        ),
    ],
)
def test_a_series_that_cannot_be_forecast_is_refused(project, query, words):
    project.model("lonely", CONFIG % "'horizon': 5" + query)
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()


def test_limits_bound_the_forecast(project):
    options = "'horizon': 30, 'forecast_limit_lower_bound': 90, 'forecast_limit_upper_bound': 140"
    project.model("bounded", CONFIG % options + ONE.partition("\n")[2])
    project.build("--select", "bounded")
    rows = project.asked("ml_forecast(ref('bounded'), horizon=30, confidence_level=0.99)")
    assert all(row["prediction_interval_lower_bound"] > 90 for row in rows)
    assert all(row["prediction_interval_upper_bound"] < 140 for row in rows)
    project.model("asked", "select * from {{ ml_explain_forecast(ref('bounded')) }} as answer")
    project.dbt("run", "--select", "asked").failed_saying("EXPLAIN_FORECAST is not supported")


SHOPPING = """
    select
        cast('2021-01-01' as date) + cast(day as integer) as sold_on,
        200 + (day * 7919 % 13)
        + if(strftime(sold_on, '%m-%d') between '12-20' and '12-25', 150, 0) as units
    from (select unnest(range(1050)) as day)
"""


def test_holidays_have_effects(project):
    project.model("shopping", SHOPPING)
    options = "'horizon': 60, 'holiday_region': ['us', 'global']"
    query = "select sold_on, units from {{ ref('shopping') }}"
    project.model("festive", CONFIG % options + query)
    project.model("plain", CONFIG % "'horizon': 60" + query)
    project.build("--select", "shopping+", "--exclude", "asked")
    [best, *_] = project.asked("ml_arima_evaluate(ref('festive'))", "AIC")
    assert best["has_holiday_effect"] is True
    rows = project.asked("ml_explain_forecast(ref('festive'), horizon=60)")
    assert list(rows[0])[-2:] == ["holiday_effect_Valentine", "holiday_effect_VeteranDay"]
    for row in rows:
        day = str(row["time_series_timestamp"])[5:10]
        is_inside = "12-20" <= day <= "12-25"
        assert row["holiday_effect"] == pytest.approx(150 if is_inside else 0, abs=15)
        assert row["holiday_effect_Christmas"] == pytest.approx(150 if is_inside else 0, abs=15)
    ahead = {
        str(row["forecast_timestamp"])[:10]: row["forecast_value"]
        for row in project.asked("ml_forecast(ref('festive'), horizon=60)")
    }
    assert ahead["2023-12-22"] == pytest.approx(356, abs=20)
    assert ahead["2023-12-10"] == pytest.approx(206, abs=20)
    days = project.asked("ml_holiday_info(ref('festive'))", "primary_date, holiday_name")
    assert days[0]["holiday_name"] == "NewYear" and str(days[0]["primary_date"]) == "2021-01-01"
    assert project.asked("ml_holiday_info(ref('plain'))") == []


@pytest.mark.parametrize(
    "options",
    [
        "'time_series_length_fraction': 0.5, 'min_time_series_length': 30",
        "'max_time_series_length': 40",
        "'seasonalities': ['no_seasonality'], 'clean_spikes_and_dips': false",
        "'seasonalities': ['weekly', 'monthly'], 'adjust_step_changes': false",
        "'auto_arima': false, 'non_seasonal_order': [1, 1, 1], 'include_drift': true",
        "'auto_arima_max_order': 4, 'auto_arima_min_order': 1",
        "'data_frequency': 'hourly'",
        "'trend_smoothing_window_size': 9",
    ],
)
def test_an_option_changes_what_it_says(project, options):
    project.model("other", CONFIG % f"'horizon': 30, {options}" + ONE.partition("\n")[2])
    project.build("--select", "other")
    [best, *_] = project.asked("ml_arima_evaluate(ref('other'))", "AIC")
    rows = project.asked("ml_explain_forecast(ref('other'), horizon=4)", "1")
    plain = project.asked("ml_explain_forecast(ref('one'), horizon=4)", "1")
    order = best["non_seasonal_p"], best["non_seasonal_d"], best["non_seasonal_q"]
    if "no_seasonality" in options:
        assert best["seasonal_periods"] == ["NO_SEASONALITY"]
        assert {row["seasonal_period_weekly"] for row in rows} == {None}
    elif "monthly" in options:
        assert best["seasonal_periods"] == ["WEEKLY", "MONTHLY"]
        assert rows[0]["seasonal_period_monthly"] is not None
    elif "non_seasonal_order" in options:
        assert (order, best["has_drift"]) == ((1, 1, 1), True)
    elif "min_order" in options:
        assert 1 <= order[0] + order[2] <= 4
    elif "hourly" in options:
        assert len(rows) == 119 * 24 + 1 + 4
        assert str(rows[-1]["time_series_timestamp"]) == "2024-04-29 04:00:00"
    elif "smoothing" in options:
        changes = [
            sum(abs(a["trend"] - b["trend"]) for a, b in zip(some[20:], some[19:], strict=False))
            for some in (rows, plain)
        ]
        assert changes[0] < changes[1]
        ahead = project.asked("ml_forecast(ref('other'), horizon=4)", "1")
        unsmoothed = project.asked("ml_forecast(ref('one'), horizon=4)", "1")
        assert ahead == unsmoothed
    else:
        assert len(rows) == len(plain)
        [whole, *_] = project.asked("ml_arima_evaluate(ref('one'))", "AIC")
        assert best["log_likelihood"] > whole["log_likelihood"], "of fewer points"


def test_without_its_parts_a_model_forecasts_and_explains_nothing(project):
    query = ONE.partition("\n")[2]
    project.model("bare", CONFIG % "'horizon': 30, 'decompose_time_series': false" + query)
    project.build("--select", "bare")
    ahead = project.asked("ml_forecast(ref('bare'))", "1")
    assert ahead == project.asked("ml_forecast(ref('one'))", "1")
    for call in ("ml_explain_forecast(ref('bare'))", "ml_detect_anomalies(ref('bare'))"):
        project.model("asked", f"select * from {{{{ {call} }}}} as answer")
        project.dbt("run", "--select", "asked").failed_saying("bare", "decompose_time_series")


def test_the_zone_in_which_a_moment_is_written_does_not_matter(project):
    zoned = (
        "select case when day(sold_on) % 2 = 0 then timezone('UTC', cast(sold_on as timestamp))"
        " else strptime(strftime(sold_on, '%Y-%m-%d') || ' 09:00:00 +0900', '%Y-%m-%d %H:%M:%S %z')"
        " end as sold_on, units"
    )
    query = ONE.partition("\n")[2].replace("select sold_on, units", zoned)
    project.model("zoned", CONFIG % "'horizon': 30" + query)
    project.build("--select", "zoned")
    ahead = project.asked("ml_forecast(ref('zoned'))", "1")
    assert ahead == project.asked("ml_forecast(ref('one'))", "1")


def test_the_old_name_of_the_type_is_taken(project):
    project.model("old", ONE.replace("'arima_plus'", "'ARIMA'"))
    project.build("--select", "old")
    assert project.asked("ml_forecast(ref('old'))") == project.asked("ml_forecast(ref('one'))")
