"""Reports, and entries of the log, as programs get them."""

from forum.access.audience import may_read
from forum.access.viewer import Viewer
from forum.accounts.schemas import User
from forum.boards.models import Category
from forum.discussions.queries.posts import PostView
from forum.discussions.schemas import PlaceName
from forum.discussions.shapes import place_name
from forum.moderation import schemas
from forum.moderation.queries.flags import OwnFlag, QueueItem
from forum.moderation.queries.log import LogLine


def own_flag_of(own: OwnFlag) -> schemas.OwnFlag:
    flag, review = own.flag, own.flag.review
    return schemas.OwnFlag(
        id=str(flag.id),
        post_id=str(own.post.id) if own.post is not None else None,
        reason=flag.reason,
        note=flag.note,
        created_at=flag.created_at,
        reaches=own.reaches,
        outcome=review.outcome,
        answer=own.answer,
        judged_at=review.judged_at,
    )


def log_entry_of(viewer: Viewer, line: LogLine) -> schemas.LogEntry:
    entry = line.entry
    return schemas.LogEntry(
        id=str(entry.id),
        at=entry.at,
        actor=User.of(line.actor) if line.actor is not None else None,
        action=entry.action,
        words=line.words,
        subject_kind=entry.subject_kind,
        subject_id=str(entry.subject_id),
        subject=line.subject,
        href=line.href,
        category=_place(viewer, line.category),
        reason=line.reason,
        also=line.also,
        undoable=line.undoable,
        together=line.is_one_of_several,
    )


def review_of(viewer: Viewer, item: QueueItem) -> schemas.Review:
    review = item.review
    return schemas.Review(
        id=str(review.id),
        version=review.version,
        opened_at=review.opened_at,
        flag_count=review.flag_count,
        flags=[
            schemas.Flag(
                id=str(flag.id),
                reporter=User.of(flag.reporter),
                reason=flag.reason,
                note=flag.note,
                created_at=flag.created_at,
            )
            for flag in item.flags
        ],
        post=_post(item.post),
        topic_title=item.topic.title,
        category=_place(viewer, item.category),
        outcome=review.outcome,
        reason=review.reason,
        judged_at=review.judged_at,
        judged_by=User.of(review.judged_by) if review.judged_by is not None else None,
    )


def _place(viewer: Viewer, category: Category | None) -> PlaceName | None:
    if category is None:
        return None
    audience = category.place.audience
    return place_name(category, is_open=audience is not None and may_read(viewer, audience))


def _post(view: PostView) -> schemas.ReportedPost:
    return schemas.ReportedPost(
        id=str(view.id),
        topic_id=str(view.topic_id),
        number=view.number,
        author=User.of(view.author) if view.author is not None else None,
        body=view.text,
        html=str(view.html) if view.html is not None else None,
        created_at=view.created_at,
        hidden_at=view.hidden_at,
        deleted_at=view.deleted_at,
    )
