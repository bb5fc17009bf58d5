"""Text on its way in: rendered before any transaction. Only those who take part can be mentioned."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Invalid
from forum.discussions.writing import why_refused
from forum.markup import MarkupRefused, Mention, SafeHTML, clean_text, render
from forum.messaging.finding_words import findable
from forum.messaging.models import Participant


@dataclass(frozen=True, slots=True)
class Written:
    """A body that has been rendered."""

    body: str
    html: SafeHTML
    renderer: int
    words: str


def prepare(
    body: str, *, conversation_id: int | None = None, user_ids: frozenset[int] = frozenset()
) -> Written:
    """What somebody typed for those who take part in a conversation, or will. Raises Invalid for `body`."""
    body = clean_text(body).strip("\n")
    if not body.strip():
        raise Invalid({"body": _("Write something first.")})

    def find_mentioned(names: set[str]) -> Mapping[str, Mention]:
        return _among(names, conversation_id, user_ids)

    try:
        rendered = render(body, mentions=find_mentioned)
    except MarkupRefused as refused:
        raise Invalid({"body": why_refused(refused)}) from None
    return Written(body, rendered.html, rendered.version, findable(rendered.html))


def nothing() -> SafeHTML:
    """What is left of the text of a message that was deleted."""
    return render("").html


def _among(names: set[str], conversation_id: int | None, user_ids: frozenset[int]) -> Mapping[str, Mention]:
    wanted = select(User.username_key, User.username).where(
        User.username_key.in_(name.casefold() for name in names)
    )
    if conversation_id is not None:
        taking_part = Participant.conversation_id == conversation_id, Participant.left_at.is_(None)
        wanted = wanted.where(User.id.in_(select(Participant.user_id).where(*taking_part)))
    else:
        wanted = wanted.where(User.id.in_(sorted(user_ids)))
    people = {row.username_key: row.username for row in db.session.execute(wanted)}
    return {name: Mention(people[name.casefold()]) for name in names if name.casefold() in people}
