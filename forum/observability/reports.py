"""What browsers report: that the content security policy kept something from happening. Counted, and a line in the log; what
stands in a report comes from anybody and goes nowhere."""

import json
import logging
from collections import Counter
from typing import Any

from flask import Flask, Response, request

from forum.config import Config
from forum.core.errors import Malformed, WrongMediaType
from forum.web import limits
from forum.web.csrf import comes_from_no_form
from forum.web.headers import REPORTS, content_security_policy
from forum.web.request import client_network

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/reports+json"
LARGEST = 64_000  # bytes
MOST = 50  # reports in one request


def init_reports(app: Flask, config: Config) -> None:
    directives = {part.split()[0] for part in content_security_policy(config).split("; ")}
    metrics = app.extensions["forum_metrics"]

    @app.post(REPORTS)
    @comes_from_no_form
    def take_csp_reports() -> Response:
        limits.hit("csp:network", client_network())
        limits.hit("csp:site")
        for directive, count in Counter(_directive(body, directives) for body in _violations()).items():
            metrics.refused.labels(directive).inc(count)
            log.warning("the policy was broken", extra={"directive": directive, "reports": count})
        return Response(status=204)

    take_csp_reports.declared_access = "open to all"  # type: ignore[attr-defined]


def _violations() -> list[dict[str, Any]]:
    """The bodies of the reports that tell of the policy."""
    if request.mimetype != MEDIA_TYPE:
        raise WrongMediaType
    request.max_content_length = LARGEST
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Malformed from None
    reports = sent if isinstance(sent, list) else [sent]
    told = [report for report in reports[:MOST] if isinstance(report, dict)]
    bodies = [report.get("body") for report in told if report.get("type") == "csp-violation"]
    return [body for body in bodies if isinstance(body, dict)]


def _directive(body: dict[str, Any], known: set[str]) -> str:
    """The directive that was broken, as our policy has it: never a word of the report's own."""
    said = str(body.get("effectiveDirective", ""))
    broader = said.removesuffix("-elem").removesuffix("-attr")
    return next((name for name in (said, broader) if name in known), "other")
