"""One's own addresses of feeds: what a feed reader reads with them is what the person may read at that moment."""

from typing import Any

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.accounts import actions, queries
from forum.accounts.params import FeedTokenParams
from forum.accounts.routes import accounts
from forum.core.errors import Invalid, NotFound, TooManyRequests
from forum.web import limits, respond
from forum.web.forms import again
from forum.web.links import absolute
from forum.web.params import read

FEEDS = "accounts/settings_feeds.html"


@accounts.get("/settings/feeds")
@signed_in
def show_feed_tokens(viewer: Viewer) -> Response:
    return respond.page(FEEDS, **_context(viewer))


@accounts.post("/settings/feeds")
@signed_in
def make_feed_token(viewer: Viewer) -> Response:
    """Shown in this answer and never again: only its hash is kept."""
    try:
        params = read(FeedTokenParams)
        limits.hit("account", viewer.id)
        token = actions.make_feed_token(viewer.user, name=params.name)
    except (Invalid, TooManyRequests) as error:
        return again(FEEDS, error, **_context(viewer))
    return respond.page(FEEDS, token=token, **_context(viewer))


@accounts.post("/settings/feeds/<id:token_id>/renew")
@signed_in
def renew_feed_token(viewer: Viewer, token_id: int) -> Response:
    limits.hit("account", viewer.id)
    token = actions.renew_feed_token(viewer.user, token_id=token_id)
    if token is None:
        raise NotFound
    return respond.page(FEEDS, token=token, **_context(viewer))


@accounts.post("/settings/feeds/<id:token_id>/revoke")
@signed_in
def revoke_feed_token(viewer: Viewer, token_id: int) -> Response:
    if not actions.revoke_feed_token(viewer.user, token_id=token_id):
        raise NotFound
    return respond.see("/settings/feeds", notice=_("Revoked. Nothing is read with that address any more."))


def _context(viewer: Viewer) -> dict[str, Any]:
    return {"tokens": queries.feed_tokens_of(viewer.user), "site_address": absolute("")}
