"""Health: alive, ready, and the figures behind; the figures for this machine alone."""

import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy import text

from forum.config import Config
from forum.core.db import db
from forum.core.errors import NotFound
from forum.web.request import is_loopback
from forum.web.respond import as_json

CHECKS = "forum_checks"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "forum_requests", "Requests answered.", ["endpoint", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "forum_request_seconds",
            "Time to an answer.",
            ["endpoint"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.refused = Counter(
            "forum_csp_reports",
            "What browsers kept from happening, by the directive of the policy.",
            ["directive"],
            registry=self.registry,
        )
        self.lines = Gauge("forum_live_lines", "Connections that are open.", registry=self.registry)
        self.frames_refused = Counter(
            "forum_live_frames_refused",
            "What was sent on a line and not taken.",
            ["why"],
            registry=self.registry,
        )
        self.lines_cut = Counter(
            "forum_live_lines_cut", "Connections that were hung up on.", ["why"], registry=self.registry
        )
        self.events = Counter(
            "forum_live_events", "Events answered, by how.", ["event", "code"], registry=self.registry
        )
        self.outbox = Gauge("forum_outbox_rows", "Deliveries that wait.", registry=self.registry)
        self.given_up = Gauge(
            "forum_outbox_given_up", "Deliveries that nobody tries any more.", registry=self.registry
        )


def init_health(app: Flask, config: Config) -> None:
    metrics = app.extensions["forum_metrics"] = Metrics()
    app.extensions[CHECKS] = []

    @app.before_request
    def start() -> None:
        g.clock_started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        metrics.requests.labels(endpoint, request.method, str(response.status_code)).inc()
        if "clock_started" in g:
            metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.clock_started)
        return response

    @app.get("/healthz")
    def healthz() -> Response:
        return as_json({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        faults = check(config) + [fault for more in app.extensions[CHECKS] for fault in more()]
        return as_json(
            {"status": "not ready" if faults else "ok", "faults": faults}, status=503 if faults else 200
        )

    @app.get("/metrics")
    def metrics_page() -> Response:
        if not is_loopback():
            raise NotFound
        waiting, given_up = db.session.execute(
            text("SELECT count(due_at), count(*) - count(due_at) FROM outbox")
        ).one()
        metrics.outbox.set(waiting)
        metrics.given_up.set(given_up)
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    for view in (healthz, readyz, metrics_page):
        view.declared_access = "open to all"  # type: ignore[attr-defined]


def add_check(app: Flask, faults: Callable[[], list[str]]) -> None:
    """Something more that a process must have to be ready: the names of what it lacks."""
    app.extensions[CHECKS].append(faults)


def check(config: Config) -> list[str]:
    """What keeps this process from serving; without details, since anybody may ask."""
    faults = []
    try:
        db.session.execute(text("SELECT 1 FROM versions"))
    except Exception:  # noqa: BLE001 - whatever it is, it is a fault
        db.session.rollback()
        faults.append("database")
    if config.redis_url:
        try:
            from redis import Redis

            Redis.from_url(config.redis_url, socket_timeout=2).ping()
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault
            faults.append("redis")
    return faults
