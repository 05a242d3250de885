"""What the server counts, for Prometheus."""

import time
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from serving.definitions import FeatureView
from serving.stores.base import Live, Status

disable_created_metrics()  # a second series for each counter, which nobody asks for

SECONDS = (0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """Counters of one server. `live` gives what is materialized, when Prometheus asks."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, live: Callable[[], Iterable[Live]]) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._requests = Counter(
            "azekura_serving_requests",
            "Requests answered.",
            ["endpoint", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "azekura_serving_request_seconds",
            "Time from a request's head to its answer.",
            ["endpoint"],
            buckets=SECONDS,
            registry=registry,
        )
        self._entities = Counter(
            "azekura_serving_entities",
            "Entities read, by what was found of each.",
            ["view", "version", "status"],
            registry=registry,
        )
        self._pushed = Counter(
            "azekura_serving_pushed_rows",
            "Rows taken in.",
            ["view", "version"],
            registry=registry,
        )
        self.store_errors = Counter(
            "azekura_serving_store_errors",
            "Requests that the online store could not answer.",
            registry=registry,
        )
        self.log_lines_dropped = Counter(
            "azekura_serving_request_log_dropped_lines",
            "Lines of the request log that are lost.",
            registry=registry,
        )
        self.manifest_loaded_at = Gauge(
            "azekura_serving_manifest_loaded_timestamp_seconds",
            "When the manifest that is served was loaded.",
            registry=registry,
        )
        self.manifest_is_stale = Gauge(
            "azekura_serving_manifest_is_stale",
            "1 while the manifest on disk cannot be loaded and an older one is served.",
            registry=registry,
        )
        registry.register(_Staleness(live))
        ProcessCollector(registry=registry)
        # finding a child by its labels costs more than counting does
        self._of_requests: dict[tuple[str, int], Counter] = {}
        self._of_views: dict[FeatureView, dict[str, Counter]] = {}
        self._of_endpoints: dict[str, Histogram] = {}

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one request."""
        counter = self._of_requests.get((endpoint, status))
        if counter is None:
            counter = self._requests.labels(endpoint, status)
            self._of_requests[endpoint, status] = counter
            self._of_endpoints[endpoint] = self._seconds.labels(endpoint)
        counter.inc()
        self._of_endpoints[endpoint].observe(seconds)

    def found(self, view: FeatureView, statuses: Sequence[str]) -> None:
        """Count what was found of the entities of one view."""
        counters = self._of_views.get(view)
        if counters is None:
            counters = {
                status: self._entities.labels(view.name, view.version, status) for status in Status
            }
            self._of_views[view] = counters
        if len(statuses) == 1:
            counters[statuses[0]].inc()
            return
        for status in set(statuses):
            counters[status].inc(statuses.count(status))

    def pushed(self, view: FeatureView, rows: int) -> None:
        """Count rows written."""
        self._pushed.labels(view.name, view.version).inc(rows)

    def forget_views(self) -> None:
        """Hold no view of a manifest that is not served any more; counts go on."""
        self._of_views.clear()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it; asks the store, so it may wait."""
        return generate_latest(self._registry)


class _Staleness:
    """How far what is materialized lies behind, asked of the store when it is looked at."""

    def __init__(self, live: Callable[[], Iterable[Live]]) -> None:
        self._live = live

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        now = time.time()
        staleness = GaugeMetricFamily(
            "azekura_serving_view_staleness_seconds",
            "Time since the newest row that was materialized could be known.",
            labels=["view", "version"],
        )
        age = GaugeMetricFamily(
            "azekura_serving_view_materialized_age_seconds",
            "Time since the view was last materialized.",
            labels=["view", "version"],
        )
        for live in self._live():
            labels = [live.view, str(live.version)]
            age.add_metric(labels, now - live.updated_at.timestamp())
            if live.max_known_time is not None:
                staleness.add_metric(labels, now - live.max_known_time.timestamp())
        return [staleness, age]
