"""Structured logs: one JSON object a line, with the request's id and no secrets."""

import logging
import time
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request

from forum.config import Config

SECRET = ("password", "token", "secret", "cookie", "authorization", "sid")


def init_logs(app: Flask, config: Config) -> None:
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request,
        _hide_secrets,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger("forum")
    root.handlers[:] = [handler]
    root.propagate = config.testing  # tests listen at the root
    root.setLevel(config.log_level)
    access = logging.getLogger("forum.access_log")

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def note(response: Response) -> Response:
        if access.isEnabledFor(logging.INFO) and not request.path.startswith("/static/"):
            took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
            access.info(
                "request",
                extra={
                    "method": request.method,
                    "path": _address(),
                    "status": response.status_code,
                    "ms": took,
                },
            )
        return response


def _address() -> str:
    """Where the request went; of an address that carries a token only its shape."""
    if request.url_rule is not None and "token" in (request.view_args or {}):
        return str(request.url_rule.rule)
    return request.path


def _add_request(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    if has_request_context():
        event["request_id"] = g.get("request_id")
        preview = g.get("preview")
        viewer = preview.actor if preview is not None else g.get("viewer")
        if viewer is not None and viewer.id:
            event["user_id"] = str(viewer.id)
    return event


def _hide_secrets(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in event:
        if any(word in key.lower() for word in SECRET):
            event[key] = "[hidden]"
    return event
