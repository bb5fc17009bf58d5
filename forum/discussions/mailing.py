"""Mail about what was written: by the worker, to whoever may still read it and has not read it meanwhile.

All that waits of one topic makes one mail. Its ids are those of the posts, so that mail programs show a topic as a
thread, and a mail that is sent once more is the same. Where closed and secret groups are among themselves, or the society or
the place wants it so, it says only that there is something.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.models import NOBODY
from forum.access.rules.people import sees_people
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.ignored import ignored_by
from forum.accounts.models import User
from forum.core import settings
from forum.core.db import db
from forum.core.signals import listens_to
from forum.discussions import addresses
from forum.discussions.models import Post, Topic
from forum.discussions.queries.quotes import sources_of, text_for
from forum.discussions.writing import in_words_of
from forum.mail.sending import compose, send
from forum.markup import SafeHTML, with_whole_addresses, without_pictures
from forum.notifications import words
from forum.notifications.models import NotificationKind
from forum.notifications.queries.listing import Told, find_told
from forum.notifications.queries.preferences import MAIL, preferences_of, without_mail
from forum.notifications.queries.watching import NOT_WATCHED, watches_of
from forum.notifications.signals import MailDue
from forum.notifications.unsubscribing import Subscription, link_out
from forum.web.links import absolute, site_address
from forum.web.localities import LANGUAGES

MOST = 10  # posts whole in one mail
ABOUT_ONESELF = {NotificationKind.MODERATED, NotificationKind.REMINDER, NotificationKind.FLAGGED}


@dataclass(frozen=True, slots=True)
class Part:
    """One event in a mail: what it says, and the post as text and HTML, where that is shown."""

    sentence: str
    link: str
    reason: str
    text: str | None
    html: SafeHTML | None


@listens_to(MailDue, later=True)
def mail_notifications(signal: MailDue) -> None:
    user = db.session.get(User, signal.user_id)
    if user is None or not may_be_mailed(user):
        return
    viewer = viewer_of(user)
    by_topic: dict[int | None, list[Told]] = defaultdict(list)
    for told in find_told(viewer, signal.notification_ids).values():
        by_topic[told.topic_id].append(told)
    for topic_id, found in by_topic.items():
        wanted = [told for told in _still_wanted(viewer, topic_id, found) if not told.is_read]
        if wanted:
            with force_locale(user.locale if user.locale in LANGUAGES else "en"):
                _mail(viewer, topic_id, sorted(wanted, key=lambda told: told.id))


def may_be_mailed(user: User) -> bool:
    """Whether somebody may be sent what others wrote: an address of their own, and an account in order."""
    return bool(user.email) and user.is_confirmed and not user.is_placeholder and not user.is_suspended()


def _still_wanted(viewer: Viewer, topic_id: int | None, found: Sequence[Told]) -> list[Told]:
    """What the person wants by mail as they have said it by now."""
    user_id = viewer.user.id
    wishes = preferences_of(user_id)
    stopped = bool(without_mail([user_id], topic_id))
    watch = watches_of(topic_id, [user_id]).get(user_id, NOT_WATCHED) if topic_id else NOT_WATCHED
    ignored = set(db.session.scalars(ignored_by(viewer)))
    return [
        told
        for told in found
        if wishes.allows(told.kind, MAIL)
        and not stopped
        and (
            told.kind in ABOUT_ONESELF
            or not (watch.is_muted or (told.actor is not None and told.actor.id in ignored))
        )
    ]


def _mail(viewer: Viewer, topic_id: int | None, found: Sequence[Told]) -> None:
    topic = _topic(topic_id) if topic_id is not None else None
    posts = _posts([told.post_id for told in found if told.post_id]) if topic is not None else {}
    is_open = shows_content(topic)
    shown, last = found[:MOST], found[-1]
    subscription = Subscription(viewer.user.id, topic_id, last.kind)
    out = link_out(subscription)
    send(
        compose(
            str(viewer.user.email),
            _subject(last, topic, is_open=is_open),
            "notification",
            message_id=_message_id(last),
            headers={**_thread(last, topic, posts), **_unsubscribing(out)},
            name=viewer.user.name,
            parts=[_part(viewer, told, topic, posts, is_open=is_open) for told in shown],
            more=len(found) - len(shown),
            is_open=is_open,
            why=words.why_told(last.kind),
            unsubscribe=out,
            preferences=absolute("/settings/notifications"),
        )
    )


def shows_content(topic: Topic | None) -> bool:
    """Whether mail may hold what stands in a topic, or what it is called."""
    if topic is None:
        return settings.current().mail_content
    among_themselves = topic.audience.overseers_id == NOBODY  # a closed or secret group
    if topic.place.mail_content is not None and (topic.audience.inherits or not among_themselves):
        return topic.place.mail_content
    return settings.current().mail_content and not among_themselves


def _subject(told: Told, topic: Topic | None, *, is_open: bool) -> str:
    society = settings.current().name
    if not is_open or topic is None or told.title is None:
        return _("Something new for you at %(society)s", society=society)
    answers = told.number > 1
    return f"Re: {told.title}" if answers else told.title


def _part(viewer: Viewer, told: Told, topic: Topic | None, posts: dict[int, Post], *, is_open: bool) -> Part:
    if not is_open:
        return Part("", absolute(_bare_address(told)), "", None, None)
    post = posts.get(told.post_id or 0)
    sentence, reason = (
        words.sentence_about(told),
        str(told.detail.get("reason") or told.detail.get("note") or ""),
    )
    link = absolute(told.href or "/notifications")
    if post is None or topic is None or not post.is_visible or told.kind is NotificationKind.MODERATED:
        return Part(sentence, link, reason, None, None)
    sources = sources_of(viewer, [post.body_html], topic_id=topic.id)
    html = in_words_of(post.body_html, sources, within=f"post-{post.id}", shows_people=sees_people(viewer))
    page = absolute(addresses.of_number(topic, post.number))
    whole = with_whole_addresses(without_pictures(html), site=site_address(), page=page)
    return Part(sentence, link, reason, text_for(viewer, post.body), whole)


def _bare_address(told: Told) -> str:
    """Where it leads, without the words that stand in addresses."""
    if told.post_id and told.is_open:
        return f"/posts/{told.post_id}"
    return f"/t/{told.topic_id}" if told.topic_id and told.is_open else "/notifications"


def _message_id(told: Told) -> str:
    return f"post-{told.post_id}" if _is_of_post(told) else f"notification-{told.id}"


def _is_of_post(told: Told) -> bool:
    """Whether the mail is that post, as a mailing list would have it."""
    return told.post_id is not None and told.kind in {
        NotificationKind.MENTION,
        NotificationKind.QUOTE,
        NotificationKind.REPLY,
        NotificationKind.WATCHED,
        NotificationKind.FIRST_POST,
    }


def _thread(told: Told, topic: Topic | None, posts: dict[int, Post]) -> dict[str, str]:
    """What makes mail programs show the mails of a topic as one thread."""
    if topic is None:
        return {}
    host = current_app.extensions["forum_mail"].mail_from.rpartition("@")[2]
    root = f"<topic-{topic.id}@{host}>"
    post = posts.get(told.post_id or 0)
    parent = f"<post-{post.parent_id}@{host}>" if post is not None and post.parent_id else root
    return {"In-Reply-To": parent, "References": root if parent == root else f"{root} {parent}"}


def _unsubscribing(out: str) -> dict[str, str]:
    """RFC 8058: mail programs show a button, and send the request themselves."""
    return {"List-Unsubscribe": f"<{out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _topic(topic_id: int) -> Topic | None:
    whole = (joinedload(Topic.audience), joinedload(Topic.place))
    return db.session.scalar(select(Topic).options(*whole).where(Topic.id == topic_id))


def _posts(ids: Sequence[int]) -> dict[int, Post]:
    return {post.id: post for post in db.session.scalars(select(Post).where(Post.id.in_(ids)))}
