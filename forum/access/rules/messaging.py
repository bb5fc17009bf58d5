"""Who may write to whom in private, and do what in a conversation. Roles open no conversation: staff read their own alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.models import MEMBERS, RoleName
from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import SITE, Viewer
from forum.core import clock, settings

if TYPE_CHECKING:
    from forum.accounts.models import User
    from forum.messaging.models import Participant
    from forum.messaging.queries.messages import Seen
    from forum.moderation.models import MessageFlag


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody to be written to: what they may do themselves, and from whom they take messages (everyone, members, nobody)."""

    viewer: Viewer
    takes_from: str


def _circle(of: Viewer) -> str:
    """With whom somebody of this standing exchanges messages here: what the society allows."""
    chosen = settings.current()
    return chosen.members_write_to if MEMBERS in of.scopes else chosen.guests_write_to


def _reaches(circle: str, other: Viewer) -> bool:
    return circle == "everyone" or (circle == "members" and MEMBERS in other.scopes)


def exchanges(viewer: Viewer, to: Addressee) -> bool:
    """Whether the society lets both of them, and the one written to takes it. Staff always may."""
    if viewer.is_staff:
        return True
    both = _reaches(_circle(viewer), to.viewer) and _reaches(_circle(to.viewer), viewer)
    return both and _reaches(to.takes_from, viewer)


def begins_at_all(viewer: Viewer) -> bool:
    return viewer.is_staff or _circle(viewer) != "nobody"


def _is_over(sent_at: datetime) -> bool:
    """Whether the time to change a message has run out."""
    minutes = settings.current().message_edit_minutes
    return bool(minutes) and clock.now() > sent_at + timedelta(minutes=minutes)


@rule(Permission.START_CONVERSATION)
def may_start_conversation(viewer: Viewer, _subject: object = None) -> Verdict:
    """At all; to whom, `may_write_to` says."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if begins_at_all(viewer):
        return ALLOWED
    return denied(
        _("You cannot begin private conversations here. When somebody writes to you, you can answer.")
    )


@rule(Permission.WRITE_TO)
def may_write_to(viewer: Viewer, to: Addressee) -> Verdict:
    """Begin a conversation with somebody. Whoever is written to answers in it."""
    begins = may_start_conversation(viewer)
    if not begins:
        return begins
    if to.viewer.id == viewer.id:
        return denied(_("You cannot write to yourself."))
    if to.viewer.may_act and exchanges(viewer, to):
        return ALLOWED
    return denied(_("There is nobody of this name who takes messages from you."))


@rule(Permission.READ_CONVERSATION)
def may_read_conversation(viewer: Viewer, here: "Participant") -> Verdict:
    """Those who take part, as long as they do, and nobody else."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if here.user_id == viewer.id and here.is_open:
        return ALLOWED
    return denied(_("This conversation is not open to you."))


@rule(Permission.SEND_MESSAGE)
def may_send_message(viewer: Viewer, here: "Participant") -> Verdict:
    """Whoever takes part; whose membership has run out reads on, and writes no more."""
    reads = may_read_conversation(viewer, here)
    if not reads:
        return reads
    if viewer.standing == "lapsed" and MEMBERS not in viewer.scopes:
        return denied(
            _("Your membership has run out. You can read your conversations, but not write in them.")
        )
    return ALLOWED


@rule(Permission.LEAVE_CONVERSATION)
def may_leave_conversation(viewer: Viewer, here: "Participant") -> Verdict:
    reads = may_read_conversation(viewer, here)
    if not reads:
        return reads
    if not here.conversation.is_group:
        return denied(_("A conversation of two cannot be left. Archive it, or block the other person."))
    return ALLOWED


@rule(Permission.MANAGE_CONVERSATION)
def may_manage_conversation(viewer: Viewer, here: "Participant") -> Verdict:
    """Name and picture of a group, and who is in it: its owner's."""
    sends = may_send_message(viewer, here)
    if not sends:
        return sends
    if not here.conversation.is_group:
        return denied(_("This is a conversation of two."))
    if here.conversation.owner_id != viewer.id:
        return denied(_("Only the owner of this group can do that."))
    return ALLOWED


@rule(Permission.READ_MESSAGE)
def may_read_message(viewer: Viewer, seen: "Seen") -> Verdict:
    reads = may_read_conversation(viewer, seen.here)
    if not reads:
        return reads
    if seen.message.seq > seen.here.from_seq and not seen.is_withheld:
        return ALLOWED
    return denied(_("This message is not open to you."))


def _may_change(viewer: Viewer, seen: "Seen") -> Verdict:
    sends = may_send_message(viewer, seen.here)
    return may_read_message(viewer, seen) if sends else sends


@rule(Permission.EDIT_MESSAGE)
def may_edit_message(viewer: Viewer, seen: "Seen") -> Verdict:
    changes = _may_change(viewer, seen)
    if not changes:
        return changes
    if seen.message.author_id != viewer.id:
        return denied(_("Only its author can change a message."))
    if seen.message.is_deleted:
        return denied(_("This message was deleted."))
    if _is_over(seen.message.created_at):
        return denied(_("The time to change this message is over. You can delete it."))
    return ALLOWED


@rule(Permission.DELETE_MESSAGE)
def may_delete_message(viewer: Viewer, seen: "Seen") -> Verdict:
    """One's own, at any time, also where one can no longer write."""
    reads = may_read_message(viewer, seen)
    if not reads:
        return reads
    if seen.message.author_id != viewer.id:
        return denied(_("Only its author can delete a message. You can report it."))
    return ALLOWED


@rule(Permission.REACT_TO_MESSAGE)
def may_react_to_message(viewer: Viewer, seen: "Seen") -> Verdict:
    changes = _may_change(viewer, seen)
    if not changes:
        return changes
    if seen.message.is_deleted:
        return denied(_("This message was deleted."))
    if seen.message.author_id == viewer.id:
        return denied(_("Reactions to your own message are for others to give."))
    return ALLOWED


@rule(Permission.FLAG_MESSAGE)
def may_flag_message(viewer: Viewer, seen: "Seen") -> Verdict:
    """Whoever reads it, also where they can no longer write."""
    reads = may_read_message(viewer, seen)
    if not reads:
        return reads
    if seen.message.author_id == viewer.id:
        return denied(_("This is your own message. You can delete it."))
    if seen.message.is_deleted:
        return denied(_("This message was deleted: there is nothing left to report."))
    return ALLOWED


@rule(Permission.READ_MESSAGE_FLAGS)
def may_read_message_flags(viewer: Viewer, _subject: object = None) -> Verdict:
    """Reported messages with the context that was chosen, and nothing else of their conversation: for those of the whole site."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if (RoleName.STAFF, SITE) in viewer.rights.roles or (RoleName.MODERATOR, SITE) in viewer.rights.roles:
        return ALLOWED
    return denied(_("Only moderators of the whole site read what was reported of private messages."))


@rule(Permission.JUDGE_MESSAGE_FLAG)
def may_judge_message_flag(viewer: Viewer, flag: "MessageFlag") -> Verdict:
    """Never about oneself, nor what one has reported."""
    reads = may_read_message_flags(viewer)
    if not reads:
        return reads
    if viewer.id in (flag.author_id, flag.reporter_id):
        return denied(_("This concerns you: somebody else decides."))
    return ALLOWED


@rule(Permission.BLOCK)
def may_block(viewer: Viewer, person: "User") -> Verdict:
    acts = may_act(viewer)
    if not acts:
        return acts
    if viewer.id == person.id:
        return denied(_("You cannot block yourself."))
    return ALLOWED
