"""What is written reaches whom it concerns: each is told once of a post, by what speaks to them most."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.audience import may_read
from forum.access.models import Audience
from forum.access.viewer import viewer_of
from forum.accounts.ignored import does_not_ignore
from forum.accounts.models import User
from forum.core.db import db
from forum.core.signals import listens_to
from forum.core.transactions import transaction
from forum.discussions.models import Post, PostQuote, Topic
from forum.discussions.models.polls import PollBallot
from forum.discussions.signals import AnswerAccepted, Moderated, PollClosed, PostChanged, PostCreated
from forum.discussions.writing import find_mentioned
from forum.markup import MarkupRefused, render
from forum.notifications.actions import notify
from forum.notifications.actions.watching import raise_level
from forum.notifications.models import NotificationKind, WatchLevel, WatchReason
from forum.notifications.queries.watching import watchers_of_new_topics, watches_of

Concerned = dict[NotificationKind, set[int]]  # the strongest reason first
AT_ONCE = 500  # people told in one transaction


@listens_to(PostCreated, later=True)
def tell_of_post(signal: PostCreated) -> None:
    post = _load(signal.post_id)
    if post is not None:
        spoken_to = _spoken_to(post)
        _tell(post, spoken_to | _following(post), mentioned=spoken_to[NotificationKind.MENTION])


@listens_to(PostChanged, later=True)
def tell_of_what_was_added(signal: PostChanged) -> None:
    """An edit may name or quote somebody who was not yet; whoever was told of the post before is not told again."""
    post = _load(signal.post_id)
    if post is not None and post.edited_at is not None:
        spoken_to = _spoken_to(post)
        _tell(post, spoken_to, mentioned=spoken_to[NotificationKind.MENTION])


@listens_to(Moderated, later=True)
def tell_whose_it_is(signal: Moderated) -> None:
    """What a moderator did to what is theirs, and why. Whoever read it until then and does not any more, hears that much.

    What was decided on a report is told as that, by nobody's name: it is the moderators' answer to somebody whose name is not told either.
    """
    reported = {"reported": True} if signal.reported else {}
    notify(
        signal.owner_ids,
        NotificationKind.MODERATED,
        key=f"moderated:{signal.entry_id}",
        actor_id=signal.actor_id if not reported else None,
        topic_id=signal.topic_id,
        post_id=signal.post_id,
        detail={"act": signal.act, "reason": signal.reason, **reported},
    )
    before = db.session.get(Audience, signal.audience_before) if signal.audience_before else None
    now = db.session.scalar(
        select(Audience).join(Topic, Topic.audience_id == Audience.id).where(Topic.id == signal.topic_id)
    )
    if before is None or now is None or before is now:
        return
    people = db.session.scalars(select(User).where(User.id.in_(signal.owner_ids)))
    viewers = {person.id: viewer_of(person) for person in people}
    lost = [i for i, who in viewers.items() if may_read(who, before) and not may_read(who, now)]
    notify(
        lost,
        NotificationKind.MODERATED,
        key=f"moderated:{signal.entry_id}",
        actor_id=signal.actor_id,
        detail={"act": "taken_away"},
    )


@listens_to(AnswerAccepted, later=True)
def tell_who_answered(signal: AnswerAccepted) -> None:
    post = _load(signal.post_id)
    if post is not None and post.author_id is not None and post.topic.answer_id == post.id:
        notify(
            [post.author_id],
            NotificationKind.ACCEPTED,
            key=f"accepted:{post.id}",
            actor_id=signal.actor_id,
            post_id=post.id,
        )


@listens_to(PollClosed, later=True)
def tell_who_took_part(signal: PollClosed) -> None:
    """Whoever started it and whoever voted, but for who closed it. Its author hears of a moderator's act as of all others."""
    post = _load(signal.post_id)
    if post is None:
        return
    if signal.closed_by_id is None and post.author_id is not None:
        _tell_of_poll([post.author_id], post, "started")
    voted = select(PollBallot.user_id).join(User, User.id == PollBallot.user_id)
    others = voted.where(PollBallot.post_id == post.id, does_not_ignore(post.author_id))
    voters = sorted(set(db.session.scalars(others)) - {post.author_id, signal.closed_by_id})
    for first in range(0, len(voters), AT_ONCE):
        _tell_of_poll(voters[first : first + AT_ONCE], post, "voted")


def _tell_of_poll(people: Collection[int], post: Post, part: str) -> None:
    notify(people, NotificationKind.POLL, key=f"poll:{post.id}", post_id=post.id, detail={"act": part})


def _load(post_id: int) -> Post | None:
    whole = (joinedload(Post.parent), joinedload(Post.topic).joinedload(Topic.audience))
    post = db.session.scalar(select(Post).options(*whole).where(Post.id == post_id))
    return post if post is not None and post.is_visible and post.topic.is_visible else None


def _spoken_to(post: Post) -> Concerned:
    """Whom the post names, and whom it quotes."""
    quoted = select(Post.author_id).join(PostQuote, PostQuote.quoted_id == Post.id)
    return {
        NotificationKind.MENTION: _mentioned(post),
        NotificationKind.QUOTE: set(
            db.session.scalars(quoted.where(PostQuote.post_id == post.id, Post.author_id.is_not(None)))
        ),
    }


def _following(post: Post) -> Concerned:
    """Whom it answers, and who follows the topic or, where this begins it, the place."""
    answered = {post.topic.author_id, post.parent.author_id if post.parent else None}
    watches = watches_of(post.topic_id)
    watching = {user_id for user_id, watch in watches.items() if watch.level is WatchLevel.WATCHING}
    begins = watchers_of_new_topics(post.topic.place_id) if post.number == 1 else set()
    return {
        NotificationKind.REPLY: {user_id for user_id in answered if user_id},
        NotificationKind.FIRST_POST: begins,
        NotificationKind.WATCHED: watching,
    }


def _mentioned(post: Post) -> set[int]:
    """Not those whom a quote names: they were told when it was said."""
    try:
        names = render(post.body, mentions=find_mentioned).mentions
    except MarkupRefused:
        return set()
    keys = {name.casefold() for name in names}
    return set(db.session.scalars(select(User.id).where(User.username_key.in_(keys)))) if keys else set()


def _tell(post: Post, concerned: Concerned, *, mentioned: Collection[int]) -> None:
    everybody = set().union(*concerned.values()) - {post.author_id}
    if not everybody:
        return
    people = db.session.scalars(
        select(User).where(User.id.in_(sorted(everybody)), does_not_ignore(post.author_id))
    )
    # Worked out before the transaction, which finds them kept.
    readers = {person.id for person in people if may_read(viewer_of(person), post.topic.audience)}
    with transaction():
        named = readers & set(mentioned)
        watches = watches_of(post.topic_id, named)
        named -= {user_id for user_id, watch in watches.items() if watch.is_muted}
        raise_level(named, post.topic_id, WatchLevel.TRACKING, WatchReason.MENTIONED)
        for kind, receivers in concerned.items():
            notify(receivers & readers, kind, key=f"post:{post.id}", actor_id=post.author_id, post_id=post.id)
