"""Starting a topic, answering, editing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.models import Place
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, audience_for
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.ids import new_id
from forum.core.slugs import slugify
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert_or_ignore
from forum.discussions import counting
from forum.discussions.actions import polling, tagging
from forum.discussions.actions.attaching import note_uploads
from forum.discussions.actions.inviting import invite, names_people
from forum.discussions.actions.loading import (
    has_moved_from,
    may_change,
    next_seq,
    post_to_change,
    tell_in_thread,
    tell_of_post,
    topic_now,
    topic_of_post,
    topic_to_change,
    touch,
)
from forum.discussions.actions.pacing import refuse_too_soon
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Post, PostKind, ReadMarker, Revision, Topic
from forum.discussions.queries.quotes import note_quotes
from forum.discussions.signals import PostChanged, PostCreated, TopicChanged, TopicStarted
from forum.discussions.threads import path_of
from forum.markup import SafeHTML
from forum.notifications.actions.watching import raise_by_writing
from forum.notifications.models import WatchReason


@dataclass(frozen=True, slots=True)
class Written:
    """A body that has been rendered, before any transaction begins."""

    body: str
    html: SafeHTML
    renderer: int


@transactional
def start_topic(
    place: Place,
    *,
    author: User,
    title: str,
    written: Written,
    choice: AudienceChoice | None = None,
    people: list[User] | None = None,
    client_id: str | None = None,
    at: datetime | None = None,
    tags: Sequence[str] | None = None,
    poll: polling.PollPlan | None = None,
) -> Topic:
    """Begin a topic in a place. The door of the place has asked whether the author may; the same `client_id` again is the same topic.

    `tags` are names; None where nobody was asked for any.
    """
    before = _submitted(author, client_id, written)
    if before is not None:
        return before.topic
    at = at or clock.now()
    seq = next_seq(place.id)
    place = db.session.get_one(Place, place.id, populate_existing=True)
    before = _submitted(author, client_id, written)  # by another process, while this one waited for the place
    if before is not None:
        return before.topic
    topic_id = new_id()
    audience = audience_for(place, choice, topic_id=topic_id)
    topic = Topic(
        id=topic_id,
        place_id=place.id,
        audience_id=audience.id,
        author_id=author.id,
        title=title,
        slug=slugify(title),
        created_at=at,
        created_seq=seq,
        last_seq=seq,
        last_post_at=at,
    )
    db.session.add(topic)
    db.session.flush()
    topic.audience, topic.place = audience, place
    if choice is not None and names_people(choice):
        invite(topic, author, people or [], until=choice.until)
    post = _add_post(topic, author=author, parent=None, written=written, client_id=client_id, seq=seq, at=at)
    if poll is not None:
        polling.make_poll(post, poll)
    counting.add(counting.PLACE, place.id, audience.id, topics=1)
    counting.add(counting.USER, author.id, audience.id, topics=1)
    counting.note_last(topic)
    if tags is not None:
        tagging.put_tags(topic, tags, actor=author)
    publish(TopicStarted(topic_id=topic.id, place_id=place.id, author_id=author.id))
    publish(PostCreated(post.id, topic.id, post.number, author.id, None))
    return topic


@transactional
def reply(
    topic: Topic,
    *,
    author: User,
    written: Written,
    parent_id: int | None = None,
    client_id: str | None = None,
    at: datetime | None = None,
    poll: polling.PollPlan | None = None,
) -> Post:
    """Answer a topic, or one post of it. The same `client_id` again gives the same post; with another text, Conflict."""
    before = _submitted(author, client_id, written)
    if before is not None:
        return before
    topic, parent = _where_to_answer(topic, parent_id, author)
    before = _submitted(author, client_id, written)  # by another process, while this one waited for the topic
    if before is not None:
        return before
    refuse_too_soon(topic, author)
    if parent is not None and parent.is_concealed:
        raise Invalid({"reply_to": _("The post you answer is no longer here. Answer the topic instead.")})
    seq = next_seq(topic.place_id)
    topic.version += 1
    post = _add_post(
        topic,
        author=author,
        parent=parent,
        written=written,
        client_id=client_id,
        seq=seq,
        at=at or clock.now(),
    )
    if poll is not None:
        polling.make_poll(post, poll)
    counting.note_last(topic)
    publish(PostCreated(post.id, topic.id, post.number, author.id, parent_id))
    return post


@transactional
def edit_post(
    post: Post, *, actor: User, written: Written, reason: str = "", version: int | None = None
) -> Post:
    """Put other words in a post; the old ones are kept. `version` is the one the editor saw: Conflict where it has moved on."""
    post = post_to_change(post.id, Permission.EDIT_POST, actor)
    if written.body == post.body:
        return post
    if version is not None and version != post.version:
        raise Conflict(
            _(
                "Somebody has changed this post meanwhile. Your text is kept: look at theirs, then send yours again."
            )
        )
    db.session.add(
        Revision(
            post_id=post.id,
            body=post.body,
            title=None,
            edited_at=clock.now(),
            edited_by_id=actor.id,
            reason=reason,
        )
    )
    post.body, post.body_html, post.renderer = written.body, written.html, written.renderer
    post.edited_at, post.edited_by_id = clock.now(), actor.id
    post.version += 1
    note_quotes(post)
    note_uploads(post, writer_id=actor.id)
    touch(post.topic)
    if actor.id != post.author_id:
        tell_of_post(post, "edited", actor=actor, reason=reason)
        owners = [post.author_id]
        log_act(AuditAction.POST_EDITED, post.topic, actor=actor, reason=reason, post=post, owners=owners)
    publish(PostChanged(post.id, post.topic_id, post.number, actor.id))
    return post


@transactional
def rename_topic(topic: Topic, *, actor: User, title: str, reason: str = "") -> Topic:
    """Give a topic another title; links under the old one lead on."""
    topic = topic_to_change(topic.id, Permission.RENAME_TOPIC, actor)
    if title == topic.title:
        return topic
    before, topic.title, topic.slug = topic.title, title, slugify(title)
    touch(topic)
    if actor.id != topic.author_id:
        tell_in_thread(topic, "renamed", actor=actor, reason=reason)
        detail, owners = {"before": before}, [topic.author_id]
        log_act(AuditAction.TOPIC_RENAMED, topic, actor=actor, reason=reason, detail=detail, owners=owners)
    publish(TopicChanged(topic.id, actor.id))
    return topic


def _where_to_answer(topic: Topic, parent_id: int | None, author: User) -> tuple[Topic, Post | None]:
    """The topic that an answer goes to, locked, and the post it answers. Both may have gone elsewhere while it was written; it
    follows the post, or what the topic was merged into."""
    if parent_id is None or (parent := db.session.get(Post, parent_id)) is None:
        if parent_id is not None:
            raise Invalid({"reply_to": _("The post you answer is not in this topic.")})
        return may_change(topic_now(topic.id), Permission.REPLY, author), None
    there = topic_of_post(parent.id)
    parent = db.session.get_one(Post, parent.id, populate_existing=True)
    if there.id != topic.id and not has_moved_from(topic.id, parent.id):
        raise Invalid({"reply_to": _("The post you answer is not in this topic.")})
    return may_change(there, Permission.REPLY, author), parent


def _add_post(
    topic: Topic,
    *,
    author: User,
    parent: Post | None,
    written: Written,
    client_id: str | None,
    seq: int,
    at: datetime,
) -> Post:
    topic.last_number += 1
    post = Post(
        id=new_id(),
        topic_id=topic.id,
        number=topic.last_number,
        parent_id=parent.id if parent else None,
        path=path_of(parent.path if parent else None, topic.last_number),
        seq=seq,
        kind=PostKind.POST,
        author_id=author.id,
        body=written.body,
        body_html=written.html,
        renderer=written.renderer,
        client_id=client_id,
        created_at=at,
    )
    db.session.add(post)
    topic.post_count += 1
    topic.last_seq, topic.last_post_at = seq, at
    topic.last_post_id, topic.last_post_author_id = post.id, author.id
    db.session.flush()  # the topic's row is written once
    note_quotes(post, is_new=True)
    note_uploads(post, writer_id=author.id, is_new=True)
    counting.add_post(topic, author.id, +1)
    insert_or_ignore(ReadMarker, [{"user_id": author.id, "topic_id": topic.id, "read_at": at}])
    raise_by_writing(author, topic.id, WatchReason.POSTED if post.number > 1 else WatchReason.STARTED)
    return post


def _submitted(author: User, client_id: str | None, written: Written) -> Post | None:
    """The post that this very submission has already made."""
    if not client_id:
        return None
    post = db.session.scalar(
        select(Post)
        .options(joinedload(Post.topic))
        .where(Post.author_id == author.id, Post.client_id == client_id)
        .execution_options(populate_existing=True)
    )
    if post is not None and post.body != written.body and not post.edited_at:
        raise Conflict(_("This was sent before with another text."))
    return post
