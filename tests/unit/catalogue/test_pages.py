"""The catalogue's pages, asked as an ASGI application."""

import json
import os
import re

import httpx
import pytest

from serving.catalogue import pages, plots
from serving.catalogue.__main__ import main

FEATURE = "/feature/feat_shop__orders/1/orders_count_7d"
PLAN = "/feature/feat_shop__orders/2/plan"
MODEL = "/model/ml_churn__model"


async def _get(app, path: str, **options) -> httpx.Response:
    transport = httpx.ASGITransport(app, **options)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get(path)


@pytest.fixture
def get(snapshot_path):
    import asyncio

    app = pages.create_app(snapshot_path)
    return lambda path, **options: asyncio.run(_get(app, path, **options))


def names(answer: httpx.Response) -> list[str]:
    return re.findall(r'<span class="name">([^<]+)</span>', answer.text)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["orders_count_7d", "plan", "latitude", "ml_churn__model", "ml_sales__model"]),
        ("q=orders+7d", ["orders_count_7d"]),
        ("q=ORDERS_COUNT", ["orders_count_7d"]),
        ("q=degrees", ["latitude"]),
        ("q=sales", ["ml_sales__model", "orders_count_7d", "plan", "latitude"]),
        ("q=nothing+such", []),
        ("kind=model", ["ml_churn__model", "ml_sales__model"]),
        ("entity=place", ["latitude"]),
        ("owner=bob", ["plan"]),
        ("tag=%3Ci%3Eodd%3C/i%3E", ["plan"]),
        ("type=LINEAR_REG", ["ml_sales__model"]),
        ("entity=place&owner=bob", []),
        ("kind=nonsense", []),
    ],
)
def test_search_finds_by_words_and_filters(get, asked, found):
    answer = get(f"/?{asked}")
    assert answer.status_code == 200
    assert set(names(answer)) == set(found)
    assert names(get(f"/?{asked}&part=results")) == names(answer)
    if asked == "q=sales":
        assert names(answer)[-1] != "ml_sales__model", "what is named so comes before the others"


def test_a_part_is_only_the_results(get):
    assert "<html" in get("/").text
    assert "<html" not in get("/?part=results").text


@pytest.mark.parametrize("path", ["/", FEATURE, PLAN, MODEL, "/model/ml_sales__model", "/nothing"])
def test_nothing_but_text_comes_from_data_or_elsewhere(get, path):
    answer = get(path)
    assert "<script>" not in answer.text
    assert "<b>bold" not in answer.text and "<i>odd" not in answer.text
    assert not re.search(r"\son\w+=|style=|javascript:", answer.text)
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', answer.text)
    assert loaded and all(address.startswith("/static/") for address in loaded)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_hostile_text_is_shown_as_it_is(get):
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in get(PLAN).text


def test_a_feature_s_page_says_all_that_is_known(get):
    text = get(FEATURE).text
    for words in (
        "Orders of the last seven days.",
        "Histogram from 0 to 5 of 90 values",
        "PSI on 7 days, 3 of them above the threshold",
        "feature_join(&#39;labels&#39;",
        "http://here/v1/views/feat_shop__orders:read",
        "3 days",
        "2013-02-01 01:00 UTC",
        'href="/model/ml_churn__model"',
    ):
        assert words in text, words
    assert re.search(
        r'class="lineage".*?ml_churn__training_set.*?predicted_has_churned', text, re.S
    )


def test_what_is_not_known_is_said(get):
    text = get("/feature/feat_shop__place/1/latitude").text
    for words in ("No drift recorded yet", "No lineage is recorded", "No trained model reads it"):
        assert words in text
    assert "no statistics are recorded" in text
    assert "not materialized" in get(PLAN).text


