import numpy as np
import pytest
from duckdb_bqml.algorithms.normal import cdf, quantile, two_sided
from scipy.special import ndtr

# Forecasts and bounds that BigQuery printed at a threshold of 0.95, and the probability it gave
# to a value of 2500. Source: googleapis/python-bigquery-dataframes, tests of ARIMA_PLUS.
PRINTED = [
    (2634.796023, 2229.930578, 3039.6614686, 0.48545926),
    (2621.332461, 2149.645455, 3093.019467, 0.3856835),
    (2396.095462, 1892.873256, 2899.317669, 0.314156),
]


@pytest.mark.parametrize(("forecast", "lower", "upper", "probability"), PRINTED)
def test_the_probability_of_an_anomaly_is_bigquerys(forecast, lower, upper, probability):
    standard_error = (upper - lower) / 2 / quantile(0.975)
    score = abs(2500 - forecast) / standard_error
    assert 2 * cdf(score) - 1 == pytest.approx(probability, abs=1e-6)
    assert 1 - two_sided(score) == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize(
    ("confidence", "multiplier"),
    [(0.80, 1.282287), (0.90, 1.643071), (0.95, 1.956458), (0.98, 2.327237), (0.99, 2.587695)],
)
def test_the_half_width_of_an_interval_in_standard_errors_is_bigquerys(confidence, multiplier):
    assert quantile((1 + confidence) / 2) == pytest.approx(multiplier, abs=6e-7)


def test_the_quantile_inverts_the_cdf():
    x = np.linspace(-6, 6, 101)
    assert quantile(cdf(x)) == pytest.approx(x, abs=5e-6)
    assert quantile([0.0, 0.5, 1.0]).tolist() == [-np.inf, 0, np.inf]


def test_it_is_as_close_to_the_normal_distribution_as_its_source_says():
    x = np.linspace(-8, 8, 1001)
    assert np.abs(cdf(x) - ndtr(x)).max() < 2.5e-4
    assert cdf(-x) == pytest.approx(1 - cdf(x))
    assert cdf([np.inf, -np.inf]).tolist() == [1, 0]
