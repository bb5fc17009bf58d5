"""Gathering all that one principal is sent, decoded, and what canaries stand in it."""

import base64
import binascii
import contextlib
import gzip
import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient

from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core.pages import encode_cursor
from forum.discussions.queries import unread
from tests.leaks.surfaces import READS, addresses
from tests.leaks.world import World

FOLLOWED = 3  # pages after the first, of lists that are asked for one thing at a time
SignIn = Callable[[User], FlaskClient]
CANARY = re.compile(r"zq[0-9a-f]{12}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
VOLATILE = [
    (re.compile(r'name="csrf_token" value="[^"]*"'), ""),
    (re.compile(r'<meta name="csrf" content="[^"]*">'), ""),
    (re.compile(r'name="client_id" value="[^"]*"'), ""),
    (re.compile(r'"next":"[A-Za-z0-9_-]+"'), '"next":""'),  # sealed: see tests/core
    (re.compile(r'(?<=ETag: ")([0-9a-f]*)-[0-9a-f]+'), r"\1"),  # of a body that is compared itself
]
VOLATILE_HEADERS = {"x-request-id", "x-csrf-token", "set-cookie", "date"}


def browser_of(app: Flask, world: World, name: str, sign_in: SignIn) -> FlaskClient:
    """Their browser, and the token that their feed reader has."""
    user = world.principals[name]
    browser = app.test_client() if user is None else sign_in(user)
    browser.feed_token = world.feed_tokens.get(name)  # type: ignore[attr-defined]
    return browser


def endpoints_of(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()} & READS


Answer = tuple[int, str]


def everything(
    app: Flask, world: World, browser: FlaskClient, *, only: Callable[[str], bool] | None = None
) -> dict[str, Answer]:
    """{address: (status, all that was sent, headers included)}."""
    return dict(one_by_one(app, world, browser, only=only))


def one_by_one(
    app: Flask, world: World, browser: FlaskClient, *, only: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, Answer]]:
    """The same, as it is asked for. The numbers around every page are worked out once for each viewer there is."""
    token = getattr(browser, "feed_token", None)
    ask = partial(ask_with, KeptNews())
    for address in addresses(world, endpoints_of(app), cursors_of(app), feed_token=token):
        if only is None or only(address):
            answer, after = ask(browser, address)
            yield address, answer
            for page in range(2, FOLLOWED + 2) if "limit=1" in address else ():
                if after:
                    answer, after = ask(browser, f"{address}&after={after}")
                    yield f"{address} page {page}", answer


class KeptNews:
    """What is unread and unseen, as it was when a harvest began: it stands around each page of it, and nobody writes
    meanwhile; to ask the database each time was a fifth of all the work."""

    def __init__(self) -> None:
        self.of: dict[Any, Any] = {}

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        asked = unread.news_of_places

        def news_of_places(viewer: Viewer, place_ids: Sequence[int]) -> Any:
            key = (viewer.id, viewer.rights, viewer.with_roles, tuple(place_ids))
            if key not in self.of:
                self.of[key] = asked(viewer, place_ids)
            return self.of[key]

        unread.news_of_places = news_of_places
        try:
            yield
        finally:
            unread.news_of_places = asked


def ask_with(kept: KeptNews, browser: FlaskClient, address: str) -> tuple[Answer, str | None]:
    """What is sent for an address, and the cursor of the page after it where it is a list for programs."""
    with kept.in_place():
        answer = browser.get(address)
    headers = "\n".join(f"{k}: {v}" for k, v in answer.headers if k.lower() not in VOLATILE_HEADERS)
    body = answer.get_data()
    answer.close()
    if answer.content_encoding == "gzip":
        body = gzip.decompress(body)
    told = answer.get_json() if answer.mimetype == "application/json" else None
    after = told.get("next") if isinstance(told, dict) else None
    return (answer.status_code, f"{headers}\n\n{body.decode('utf-8', 'replace')}"), after


def cursors_of(app: Flask) -> dict[str, str]:
    """Cursors that stand before everything, for lists by id, by number in a place, and by moment."""
    far, end = 2**62, "2100-01-01T00:00:00+00:00"
    with app.app_context():
        return {
            "far": encode_cursor([far]),
            "far_seq": encode_cursor([far, far]),
            "far_moment": encode_cursor([end, far]),
        }


def masked(text: str) -> str:
    """Without the declared list of what differs from one answer to the next."""
    for pattern, put in VOLATILE:
        text = pattern.sub(put, text)
    return text


def canaries_in(texts: Iterable[str]) -> set[str]:
    """The canaries in these texts, through the ways in which text is wrapped on its way."""
    found: set[str] = set()
    for text in texts:
        for layer in layers_of(text):
            found.update(CANARY.findall(layer.lower()))
    return found


def layers_of(text: str) -> list[str]:
    """The text, and what stands in it wrapped; a wrapping that is not there at all gives no layer."""
    layers = [text]
    if "&" in text:
        layers.append(html.unescape(text))
    if "%" in text:
        layers.append(unquote(text))
    body = text.partition("\n\n")[2]
    if "\\" in body:  # what JSON escapes
        with contextlib.suppress(ValueError):
            layers.append(json.dumps(json.loads(body), ensure_ascii=False))
    for piece in BASE64.findall(text):
        try:
            raw = base64.urlsafe_b64decode(
                piece.replace("+", "-").replace("/", "_") + "=" * (-len(piece) % 4)
            )
        except (ValueError, binascii.Error):
            continue
        layers.append(raw.decode("latin-1"))
        if raw[:1] == b"x":
            with contextlib.suppress(zlib.error):
                layers.append(zlib.decompress(raw).decode("latin-1"))
    return layers