def test_a_model_s_page_says_what_is_promised_and_what_is_kept(get):
    text = get(MODEL).text
    [kept, broken] = [
        re.search(rf"<tr><th[^>]*>{metric}</th>.*?</tr>", text, re.S)[0]
        for metric in ("roc_auc", "log_loss")
    ]
    assert "≥ 0.7" in kept and "kept" in kept
    assert "≤ 0.5" in broken and "broken" in broken
    assert "ROC curve of 3 thresholds, area 0.8000" in text
    assert "Confusion matrix of 2 classes" in text
    assert "false predicted true: 2 rows, 20.0%" in text
    assert "1 of 2 measures were above their threshold on 2013-02-02" in text
    regression = get("/model/ml_sales__model").text
    assert "Residuals by prediction" in regression and "ROC" not in regression


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/model/ml_none__model", "There is no trained model"),
        ("/feature/feat_shop__orders/1/none", "There is no feature"),
        ("/feature/feat_shop__orders/9/plan", "There is no feature"),
        ("/feature/feat_shop__orders/one/plan", "Not Found"),
        ("/static/../pages.py", "Not Found"),
        ("/%3Cscript%3E", "Not Found"),
    ],
)
def test_what_is_not_there_is_said_with_404(get, path, words):
    answer = get(path)
    assert answer.status_code == 404
    assert words in answer.text


def test_links_follow_where_the_pages_are_mounted(get):
    text = get(FEATURE, root_path="/catalogue").text
    assert 'href="/catalogue/static/catalogue.css"' in text
    assert 'href="/catalogue/model/ml_churn__model"' in text


def test_a_newer_snapshot_is_shown_and_a_missing_or_broken_one_is_told(content, tmp_path):
    import asyncio

    path = tmp_path / "feature_catalogue.json"
    app = pages.create_app(path)

    def ask():
        return asyncio.run(_get(app, "/"))

    assert ask().status_code == 503
    assert "python -m serving catalogue" in ask().text
    path.write_text(json.dumps(content))
    assert "latitude" in names(ask())
    path.write_text(json.dumps({**content, "features": content["features"][:1]}))
    os.utime(path, ns=(1, 1))
    assert "latitude" not in names(ask())
    path.write_text('{"format": 99}')
    assert ask().status_code == 503
    path.write_text("{")
    assert ask().status_code == 503


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.123456, "0.1235"),
        (-2.5, "-2.5"),
        (1e-9, "1.00e-09"),
        (12345.678, "12,346"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short(value, shown):
    assert plots.number(value) == shown


def test_one_value_and_one_category_can_be_drawn():
    one = [{"low": 3.0, "high": 3.0, "category": None, "rows_count": 5}]
    assert "Histogram from 3 to 3" in plots.distribution(one, 5, 0)
    assert "<path" in plots.spark(one)
    assert "1 categories" in plots.distribution(
        [{"low": None, "high": None, "category": "", "rows_count": 5}], 5, 0
    )
    assert plots.spark([]) == ""


@pytest.mark.parametrize("wrong", ["http", "65536"])
def test_a_wrong_port_is_one_sentence(capsys, wrong):
    with pytest.raises(SystemExit) as stop:
        main([wrong])
    said = f"python -m serving.catalogue: argument port: '{wrong}' is no port: 0 to 65535.\n"
    assert (stop.value.code, capsys.readouterr()) == (2, ("", said))


def test_a_forecast_is_drawn_with_its_interval_its_anomalies_and_its_parts(get):
    page = get("/model/ml_sales__model").text
    assert "Forecast of north &lt;b&gt;" in page
    assert "7 values and a forecast of 2, 1 of the values anomalies" in page
    assert 'class="interval"' in page and 'class="ahead"' in page
    assert "<title>2013-01-04T00:00: 10, expected 11</title>" in page
    assert "Parts of the series: trend, season, residual" in page


def test_a_series_that_is_empty_or_flat_is_drawn():
    flat = {
        "series": "",
        "moment": "2013-01-01T00:00:00Z",
        "is_forecast": False,
        "value": 1.0,
        "predicted": 1.0,
        "lower_bound": 1.0,
        "upper_bound": 1.0,
        "is_anomaly": False,
        "trend": 1.0,
        "seasonal": 0.0,
        "residual": None,
    }
    for points in ([flat], [flat] * 3, [{**flat, "value": None, "is_forecast": True}]):
        assert "nan" not in plots.forecast(points) + plots.parts(points)
