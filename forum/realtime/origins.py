"""Where a page may stand that opens a line to us: what is configured, never what a request says of itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forum.web.request import LOCAL_HOSTS

if TYPE_CHECKING:
    from forum.realtime.live import Live


def allowed_origins(live: "Live") -> set[str]:
    """The site's own; without a configured address those of this machine, at the port this server listens on."""
    if live.config.site_url:
        return {live.config.site_url}
    port = f":{live.port}" if live.port not in (None, 80) else ""
    return {f"http://{host}{port}" for host in LOCAL_HOSTS}


def comes_from_us(live: "Live", environ: Mapping[str, Any]) -> bool:
    """Whether a page of ours opened it: only then the cookie counts. Browsers name no origin when they fetch from their own."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        return origin in allowed_origins(live)
    return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin"
