"""Pages kept for visitors: the same for everybody without an identity, as long as their stamp has not moved.

A stamp is read in one statement and names every version the page was made from. Anything that carries a session is
never answered from here, and nothing that sets a cookie is ever kept.
"""

import functools
import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Response, current_app, g, request
from flask_babel import get_locale

from forum.config import Config
from forum.web.params import Params
from forum.web.respond import NOTICE_COOKIE
from forum.web.theme import theme

MOST_BYTES = 24_000_000
SECONDS = 30.0  # for what time alone changes: “5 min ago”, a standing
FRESH = "public, no-cache"
NOT_KEPT = (
    "visitor_cookie",
    "follows_others",
)  # said in g: it sets a cookie; it holds what no stamp of its own tells of

View = TypeVar("View", bound=Callable[..., Any])
Stamp = Callable[..., Hashable | None]


@dataclass(frozen=True, slots=True)
class Kept:
    stamp: Hashable
    until: float
    body: bytes
    packed: bytes
    tag: str
    mimetype: str
    modified: datetime | None  # where the door says so


class Shelf:
    """The kept pages of one application, oldest out first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._guard = threading.Lock()
        self._bytes = 0

    def find(self, key: Hashable, stamp: Hashable) -> Kept | None:
        kept = self._pages.get(key)
        return kept if kept and kept.stamp == stamp and time.monotonic() < kept.until else None

    def put(self, key: Hashable, kept: Kept) -> None:
        with self._guard:
            self._forget(key)
            self._pages[key] = kept
            self._bytes += len(kept.body) + len(kept.packed)
            while self._bytes > MOST_BYTES and self._pages:
                self._forget(next(iter(self._pages)))

    def _forget(self, key: Hashable) -> None:
        old = self._pages.pop(key, None)
        if old:
            self._bytes -= len(old.body) + len(old.packed)


def kept_for_visitors(stamp: Stamp, asked: type[Params] | None = None) -> Callable[[View], View]:
    """Keep what the door answers a visitor; stands outside of it. `stamp(**url)` gives the versions it depends on, or None: not kept.

    `asked` names the query the view reads; a query with anything else in it is answered, but not kept.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def keeping(**url: Any) -> Any:
            now = stamp(**url) if _is_anonymous(asked) else None
            if now is None:
                return view(**url)
            shelf: Shelf = current_app.extensions.setdefault("kept_pages", Shelf())
            key = (request.path, tuple(sorted(request.args.items())), str(get_locale()), theme())
            kept = shelf.find(key, now)
            if kept is None:
                g.pop("follows_others", None)
                made = view(**url)
                if not isinstance(made, Response) or made.status_code != 200 or any(map(g.get, NOT_KEPT)):
                    return made
                kept = _keep(made, now)
                shelf.put(key, kept)
            return _answer(kept)

        return keeping  # type: ignore[return-value]

    return decorate


def _is_anonymous(asked: type[Params] | None) -> bool:
    config: Config = current_app.extensions["forum_config"]
    if request.method not in {"GET", "HEAD"} or "Authorization" in request.headers:
        return False
    if "session" in g or config.session_cookie in request.cookies or NOTICE_COOKIE in request.cookies:
        return False
    known = asked.model_fields if asked else {}
    return all(name in known and len(several) == 1 for name, several in request.args.lists())


def _keep(made: Response, stamp: Hashable) -> Kept:
    body = made.get_data()
    return Kept(
        stamp,
        time.monotonic() + SECONDS,
        body,
        gzip.compress(body, 6, mtime=0),
        tag_of(body),
        made.mimetype or "text/html",
        made.last_modified,
    )


def tag_of(body: bytes) -> str:
    """The ETag of what is sent."""
    return hashlib.blake2s(body, digest_size=12).hexdigest()


def _answer(kept: Kept) -> Response:
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f"{kept.tag}-gzip" if packs else kept.tag
    if _has_it(kept, tag):
        response = Response(status=304)
    else:
        response = Response(kept.packed if packs else kept.body, mimetype=kept.mimetype)
        if packs:
            response.content_encoding = "gzip"
    response.set_etag(tag)
    if kept.modified is not None:
        response.last_modified = kept.modified
    response.headers["Cache-Control"] = FRESH
    response.vary.update(("Accept-Encoding", "Accept-Language", "Cookie"))
    return response


def _has_it(kept: Kept, tag: str) -> bool:
    """Whether whoever asks has this very answer; the moment counts only where no tag is given."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(tag)
    since = request.if_modified_since
    return kept.modified is not None and since is not None and kept.modified <= since
