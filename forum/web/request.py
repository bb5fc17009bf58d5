"""The request: an id for the logs, the address it truly comes from, the host it may name."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from forum.config import Config

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class WholeHost(str):
    """A trusted host as werkzeug compares it, which takes the first colon, also that of an IPv6 address, for the port's."""

    __slots__ = ()

    def partition(self, _separator: str, /) -> tuple[str, str, str]:
        return str(self), "", ""


class IdConverter(BaseConverter):
    """A whole number that fits the database; a larger one stands for nothing, like any that was never given."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        return number if number < 2**63 else 0  # nothing has it


def init_request(app: Flask, config: Config) -> None:
    hosts = list(LOCAL_HOSTS)
    if config.site_url:
        name = urlsplit(config.site_url).hostname or ""
        hosts.append(f"[{name}]" if ":" in name else name)
        app.config["PREFERRED_URL_SCHEME"] = urlsplit(config.site_url).scheme
    app.config["TRUSTED_HOSTS"] = [WholeHost(host) for host in hosts]
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 500_000
    app.config["MAX_FORM_PARTS"] = 50

    app.url_map.converters["id"] = IdConverter

    @app.before_request
    def name_request() -> None:
        g.request_id = secrets.token_hex(8)
        if request.method in {"TRACE", "CONNECT"}:
            raise request.routing_exception or MethodNotAllowed
        if "\x00" in request.path:
            abort(404)

    @app.after_request
    def tell_id(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response


def init_proxies(app: Flask, config: Config) -> None:
    """Before everything else that answers: the address is the client's own, as our proxies tell it."""
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]


def network_of(address: str | None, *, v4: int = 24, v6: int = 48) -> str:
    """The network an address is in, as long as that: what throttles count by, and what visitors are told apart by."""
    try:
        parsed = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network(f"{parsed}/{v4 if parsed.version == 4 else v6}", strict=False))


def client_network() -> str:
    return network_of(request.remote_addr)


def is_loopback() -> bool:
    """Whether the request comes from this machine, by nobody's mediation."""
    try:
        local = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return local and not any(
        name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")
    )
