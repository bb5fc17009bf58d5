"""Reporting a post, and what became of one's own reports."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions import addresses, places
from forum.discussions.models import Post
from forum.discussions.queries.posts import find_post, view_of, with_sources
from forum.markup import words_of
from forum.moderation import actions, words
from forum.moderation.kinds import Reaches
from forum.moderation.params import FlagParams, OwnFlagsParams, refuse_without_note
from forum.moderation.queries.attending import attention_for
from forum.moderation.queries.flags import own_flags
from forum.moderation.routes import moderation
from forum.web import limits, params, respond


@moderation.get("/posts/<id:post_id>/flag")
@requires(Permission.FLAG_POST, subject=find_post)
def flag_form(viewer: Viewer, post: Post) -> Response:
    return _form(viewer, post, {}, {})


@moderation.post("/posts/<id:post_id>/flag")
@requires(Permission.FLAG_POST, subject=find_post)
def flag_post(viewer: Viewer, post: Post) -> Response:
    topic, reaches = post.topic, _reaches(viewer, post)
    try:
        given = params.read(FlagParams)
        refuse_without_note(given)
    except Invalid as error:
        errors = error.errors
        if "reason" in errors:
            errors = {**errors, "reason": _("Choose what is wrong with it.")}
        return _form(viewer, post, request.form, errors, status=422)
    limits.hit("flag", viewer.id)
    _flag, is_new = actions.flag_post(post, actor=viewer.user, reason=given.reason, note=given.note)
    said = words.thanks(reaches) if is_new else _("You have reported this post already.")
    return respond.see(addresses.of_post(topic, post), notice=said)


@moderation.get("/flags")
@signed_in
def list_own_flags(viewer: Viewer) -> Response:
    page = own_flags(viewer, after=params.read_query(OwnFlagsParams).after)
    return respond.page(
        "moderation/own_flags.html",
        flags=page.items,
        after=page.after,
        reasons=words.reason_words(),
        outcome=words.what_was_done,
    )


def _reaches(viewer: Viewer, post: Post) -> Reaches:
    return attention_for([(post.topic, {post.author_id or 0, viewer.id or 0})])[0].reaches


def _form(viewer: Viewer, post: Post, values: Any, errors: dict[str, str], *, status: int = 200) -> Response:
    view = with_sources(viewer, post.topic, [view_of(viewer, post.topic, post)])[0]
    return respond.page(
        "moderation/flag.html",
        status=status,
        post=view,
        excerpt=words_of(view.html) if view.html is not None else "",
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        reasons=words.reasons(),
        who_looks=words.who_looks(_reaches(viewer, post)),
        values=values,
        errors=errors,
    )
