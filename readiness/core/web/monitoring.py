"""What a machine that watches over this one asks: whether it can serve, and figures of its work.

The figures name routes, never an address that was asked for, and nobody.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from readiness.core import backup, ready
from readiness.core.jobs import db as jobs
from readiness.core.web.guard import SAFE, open_to_anyone
from readiness.core.web.session import now, settings, store

bp = Blueprint("monitoring", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
OTHER = "other"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
FORWARDED = ("X-Forwarded-For", "Forwarded")

REQUESTS = Counter(
    "readiness_requests",
    "Requests answered, by route and status",
    ("method", "route", "status"),
    registry=None,
)
SAVES = Histogram(
    "readiness_save_seconds",
    "How long changes took that were stored, by route",
    ("route",),
    buckets=SECONDS,
    registry=None,
)


def attach(app: Flask) -> None:
    """Before everything else, so that all of a request is counted."""
    app.before_request(begin)
    app.after_request(count)


def begin() -> None:
    g.began = time.perf_counter()


def count(response: Response) -> Response:
    method = request.method if request.method in METHODS else OTHER
    route = request.url_rule.rule if request.url_rule else OTHER
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    if request.method not in SAFE and response.status_code < 400:
        SAVES.labels(route).observe(time.perf_counter() - g.began)
    return response


@bp.get("/ready")
@open_to_anyone
def show_ready() -> ResponseReturnValue:
    if faults := ready.faults(settings().database):
        return "\n".join(faults) + "\n", 503, PLAIN
    return "ready\n", PLAIN


@bp.get("/metrics")
@open_to_anyone
def metrics() -> ResponseReturnValue:
    if not (has_token() or is_this_machine()):
        abort(404)
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SAVES)
    registry.register(Present(settings().database, now()))
    return generate_latest(registry), {"Content-Type": CONTENT_TYPE_LATEST}


def has_token() -> bool:
    token = settings().metrics_token.encode()
    given = request.headers.get("Authorization", "").encode()
    return bool(token) and hmac.compare_digest(given, b"Bearer " + token)


def is_this_machine() -> bool:
    """And no proxy on it, which asks for others."""
    try:
        is_loopback = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name in request.headers for name in FORWARDED)


class Present(Collector):
    """What is so at this moment, whichever process is asked."""

    def __init__(self, database: Path, at: datetime) -> None:
        self.database, self.at = database, at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        faults = ready.faults(self.database)
        yield gauge("readiness_ready", "1 when /ready says so", float(not faults))
        newest = backup.newest(self.database.parent / "backups")
        if newest:
            age = (self.at - newest).total_seconds()
            yield gauge("readiness_backup_age_seconds", "Since the newest backup was made", age)
        if list(ready.database_faults(self.database)):
            return
        queue = GaugeMetricFamily("readiness_jobs", "Jobs by what they do", labels=["state"])
        for state, number in jobs.live_counts(store(), self.at).items():
            queue.add_metric([state], number)
        yield queue


def gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)
