"""A model of time series with features in a dbt project: ARIMA_PLUS_XREG."""

import pytest

# sales follow the price by -4 a unit and rise by 30 where there is a promotion
POINTS = """
    select
        shop,
        cast('2024-01-01' as date) + cast(day as integer) as sold_on,
        price,
        promotion,
        200 + 15 * cos(day * 2 * pi() / 7) - 4 * price + if(promotion = 'leaflet', 30, 0)
        + if(shop = 2, 100, 0) + (day * 7919 % 7) as units
    from (
        select
            day,
            shop,
            cast(10 + (day * 31 + shop * 17) % 11 as double) as price,
            if((day * 13 + shop * 5) % 17 < 4, 'leaflet', 'none') as promotion
        from (select unnest(range(160)) as day)
        cross join (select unnest([1, 2]) as shop)
    )
"""
CONFIG = (
    "{{ config(materialized='ml_model', meta={'ml': {'model_type': 'arima_plus_xreg',"
    " 'time_series_timestamp_col': 'sold_on', 'time_series_data_col': 'units', %s}}) }}\n"
)
MODEL = CONFIG % "'time_series_id_col': 'shop', 'horizon': 30" + (
    "select * from {{ ref('points') }} where sold_on < date '2024-05-30'"
)
LATER = "select *, 'x' as note from {{ ref('points') }} where sold_on >= date '2024-05-30'"


@pytest.fixture(scope="module")
def project(tiny):
    project = tiny()
    project.model("points", POINTS)
    project.model("later", LATER)
    project.model("m", MODEL)
    project.model(
        "plain", MODEL.replace("_xreg", "").replace("select *", "select shop, sold_on, units")
    )
    project.build()
    return project


def truth(project):
    return dict(
        ((shop, str(day)), (price, promotion, units))
        for shop, day, price, promotion, units in project.query(
            "select shop, sold_on, price, promotion, units from points"
        )
    )


def test_the_weights_are_those_of_the_data(project):
    rows = project.asked("ml_arima_coefficients(ref('m'))", "shop, processed_input nulls first")
    assert list(rows[0])[-3:] == ["processed_input", "weight", "category_weights"]
    assert len(rows) == 6
    for shop in (rows[:3], rows[3:]):
        assert shop[0]["intercept_or_drift"] is not None and shop[0]["category_weights"] == []
        assert shop[1]["weight"] == pytest.approx(-4, abs=0.4)
        weights = {one["category"]: one["weight"] for one in shop[2]["category_weights"]}
        assert weights["leaflet"] - weights["none"] == pytest.approx(30, abs=4)
        assert weights["leaflet"] == 0  # the rarest is what the others are compared with


def test_it_forecasts_by_the_features_given(project):
    rows = project.asked("ml_forecast(ref('m'), horizon=10, data=ref('later'))")
    assert len(rows) == 20 and list(rows[0])[:3] == ["shop", "forecast_timestamp", "forecast_value"]
    known = truth(project)
    for row in rows:
        _, _, units = known[row["shop"], str(row["forecast_timestamp"])[:10]]
        assert row["forecast_value"] == pytest.approx(units, abs=12)
        assert row["prediction_interval_lower_bound"] < row["forecast_value"]
    query = "'select shop, sold_on, price + 1 as price, promotion from ' ~ ref('later')"
    dearer = project.asked(f"ml_forecast(ref('m'), horizon=10, data={query})")
    for row, other in zip(rows, dearer, strict=True):
        assert other["forecast_value"] - row["forecast_value"] == pytest.approx(-4, abs=0.4)


def test_only_points_with_features_are_forecast(project):
    query = "'select * from ' ~ ref('later') ~ ' where shop = 2 limit 3'"
    assert len(project.asked(f"ml_forecast(ref('m'), horizon=30, data={query})")) == 3
    unknown = "'select 9 as shop, sold_on, price, promotion from ' ~ ref('later')"
    assert project.asked(f"ml_forecast(ref('m'), data={unknown})") == []
    unseen = "'select * replace (null as promotion) from ' ~ ref('later')"
    assert len(project.asked(f"ml_forecast(ref('m'), data={unseen})")) == 6


def test_the_history_is_the_sum_of_its_parts(project):
    rows = project.asked("ml_explain_forecast(ref('m'), horizon=5, data=ref('later'))")
    assert list(rows[0])[-2:] == ["attribution_price", "attribution_promotion"]
    assert len(rows) == 2 * (150 + 5)
    known = truth(project)
    parts = [name for name in rows[0] if name.startswith(("seasonal_period", "attribution"))]
    parts += ["trend", "holiday_effect", "spikes_and_dips", "step_changes", "residual"]
    for row in rows:
        price, promotion, units = known[row["shop"], str(row["time_series_timestamp"])[:10]]
        assert row["time_series_data"] == pytest.approx(sum(row[part] or 0 for part in parts))
        assert row["attribution_price"] == pytest.approx(-4 * price, rel=0.1)
        if row["time_series_type"] == "history":
            assert row["time_series_data"] == pytest.approx(units)
        if promotion == "leaflet":
            assert row["attribution_promotion"] == 0


def test_it_is_measured_and_finds_anomalies(project):
    [first, _] = project.asked("ml_evaluate(ref('m'), ref('later'))")
    assert list(first)[-1] == "symmetric_mean_absolute_percentage_error"
    [plain, _] = project.asked("ml_evaluate(ref('plain'), ref('later'))")
    assert first["mean_absolute_error"] < plain["mean_absolute_error"] / 2
    history = project.asked("ml_detect_anomalies(ref('m'))")
    assert len(history) == 300
    known = truth(project)
    for row in history:
        assert row["units"] == pytest.approx(known[row["shop"], str(row["sold_on"])[:10]][2])
    query = "'select * replace (units + 500 as units) from ' ~ ref('later')"
    new = project.asked(f"ml_detect_anomalies(ref('m'), {query})")
    assert list(new[0])[-3:] == ["price", "promotion", "note"]
    assert {row["is_anomaly"] for row in new} == {True}
    usual = project.asked("ml_detect_anomalies(ref('m'), ref('later'))")
    assert sum(row["is_anomaly"] for row in usual) <= 4


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ml_forecast(ref('m'))", ["ml_forecast of m", "give data with those of the points"]),
        ("ml_explain_forecast(ref('m'))", ["ml_explain_forecast of m", "give data"]),
        ("ml_forecast(ref('plain'), data=ref('later'))", ["has no features; leave data out"]),
        (
            "ml_forecast(ref('m'), data='select shop, sold_on, price from ' ~ ref('later'))",
            ["m: column 'promotion' is missing"],
        ),
    ],
)
def test_a_wrong_call_is_refused(project, call, words):
    project.model("asked", f"select * from {{{{ {call} }}}} as answer")
    project.dbt("run", "--select", "asked").failed_saying(*words)


@pytest.mark.parametrize(
    ("options", "select", "words"),
    [
        ("'horizon': 5", "sold_on, units", "has no feature column"),
        ("'seasonalities': ['weekly']", "sold_on, units, price", "are not supported for"),
        ("'horizon': 5", "sold_on, units, [1, 2] as sizes", "'sizes' has the type ARRAY<INT64>"),
        ("'l2_reg': -1", "sold_on, units, price", "'l2_reg' must be at least 0.0"),
    ],
)
def test_a_wrong_model_is_refused(project, options, select, words):
    query = f"select {select} from {{{{ ref('points') }}}} where shop = 1"
    project.model("lonely", CONFIG % options + query)
    project.dbt("run", "--select", "lonely").failed_saying("lonely", words)
    (project.root / "models/lonely.sql").unlink()
