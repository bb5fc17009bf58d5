"""Who may see what was uploaded: whoever may read a post it stands in, as with the text of that post."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import joinedload

from forum.access.audience import readable_by
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.discussions import addresses
from forum.discussions.counting import visible_posts, visible_topics
from forum.discussions.models import Draft, Post, Topic
from forum.media.models import Attachment, Upload
from forum.media.uses import Reach

MOST = 50  # posts looked at, of those that are not there for everybody who reads their topic
MOST_PLACES = 200
_NAMED = re.compile(r"/uploads/([1-9]\d{0,18})/", re.ASCII)


class PostUses:
    """Posts and drafts, for `media.uses`."""

    furthest = Reach.EVERYBODY

    def reach(self, viewer: Viewer, upload_id: int) -> Reach:
        shown = select(literal(1)).where(Attachment.upload_id == upload_id, Attachment.is_shown)
        in_sight = _joined(shown).where(
            visible_posts(), visible_topics(), readable_by(viewer, Topic.audience_id)
        )
        if db.session.scalar(in_sight.limit(1)):
            return Reach.EVERYBODY if viewer.is_visitor and not viewer.guise else Reach.VIEWER
        return Reach.VIEWER if viewer.has_account and _is_told_more(viewer, upload_id) else Reach.NOBODY

    def kept(self, upload_ids: Collection[int]) -> set[int]:
        stands = select(Attachment.upload_id).where(Attachment.upload_id.in_(upload_ids)).distinct()
        return set(db.session.scalars(stands)) | _in_drafts(upload_ids)

    def places(self, viewer: Viewer, upload_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = {}
        standing = _joined(select(Attachment.upload_id, Post, Topic)).where(
            Attachment.upload_id.in_(upload_ids),
            Attachment.is_shown,
            visible_posts(),
            visible_topics(),
            readable_by(viewer, Topic.audience_id),
        )
        for row in db.session.execute(standing.order_by(Post.id).limit(MOST_PLACES)):
            place = (row.Topic.title, addresses.of_post(row.Topic, row.Post))
            found.setdefault(row.upload_id, []).append(place)
        return found


def removable_in(viewer: Viewer, post: Post) -> list[Upload]:
    """What the viewer may take away of what stands in a post, or stood in it before an edit."""
    found = (
        select(Upload)
        .join(Attachment, Attachment.upload_id == Upload.id)
        .where(Attachment.post_id == post.id, Upload.deleted_at.is_(None))
        .order_by(Upload.id)
    )
    if not moderates(viewer, post.topic):
        found = found.where(Upload.owner_id == viewer.id)
    return list(db.session.scalars(found))


def _joined(found: Any) -> Any:
    return (
        found.select_from(Attachment)
        .join(Post, Post.id == Attachment.post_id)
        .join(Topic, Topic.id == Post.topic_id)
    )


def _is_told_more(viewer: Viewer, upload_id: int) -> bool:
    """Whether it stands in a post that is hidden, deleted or was changed, and the viewer moderates there or wrote it."""
    rows = db.session.execute(
        _joined(select(Attachment.is_shown, Post, Topic))
        .options(joinedload(Topic.audience), joinedload(Topic.place))
        .where(Attachment.upload_id == upload_id, readable_by(viewer, Topic.audience_id))
        .order_by(Post.id.desc())
        .limit(MOST)
    )
    return any(
        judge(Permission.READ_TOPIC, viewer, topic)
        and (moderates(viewer, topic) or (post.author_id is not None and post.author_id == viewer.id))
        for _is_shown, post, topic in rows
    )


def _in_drafts(upload_ids: Collection[int]) -> set[int]:
    """Which of these their owners are writing about."""
    owners = select(Upload.owner_id).where(Upload.id.in_(upload_ids))
    bodies = db.session.scalars(
        select(Draft.body).where(Draft.user_id.in_(owners), Draft.body.contains("/uploads/"))
    )
    named = {int(found) for body in bodies for found in _NAMED.findall(body)}
    return named & set(upload_ids)
