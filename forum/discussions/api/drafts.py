"""One's own drafts."""

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import schemas
from forum.discussions.actions import drafting
from forum.discussions.api import discussions_api
from forum.discussions.params import DraftBody, NewDraftBody
from forum.discussions.queries.drafts import drafts_of, find_draft
from forum.discussions.shapes import draft_of
from forum.web import limits
from forum.web.operations import API, Answer, operation
from forum.web.params import ListParams


@discussions_api.get("/drafts")
@signed_in
@operation(schemas.Drafts, query=ListParams)
def list_drafts(viewer: Viewer, asked: ListParams) -> schemas.Drafts:
    """Your drafts, the one written at last first."""
    page = drafts_of(viewer, after=asked.after, limit=asked.limit)
    return schemas.Drafts(items=[draft_of(row.draft) for row in page.items], next=page.after)


@discussions_api.post("/drafts")
@signed_in
@operation(schemas.Draft, status=201, takes=NewDraftBody)
def begin_draft(viewer: Viewer, given: NewDraftBody) -> Answer:
    """Keep what you are writing.

    The same `client_id` again goes on with the same draft, unless another tab has gone on with it since (409).
    """
    limits.hit("draft", viewer.id)
    draft = drafting.begin_draft(given.target, author=viewer.user, client_id=given.client_id, text=given)
    return Answer(draft_of(draft), version=draft.version, location=f"{API}/drafts/{draft.id}")


@discussions_api.get("/drafts/<id:draft_id>")
@signed_in
@operation(schemas.Draft)
def show_draft(viewer: Viewer, draft_id: int) -> Answer:
    """One of your drafts."""
    draft = find_draft(viewer, draft_id)
    if draft is None:
        raise NotFound
    return Answer(draft_of(draft), version=draft.version)


@discussions_api.patch("/drafts/<id:draft_id>")
@signed_in
@operation(schemas.Draft, takes=DraftBody, edits=True)
def save_draft(viewer: Viewer, draft_id: int, given: DraftBody, expected: frozenset[int] | None) -> Answer:
    """Put the text of now in a draft. It never overwrites newer words: say which `version` you go on from."""
    limits.hit("draft", viewer.id)
    draft = drafting.save_draft(
        draft_id, author=viewer.user, text=given, version=given.version, expected=expected
    )
    return Answer(draft_of(draft), version=draft.version)


@discussions_api.delete("/drafts/<id:draft_id>")
@signed_in
@operation()
def discard_draft(viewer: Viewer, draft_id: int) -> None:
    """Throw a draft away."""
    if find_draft(viewer, draft_id) is None:
        raise NotFound
    drafting.discard_draft(draft_id, author=viewer.user)
