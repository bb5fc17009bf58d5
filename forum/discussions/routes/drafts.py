"""One's own drafts: listed, gone on with, thrown away; kept with a button where there are no scripts."""

import secrets

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import Conflict, NotFound
from forum.discussions import addresses
from forum.discussions.actions import drafting
from forum.discussions.models import Draft
from forum.discussions.params import DraftField, NewDraftBody, SentDraft
from forum.discussions.queries.drafts import drafts_of, find_draft
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.web import limits, params, respond
from forum.web.params import ListParams


@discussions.get("/drafts")
@signed_in
def list_drafts(viewer: Viewer) -> Response:
    asked = params.read_query(ListParams)
    page = drafts_of(viewer, after=asked.after)
    return respond.page("discussions/drafts.html", rows=page.items, after=page.after)


@discussions.post("/drafts")
@signed_in
def keep_draft(viewer: Viewer) -> Response:
    """The button of a form that is not sent yet. What another tab has gone on with becomes a draft beside it."""
    limits.hit("draft", viewer.id)
    form = request.form
    given = params.parse(
        NewDraftBody,
        {
            "target": request.args.get("target", ""),
            "client_id": secrets.token_urlsafe(12),
            "title": form.get("title", ""),
            "body": form.get("body", "").replace("\r\n", "\n"),
            "fields": {name: form[name] for name in DraftField if form.get(name)},
        },
    )
    kept = params.parse(SentDraft, {name: form.get(name, "") for name in SentDraft.model_fields})
    try:
        drafting.save_draft(kept.draft_id or 0, author=viewer.user, text=given, version=kept.draft_version)
    except (Conflict, NotFound):
        drafting.begin_draft(given.target, author=viewer.user, client_id=given.client_id, text=given)
    return respond.see("/drafts", notice=_("Your draft is kept."))


@discussions.get("/drafts/<id:draft_id>")
@signed_in
def continue_draft(viewer: Viewer, draft_id: int) -> Response:
    """Back to where it was begun; or, where that is no longer open to its writer, the text alone."""
    draft = find_draft(viewer, draft_id)
    if draft is None:
        raise NotFound
    where = _place_of(viewer, draft)
    if where is None:
        return respond.page("discussions/draft.html", draft=draft)
    return respond.see(where)


@discussions.post("/drafts/<id:draft_id>/delete")
@signed_in
def discard_draft(viewer: Viewer, draft_id: int) -> Response:
    drafting.discard_draft(draft_id, author=viewer.user)
    return respond.see(respond.safe_next(request.form.get("next"), "/drafts"), notice=_("The draft is gone."))


def _place_of(viewer: Viewer, draft: Draft) -> str | None:
    kind, which = draft.subject
    if kind == "topic":
        return f"/new?draft={draft.id}"
    if kind == "edit":
        post = find_post(viewer, which)
        return f"/posts/{which}/edit?draft={draft.id}" if post is not None else None
    topic = find_topic(viewer, which)
    if topic is None:
        return None
    return f"{addresses.of_number(topic, topic.last_number)}?draft={draft.id}#reply"
