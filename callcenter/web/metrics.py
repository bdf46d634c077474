"""GET /metrics for Prometheus: counts and times, nothing about a person.

What the rest of the house counts comes in as gauges, read when Prometheus asks; the hot paths keep
plain integers and know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Gauges = Mapping[str, Callable[[], float]]

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class _Gauges(Collector):
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for name, read in self._gauges.items():
            yield GaugeMetricFamily(f"callcenter_{name}", name.replace("_", " "), value=read())


class Metrics:
    def __init__(self, *gauges: Gauges) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        for each in gauges:
            self._registry.register(_Gauges(each))
        self._requests = Histogram(
            "callcenter_http_request_seconds",
            "REST requests by route and status",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        self._requests.labels(method, route, str(status)).observe(took_s)

    async def respond(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(self._registry),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )
