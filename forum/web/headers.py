"""Headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from forum.config import Config

STATIC_AGE = 31_536_000
PRIVATE = "private, no-store"
REPORTS = "/csp-reports"  # where browsers tell what the policy kept from happening


def content_security_policy(config: Config) -> str:
    """Nothing from elsewhere, nothing inline. The socket's address is named for browsers that 'self' does not cover it."""
    if config.site_url:
        parts = urlsplit(config.site_url)
        sockets = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    else:
        sockets = "ws://localhost:* ws://127.0.0.1:*"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {sockets}",
            "media-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "report-to csp",
        )
    )


def init_headers(app: Flask, config: Config) -> None:
    fixed = {
        "Content-Security-Policy": content_security_policy(config),
        "Reporting-Endpoints": f'csp="{config.site_url or ""}{REPORTS}"',
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        "X-Frame-Options": "DENY",
    }
    if config.is_https:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers or response.status_code >= 400:
            if request.endpoint == "static" and response.status_code < 400:
                response.headers["Cache-Control"] = f"public, max-age={STATIC_AGE}, immutable"
            else:
                response.headers["Cache-Control"] = PRIVATE
        if response.headers["Cache-Control"] == PRIVATE or not g.get("cacheable", False):
            response.vary.add("Cookie")
        return response
