"""Reporting a private message with chosen context, and judging that. What is judged is a copy; the rest stays private."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.messaging.queries.messages import find_message, find_seen
from forum.moderation.kinds import FlagReason, Outcome
from forum.moderation.models import MessageCopy, MessageFlag
from forum.moderation.signals import MessageFlagged, MessageFlagJudged

OUTCOMES = {"dismiss": Outcome.DISMISSED, "settle": Outcome.SETTLED}


@transactional
def flag_message(
    message_id: int, *, actor: User, reason: FlagReason, note: str = "", context_ids: Sequence[int] = ()
) -> tuple[MessageFlag, bool]:
    """Report a message to the moderators of the site; whether it is new. Each person reports a message once."""
    viewer = viewer_of(actor)
    seen = find_message(viewer, message_id)
    if seen is None:
        raise NotFound
    verdict = judge(Permission.FLAG_MESSAGE, viewer, seen)
    if not verdict:
        raise Forbidden(verdict.reason)
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    mine = MessageFlag.reporter_id == actor.id, MessageFlag.message_id == message_id
    known = db.session.scalar(select(MessageFlag).where(*mine))
    if known is not None:
        return known, False
    chosen = {seen.message.id: seen}
    for each in context_ids:
        around = find_seen(viewer, seen.here, each)
        if around is None or around.message.is_deleted:
            raise Invalid({"context": _("Choose messages of this conversation.")})
        chosen[around.message.id] = around
    flag = MessageFlag(
        id=new_id(),
        message_id=message_id,
        reporter_id=actor.id,
        author_id=seen.message.author_id,
        reason=reason,
        note=note,
        answer="",
        created_at=clock.now(),
    )
    db.session.add(flag)
    db.session.flush()
    db.session.add_all(
        MessageCopy(
            flag_id=flag.id,
            position=position,
            author_id=one.message.author_id,
            body=one.body,
            body_html=one.html,
            said_at=one.message.created_at,
            is_reported=one.message.id == message_id,
        )
        for position, one in enumerate(sorted(chosen.values(), key=lambda one: one.message.seq))
    )
    publish(MessageFlagged(flag.id))
    return flag, True


@transactional
def judge_message_flag(flag_id: int, *, actor: User, act: str, reason: str) -> None:
    """Say what becomes of a report; whoever made it is told. Raises Conflict where somebody else has."""
    flag = db.session.get(MessageFlag, flag_id, with_for_update=True, populate_existing=True)
    if flag is None or not judge(Permission.JUDGE_MESSAGE_FLAG, viewer_of(actor), flag):
        raise NotFound
    if not flag.is_open:
        raise Conflict(_("Somebody else has decided this already."))
    flag.outcome, flag.answer = OUTCOMES[act], reason
    flag.judged_at, flag.judged_by_id = clock.now(), actor.id
    publish(MessageFlagJudged(flag.id))
