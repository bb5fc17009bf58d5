"""What the pages of messages show: conversations in a list, and one of them with its messages, in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.people import sees_people
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.discussions.queries.quotes import sources_of
from forum.discussions.reactions import ReactionCount, counted_reactions, reaction_kinds
from forum.discussions.writing import in_words_of
from forum.markup import SafeHTML, excerpt, with_own_mentions
from forum.messaging.models import Message
from forum.messaging.queries.conversations import Row
from forum.messaging.queries.hearing import hears_presence, invisible_among
from forum.messaging.queries.messages import Seen, open_replies
from forum.messaging.shapes import picture_of, title_of
from forum.realtime.presence import online
from forum.web.templating import choose_time_zone

__all__ = [
    "are_here",
    "bubbles_of",
    "day_name",
    "excerpt",
    "hour",
    "last_line",
    "picture_of",
    "read_by_all",
    "short_time",
    "talk_context",
    "title_of",
]

RUN = timedelta(minutes=5)  # what one person says within it stands together


@dataclass(frozen=True, slots=True)
class Answered:
    """The message that another one answers, in a line."""

    id: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the page draws it."""

    seen: Seen
    html: SafeHTML
    mine: bool
    goes_on: bool  # the same person said something just before
    day: str
    day_name: str
    answered: Answered | None
    reactions: Sequence[ReactionCount]
    given: Collection[str]
    may_edit: bool
    may_react: bool

    @property
    def message(self) -> Message:
        return self.seen.message

    @property
    def author(self) -> User:
        return self.seen.message.author


def bubbles_of(viewer: Viewer, messages: Sequence[Seen], *, before: Bubble | None = None) -> list[Bubble]:
    """Messages in the order in which they are given, as the page draws them."""
    sources, kinds = sources_of(viewer, [one.html for one in messages]), reaction_kinds()
    shows_people, answered = sees_people(viewer), _answered(viewer, messages)
    zone = ZoneInfo(choose_time_zone())
    found: list[Bubble] = []
    for one in messages:
        message, last = one.message, found[-1] if found else before
        html = in_words_of(one.html, sources, within=f"message-{message.id}", shows_people=shows_people)
        counts: dict[str, int] = {}
        for name, _user_id in one.reactions:
            counts[name] = counts.get(name, 0) + 1
        day = message.created_at.astimezone(zone).date()
        found.append(
            Bubble(
                one,
                with_own_mentions(html, viewer.user.username) if viewer.user else html,
                mine=message.author_id == viewer.id,
                goes_on=last is not None and last.day == day.isoformat() and _is_run(last.message, message),
                day=day.isoformat(),
                day_name=day_name(message.created_at),
                answered=answered.get(message.reply_to_id or 0),
                reactions=counted_reactions(counts, kinds),
                given={name for name, user_id in one.reactions if user_id == viewer.id},
                may_edit=bool(judge(Permission.EDIT_MESSAGE, viewer, one)),
                may_react=bool(judge(Permission.REACT_TO_MESSAGE, viewer, one)),
            )
        )
    return found


def day_name(at: datetime) -> str:
    zone = ZoneInfo(choose_time_zone())
    day, today = at.astimezone(zone).date(), clock.now().astimezone(zone).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return str(format_date(day, "EEEE d MMMM" if day.year == today.year else "EEEE d MMMM y"))


def short_time(at: datetime) -> str:
    """When something was said, as a list says it: the hour of today, the day of a week, a date."""
    zone = ZoneInfo(choose_time_zone())
    day, today = at.astimezone(zone).date(), clock.now().astimezone(zone).date()
    if day == today:
        return str(format_time(at, "HH:mm"))
    if today - day < timedelta(days=7):
        return str(format_date(day, "EEE"))
    return str(format_date(day, "d MMM" if day.year == today.year else "d MMM y"))


def hour(at: datetime) -> str:
    return str(format_time(at, "HH:mm"))


def last_line(row: Row) -> str:
    """What was said last, in a line of plain text."""
    if row.last is None:
        return ""
    if row.last.message.is_deleted:
        return _("Message deleted")
    if row.last.is_folded:
        return _("A message by somebody you ignore")
    return excerpt(row.last.body) or _("A picture or file")


def read_by_all(row: Row) -> int:
    """Up to which number everybody else has read, of what is told; 0 where one of them does not tell."""
    return min((row.read.get(one.user_id, 0) for one in row.others), default=0)


def are_here(viewer: Viewer, people: Sequence[int]) -> set[int]:
    """Those of these people who are connected now, and whose being here the viewer is told."""
    there = online(list(people)) if people else set()
    there -= invisible_among(there)
    return {one for one in there if hears_presence(viewer, one)}


def talk_context(
    viewer: Viewer, row: Row, messages: Sequence[Seen], *, more: bool, **rest: Any
) -> dict[str, Any]:
    """The context of one open conversation. `messages` are the newest first, as the query gives them."""
    bubbles = bubbles_of(viewer, list(reversed(messages)))
    here = row.here
    unread = [b.message.seq for b in bubbles if not b.mine and b.message.seq > here.read_seq]
    return {
        "row": row,
        "title": title_of(row),
        "bubbles": bubbles,
        "more": more,
        "first_unread": unread[0] if unread and row.unread else None,
        "online": are_here(viewer, [] if row.conversation.is_group else [one.user_id for one in row.others]),
        "may_send": judge(Permission.SEND_MESSAGE, viewer, here),
        "may_manage": bool(judge(Permission.MANAGE_CONVERSATION, viewer, here)),
        "reaction_kinds": reaction_kinds(),
        **rest,
    }


def _is_run(last: Message, message: Message) -> bool:
    return last.author_id == message.author_id and message.created_at - last.created_at < RUN


def _answered(viewer: Viewer, messages: Sequence[Seen]) -> Mapping[int, Answered]:
    open_ids = open_replies(messages)
    if not open_ids:
        return {}
    there = {one.message.id: one.message for one in messages}
    missing = open_ids - there.keys()
    if missing:
        wanted = select(Message).options(joinedload(Message.author)).where(Message.id.in_(missing))
        there |= {message.id: message for message in db.session.scalars(wanted)}
    return {
        each: Answered(
            each,
            _("You") if there[each].author_id == viewer.id else there[each].author.name,
            _("Message deleted") if there[each].is_deleted else excerpt(there[each].body),
        )
        for each in open_ids
        if each in there
    }
