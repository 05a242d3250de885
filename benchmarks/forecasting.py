"""How many series are forecast per second, beside packages that do the same.

    python benchmarks/forecasting.py [--series 1000] [--points 400] [--others 20]
        [--statsforecast PYTHON]

The README of this folder says what each number means.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from typing import Any, NamedTuple

import duckdb
import numpy as np
from duckdb_bqml import register
from numpy.typing import NDArray
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.seasonal import STL

ORDERS = [(p, 1, q, trend) for p in range(3) for q in range(3 - p) for trend in ("n", "t")]
OPTIONS = {
    "model_type": "ARIMA_PLUS",
    "time_series_timestamp_col": "d",
    "time_series_data_col": "v",
    "time_series_id_col": "k",
    "horizon": 30,
}
LINE = "{:<34} {:>8} {:>10} {:>10} {:>12} {:>9}"

# in a Python of its own: the package brings much that this project does not need
STATSFORECAST = """
import json, sys, time
import numpy as np
from statsforecast.arima import auto_arima_f
series = np.array(json.load(sys.stdin))
auto_arima_f(series[0], max_p=2, max_q=2, max_order=2, seasonal=False)
wall, cpu = time.perf_counter(), time.process_time()
for one in series:
    auto_arima_f(one, max_p=2, max_q=2, max_order=2, seasonal=False, stepwise=False)
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
"""


class Measured(NamedTuple):
    """Seconds of the clock and of the processor for so many series."""

    series: int
    wall: float
    cpu: float


def made(series: int, points: int, seed: int = 1) -> NDArray[np.float64]:
    """Random walks with noise and a weekly season, (points, series)."""
    rng = np.random.default_rng(seed)
    walk = rng.normal(size=(points, series)).cumsum(axis=0) * 0.6
    week = 8 * np.cos(np.arange(points) * 2 * np.pi / 7)[:, None] * rng.uniform(0, 1, series)
    return 100 + walk + week + rng.normal(size=(points, series))


def ours(values: NDArray[np.float64]) -> tuple[Measured, Measured]:
    """Training, and the forecasts of 30 days."""
    points, series = values.shape
    with duckdb.connect() as connection:
        register(connection)
        given = {  # read by its name in the SQL
            "k": np.repeat(np.arange(series), points),
            "i": np.tile(np.arange(points), series),
            "v": values.T.ravel(),
        }
        connection.execute(
            "create table s as select 's' || k as k, date '2023-01-01' + i::int as d, v from given"
        )
        del given
        trained = _timed(
            series,
            lambda: connection.execute(
                "create table m as select unnest(bqml_train('m', ?, list(r))) from s r",
                [json.dumps(OPTIONS)],
            ),
        )
        call = "'m', model_version, 'FORECAST', '{\"horizon\": 30}'"
        forecast = _timed(
            series,
            lambda: connection.execute(
                f"create table f as select unnest(bqml_rows({call}, part)) from"
                f" (select model_version, unnest(range(bqml_parts({call}))) as part from m)"
            ),
        )
    return trained, forecast


def by_statsmodels(values: NDArray[np.float64]) -> Measured:
    """STL, and the twelve processes of which the one of least AIC is kept."""

    def fit() -> None:
        for one in values.T:
            season = STL(one, period=7, seasonal=7, seasonal_deg=0).fit().seasonal
            min(
                ARIMA(one - season, order=(p, d, q), trend=trend).fit().aic
                for p, d, q, trend in ORDERS
            )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _timed(values.shape[1], fit)


def by_statsforecast(python: str, values: NDArray[np.float64]) -> Measured:
    """auto.ARIMA of the same orders, all of them tried."""
    done = subprocess.run(
        [python, "-c", STATSFORECAST],
        input=json.dumps(values.T.tolist()),
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(values.shape[1], *json.loads(done.stdout))


def _timed(series: int, work: Any) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Measured(series, time.perf_counter() - wall, time.process_time() - cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--others", type=int, default=20, help="series for the other packages")
    parser.add_argument("--statsforecast", metavar="PYTHON", help="one that has statsforecast")
    given = parser.parse_args()
    values = made(given.series, given.points)
    print(LINE.format("", "series", "wall s", "CPU s", "series/s", "ms CPU"))
    trained, forecast = ours(values)
    _say("train ARIMA_PLUS", trained)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say("forecast 30 days", forecast)
    few = values[:, : given.others]
    _say("statsmodels, STL and 12 ARIMA", by_statsmodels(few))
    if given.statsforecast:
        _say("statsforecast, auto_arima_f", by_statsforecast(given.statsforecast, few))
    print(f"{peak:.0f} MB at most while training, Python and DuckDB with it", file=sys.stderr)


def _say(name: str, found: Measured) -> None:
    per_second, each = found.series / found.wall, 1000 * found.cpu / found.series
    print(
        LINE.format(
            name,
            found.series,
            f"{found.wall:.2f}",
            f"{found.cpu:.2f}",
            f"{per_second:.1f}",
            f"{each:.1f}",
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
