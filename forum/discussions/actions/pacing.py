"""Slow mode: one post per person in so many seconds, asked under the lock of the topic."""

import math
from datetime import timedelta

from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from sqlalchemy import func, select

from forum.access.rules.discussions import moderates
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.discussions.models import Post, Topic


def refuse_too_soon(topic: Topic, author: User) -> None:
    """Raises Invalid where somebody has just written in a topic that is slowed down, and says when they may again."""
    if not topic.slow_seconds or moderates(viewer_of(author), topic):
        return
    last = db.session.scalar(
        select(func.max(Post.created_at)).where(Post.topic_id == topic.id, Post.author_id == author.id)
    )
    if last is None:
        return
    wait = (last + timedelta(seconds=topic.slow_seconds) - clock.now()).total_seconds()
    if wait > 0:
        pace, again = pace_in_words(topic.slow_seconds), _in_a_while(math.ceil(wait))
        raise Invalid({"body": _("This topic is slowed down: %(pace)s. %(again)s", pace=pace, again=again)})


def pace_in_words(seconds: int) -> str:
    """“one post per person every 5 minutes”."""
    if seconds % 3600 == 0:
        hours = seconds // 3600
        return ngettext("one post per person every hour", "one post per person every %(num)d hours", hours)
    if seconds % 60 == 0:
        minutes = seconds // 60
        return ngettext(
            "one post per person every minute", "one post per person every %(num)d minutes", minutes
        )
    return ngettext("one post per person every second", "one post per person every %(num)d seconds", seconds)


def _in_a_while(seconds: int) -> str:
    if seconds < 90:
        return ngettext(
            "You can write again in %(num)d second.", "You can write again in %(num)d seconds.", seconds
        )
    if seconds < 90 * 60:
        minutes = math.ceil(seconds / 60)
        return ngettext(
            "You can write again in %(num)d minute.", "You can write again in %(num)d minutes.", minutes
        )
    when = clock.now() + timedelta(seconds=seconds)
    return _("You can write again after %(when)s.", when=format_datetime(when, "d MMMM, HH:mm"))
