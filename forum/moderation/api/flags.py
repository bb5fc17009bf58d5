"""Reports for programs: the same queries and actions as the pages."""

from forum.access.doors import authorize, requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import NotFound
from forum.discussions.queries.posts import find_post
from forum.moderation import actions, models, schemas
from forum.moderation.api import moderation_api
from forum.moderation.params import FlagBody, JudgeParams, QueueListParams, refuse_without_note
from forum.moderation.queries.flags import find_item, find_own_flag, find_review, own_flags, queue_of
from forum.moderation.shapes import own_flag_of, review_of
from forum.web import limits
from forum.web.operations import Answer, operation
from forum.web.params import ListParams

LARGEST_ID = 2**63 - 1


@moderation_api.post("/flags")
@signed_in
@operation(schemas.OwnFlag, status=201, takes=FlagBody, finds=True)
def flag_post(viewer: Viewer, given: FlagBody) -> schemas.OwnFlag:
    """Report a post to the moderators of its place.

    As long as it waits, the same person's report of the same post is the one that was made first.
    """
    post_id = int(given.post_id)
    post = find_post(viewer, post_id) if post_id <= LARGEST_ID else None
    if post is None:
        raise NotFound
    authorize(Permission.FLAG_POST, viewer, post)
    refuse_without_note(given)
    limits.hit("flag", viewer.id)
    flag, _is_new = actions.flag_post(post, actor=viewer.user, reason=given.reason, note=given.note)
    found = find_own_flag(renewed(viewer), flag.id)
    if found is None:
        raise NotFound
    return own_flag_of(found)


@moderation_api.get("/flags")
@signed_in
@operation(schemas.OwnFlags, query=ListParams)
def list_own_flags(viewer: Viewer, asked: ListParams) -> schemas.OwnFlags:
    """What one has reported, newest first, with what became of it."""
    page = own_flags(viewer, after=asked.after, limit=asked.limit)
    return schemas.OwnFlags(items=[own_flag_of(flag) for flag in page.items], next=page.after)


@moderation_api.get("/moderation/queue")
@requires(Permission.READ_QUEUE)
@operation(schemas.Queue, query=QueueListParams)
def show_queue(viewer: Viewer, asked: QueueListParams) -> schemas.Queue:
    """Reported posts that wait for a decision, in the places that one looks after.

    Without those of one's own posts, and without what one may not read.
    """
    page = queue_of(viewer, category=asked.category, sort=asked.sort, after=asked.after, limit=asked.limit)
    return schemas.Queue(items=[review_of(viewer, item) for item in page.items], next=page.after)


@moderation_api.get("/moderation/queue/<id:review_id>")
@requires(Permission.JUDGE_FLAGS, subject=find_review)
@operation(schemas.Review)
def show_review(viewer: Viewer, review: models.Review) -> Answer:
    """One reported post, also after it was judged."""
    return _answer(viewer, review.id)


@moderation_api.post("/moderation/queue/<id:review_id>")
@requires(Permission.JUDGE_FLAGS, subject=find_review)
@operation(schemas.Review, takes=JudgeParams)
def judge_flags(viewer: Viewer, review: models.Review, given: JudgeParams) -> Answer:
    """Decide about all reports of a post, and do it.

    Where somebody else has decided, or `version` is not the newest, nothing is done: 409.
    """
    review_id = review.id
    actions.judge_flags(
        review_id, actor=viewer.user, act=given.act, reason=given.reason, version=given.version
    )
    return _answer(renewed(viewer), review_id)


def _answer(viewer: Viewer, review_id: int) -> Answer:
    item = find_item(viewer, review_id)
    if item is None:
        raise NotFound
    return Answer(review_of(viewer, item), version=item.review.version)
