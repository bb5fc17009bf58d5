"""Beginning and ending a preview; each beginning stands in the log."""

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.accounts.previewing import LASTS
from forum.accounts.queries import session_to_change
from forum.accounts.signals import PreviewStarted
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.transactions import publish, transactional
from forum.discussions.models import Topic
from forum.discussions.queries.topics import find_topic


@transactional
def begin_preview(
    session_id: int, *, actor: User, guise: str, person: User | None, topic: Topic | None, page: str
) -> None:
    """From the next request on, this session looks as a visitor, guest, member or `person`: for staff everywhere, for
    an author at the one topic."""
    viewer = viewer_of(db.session.get_one(User, actor.id))
    if topic is None:
        authorize(Permission.PREVIEW_SITE, viewer)
    else:
        found = find_topic(viewer, topic.id)
        if found is None:
            raise NotFound
        authorize(Permission.PREVIEW_TOPIC, viewer, found)
    session = session_to_change(session_id)
    session.preview_guise = guise
    session.preview_person_id = person.id if person else None
    session.preview_topic_id = topic.id if topic is not None and not viewer.is_staff else None
    session.preview_until = clock.now() + LASTS
    publish(PreviewStarted(actor.id))
    record(
        AuditAction.PREVIEW_STARTED,
        subject_kind="topic" if topic else "site",
        subject_id=topic.id if topic else 0,
        actor_id=actor.id,
        place_id=topic.place_id if topic else None,
        detail={"as": guise, "person_id": person.id if person else None, "page": page},
    )


@transactional
def end_preview(session_id: int) -> None:
    session = session_to_change(session_id)
    session.preview_guise, session.preview_person_id = "", None
    session.preview_topic_id = session.preview_until = None
