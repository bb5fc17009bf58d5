"""Who can be mentioned: only people who could read what they are named in."""

from collections.abc import Iterable, Iterator

from sqlalchemy import func, or_, select

from forum.access.audience import may_read
from forum.access.models import Audience
from forum.access.rules.people import sees_people
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.ignored import ignored_by
from forum.accounts.models import User
from forum.accounts.names import name_key, username_key
from forum.core import clock
from forum.core.db import db
from forum.discussions.counting import visible_posts
from forum.discussions.models import Post, Topic

MOST = 10
SHORTEST = 2  # letters before anybody is looked for beyond those who write here
LOOKED_AT = 40  # people whose rights are asked for one answer


def mentionable(viewer: Viewer, text: str, *, audience: Audience, topic: Topic | None = None) -> list[User]:
    """People whose name or username begins with the text: those who write in the topic first, then everybody else.

    Whoever may not look at profiles is told of those who write in the topic alone.
    """
    wanted = text.strip().removeprefix("@")
    found: dict[int, User] = {}
    for person in _candidates(viewer, wanted, topic):
        if person.id != viewer.id and person.id not in found and may_read(viewer_of(person), audience):
            found[person.id] = person
        if len(found) == MOST:
            break
    return list(found.values())


def _candidates(viewer: Viewer, wanted: str, topic: Topic | None) -> Iterator[User]:
    if topic is not None:
        yield from _people(viewer, _writers(topic), wanted)
    if len(wanted) >= SHORTEST and sees_people(viewer):
        yield from _people(viewer, None, wanted)


def _writers(topic: Topic) -> Iterable[int]:
    """Those who wrote in the topic, the latest first."""
    found = select(Post.author_id).where(
        Post.topic_id == topic.id, visible_posts(), Post.author_id.is_not(None)
    )
    latest = found.group_by(Post.author_id).order_by(func.max(Post.number).desc()).limit(200)
    return [author_id for author_id in db.session.scalars(latest) if author_id is not None]


def _people(viewer: Viewer, among: Iterable[int] | None, wanted: str) -> Iterable[User]:
    found = select(User).where(
        User.imported_at.is_(None),
        User.email_confirmed_at.is_not(None),
        or_(User.suspended_at.is_(None), User.suspended_until <= clock.now()),
        User.id.not_in(ignored_by(viewer)),
    )
    if wanted:
        by_name = User.name_key.startswith(name_key(wanted), autoescape=True)
        by_surname = User.name_key.contains(" " + name_key(wanted), autoescape=True)
        by_username = User.username_key.startswith(username_key(wanted), autoescape=True)
        found = found.where(or_(by_name, by_surname, by_username))
    if among is not None:
        order = {user_id: place for place, user_id in enumerate(among)}
        people = db.session.scalars(found.where(User.id.in_(list(order))).limit(LOOKED_AT))
        return sorted(people, key=lambda person: order[person.id])
    return db.session.scalars(found.order_by(User.name_key, User.id).limit(LOOKED_AT)).all()
