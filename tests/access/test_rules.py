"""Every permission over the whole cast, as tables: who is allowed what, with everybody else refused, and told why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.rules import RULES, discussions, judge, site, taking_part
from forum.access.rules import curating as curating_rules
from forum.access.rules.messaging import Addressee
from forum.access.viewer import VISITOR, Viewer, viewer_of
from forum.accounts.models import User
from forum.boards.actions import archive_category
from forum.core import settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, curating, locking
from forum.discussions.actions.moving import Move
from forum.discussions.models import Post, Revision, Topic
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.topics import find_topic
from forum.messaging.kinds import ConversationKind
from forum.messaging.models import Conversation, Message, Participant
from forum.messaging.queries.messages import Seen
from forum.moderation.models import MessageFlag, Review
from tests.access.mutants import Mutant, mutants_of
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, grant, make_category, make_post, make_topic, make_user

pytestmark = pytest.mark.usefixtures("context")

# Sets of people, by their names in the cast. `member` is the author, where nothing else is said; `other` answers.
# An employee is staff without being a member.
NOBODY: set[str] = set()
STAFF = {"staff", "employee"}
OVERSEERS = STAFF | {"site_moderator"}
MODERATORS = OVERSEERS | {"moderator"}
IN_GROUPS = {"insider", "confidant"}
MEMBERS = {"member", "other", "grace"} | MODERATORS | IN_GROUPS
CONFIRMED = MEMBERS | {"guest", "expired"}
AS_VISITORS = {"visitor", "unconfirmed", "suspended"}
EVERYBODY = CONFIRMED | AS_VISITORS

TABLE: dict[Permission, dict[str, set[str]]] = {
    Permission.READ_PLACE: {
        "welcome": EVERYBODY,
        "porch": CONFIRMED,
        "lounge": MEMBERS,
        "nook": MEMBERS,
        "desk": OVERSEERS,
        "closed": {"insider"},
        "secret": {"confidant"},
        "window": CONFIRMED,  # opened to guests, inside the lounge
        "attic": EVERYBODY,
        "cell": {"insider"},  # for members, inside the closed one
        "stage": MEMBERS,
    },
    Permission.START_TOPIC: {
        "welcome": CONFIRMED,
        "porch": MEMBERS,
        "lounge": MEMBERS,
        "nook": MEMBERS,
        "desk": OVERSEERS,
        "closed": {"insider"},
        "secret": {"confidant"},
        "window": MEMBERS,
        "attic": NOBODY,
        "cell": {"insider"},
        "stage": {"insider"} | MODERATORS,  # a group begins, in the lounge
    },
    Permission.READ_TOPIC: {
        "public": EVERYBODY,
        "for guests": CONFIRMED,
        "plain": MEMBERS,
        "nested": MEMBERS,
        "kept as an archive": MEMBERS,
        "merged": NOBODY,
        "locked": MEMBERS,
        "hidden": MODERATORS,
        "withdrawn": MODERATORS | {"member"},
        "withdrawn, then hidden": MODERATORS,
        "withdrawn, then deleted": MODERATORS,
        "for staff": MODERATORS,
        "at the desk": OVERSEERS,
        "opened": CONFIRMED,
        "invited": MODERATORS | {"member", "guest"},
        "invited, not opened": MODERATORS | {"member"},
        "closed": {"insider"},
        "opened from the closed": CONFIRMED,
        "secret": {"confidant"},
    },
    Permission.REPLY: {
        "public": CONFIRMED,
        "for guests": CONFIRMED,
        "plain": MEMBERS,
        "nested": MEMBERS,
        "locked": NOBODY,
        "kept as an archive": NOBODY,
        "hidden": NOBODY,
        "in the attic": NOBODY,
        "for staff": MODERATORS,
        "at the desk": OVERSEERS,
        "opened": MEMBERS,  # guests read it, members answer
        "invited": MODERATORS | {"member", "guest"},
        "invited, not opened": MODERATORS | {"member"},
        "closed": {"insider"},
        "opened from the closed": CONFIRMED,
        "secret": {"confidant"},
        "old": MEMBERS,
    },
    Permission.RENAME_TOPIC: {
        "plain": MODERATORS | {"member"},
        "public": OVERSEERS | {"member"},
        "locked": MODERATORS,
        "kept as an archive": NOBODY,
        "hidden": MODERATORS,
        "old": MODERATORS,
        "by a former member": MODERATORS,
        "by a guest": OVERSEERS | {"guest"},
        "by a guest, before": OVERSEERS,
        "withdrawn": MODERATORS | {"member"},
        "closed": {"insider"},
        "secret": {"confidant"},
    },
    Permission.SET_AUDIENCE: {
        "plain": MODERATORS | {"member"},
        "by a guest": OVERSEERS,
        "locked": MODERATORS,
        "kept as an archive": MODERATORS,
        "hidden": MODERATORS,
        "old": MODERATORS | {"member"},
        "by a former member": MODERATORS,
        "closed": {"insider"},
    },
    Permission.LOCK_TOPIC: {
        "plain": MODERATORS,
        "nested": MODERATORS,
        "public": OVERSEERS,
        "at the desk": OVERSEERS,
        "invited": MODERATORS,
        "closed": NOBODY,
        "opened from the closed": OVERSEERS,
        "secret": NOBODY,
        "hidden": MODERATORS,
    },
    Permission.PIN_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "closed": NOBODY, "secret": NOBODY},
    Permission.PIN_EVERYWHERE: {"plain": OVERSEERS, "public": OVERSEERS, "closed": NOBODY},
    Permission.ARCHIVE_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "closed": NOBODY},
    Permission.SLOW_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "closed": NOBODY},
    Permission.MOVE_TOPIC: {"plain": MODERATORS, "nested": MODERATORS, "public": OVERSEERS, "closed": NOBODY},
    Permission.MOVE_INTO: {
        "into welcome": CONFIRMED,  # out of where, the other rule says
        "into porch": MEMBERS,
        "into lounge": MEMBERS,
        "into desk": OVERSEERS,
        "into closed": {"insider"},
        "into stage": {"insider"} | MODERATORS,
        "into cell": {"insider"},  # for members, inside the closed one
        "into attic": NOBODY,
    },
    Permission.TAKE_BACK_MOVE: {  # to the lounge
        "moved by the moderator": OVERSEERS | {"moderator"},
        "moved by staff": OVERSEERS,
        "moved by a member": OVERSEERS,
        "moved, then moderated": OVERSEERS,
        "moved, then answered for fewer": OVERSEERS,
        "moved into the closed": NOBODY,
    },
    Permission.MODERATE_PLACE: {
        "lounge": MODERATORS,
        "nook": MODERATORS,
        "welcome": OVERSEERS,
        "closed": NOBODY,
    },
    Permission.SPLIT_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "closed": NOBODY, "secret": NOBODY},
    Permission.MERGE_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "hidden": NOBODY, "closed": NOBODY},
    Permission.JOIN_TOPIC: {
        "plain": MEMBERS,  # those who could answer
        "locked": MODERATORS,
        "kept as an archive": NOBODY,
        "hidden": NOBODY,
        "in the attic": NOBODY,
        "opened": MEMBERS,
        "closed": {"insider"},
    },
    Permission.CHANGE_AUTHOR: {"first": OVERSEERS, "reply": OVERSEERS, "in the closed": NOBODY},
    Permission.HIDE_TOPIC: {"plain": MODERATORS, "public": OVERSEERS, "closed": NOBODY, "secret": NOBODY},
    Permission.DELETE_TOPIC: {
        "plain": MODERATORS,  # somebody has answered
        "alone": MODERATORS | {"member"},
        "locked": MODERATORS,
        "kept as an archive": MODERATORS,
        "by a former member": MODERATORS,
        "by a guest": OVERSEERS | {"guest"},
        "closed": {"insider"},
        "secret": {"confidant"},
    },
    Permission.RESTORE_TOPIC: {
        "hidden": MODERATORS,
        "plain": MODERATORS,
        "closed": NOBODY,
        "withdrawn": MODERATORS | {"member"},
        "withdrawn, then hidden": MODERATORS,
        "withdrawn, then deleted": MODERATORS,
        "withdrawn, then locked": MODERATORS,
        "withdrawn, then archived": MODERATORS,
    },
    Permission.EDIT_POST: {
        "first": MODERATORS | {"member"},
        "reply": MODERATORS | {"other"},
        "hidden post": NOBODY,
        "deleted by its author": NOBODY,
        "in the locked": MODERATORS,
        "in the archive": NOBODY,
        "in the hidden": MODERATORS,
        "old post": MODERATORS,
        "post of a day ago": MODERATORS | {"member"},
        "of a former member": MODERATORS,
        "first in the attic": OVERSEERS,
        "in the closed": {"insider"},
        "in the secret": {"confidant"},
    },
    Permission.READ_REVISIONS: {
        "first": MODERATORS | {"member"},
        "reply": MODERATORS | {"other"},
        "hidden post": MODERATORS | {"other"},
        "in the locked": MODERATORS | {"member"},
        "in the hidden": MODERATORS,
        "of a former member": MODERATORS,
        "in the closed": {"insider"},
        "in the secret": {"confidant"},
    },
    Permission.HIDE_REVISION: {
        "revision": MODERATORS,
        "in the closed, before": NOBODY,
        "in the secret, before": NOBODY,
    },
    Permission.HIDE_POST: {"reply": MODERATORS, "in the closed": NOBODY, "in the secret": NOBODY},
    Permission.DELETE_POST: {
        "first": MODERATORS | {"member"},
        "reply": MODERATORS | {"other"},
        "hidden post": MODERATORS,
        "in the locked": MODERATORS,
        "in the archive": MODERATORS,
        "old post": MODERATORS | {"member"},
        "of a former member": MODERATORS,
        "in the closed": {"insider"},
    },
    Permission.RESTORE_POST: {
        "hidden post": MODERATORS,
        "deleted by its author": MODERATORS | {"other"},
        "deleted by a moderator": MODERATORS,
        "deleted by one who moderated then": MODERATORS,
        "deleted, then hidden": MODERATORS,
        "deleted, then locked": MODERATORS,
        "deleted, then archived": MODERATORS,
        "in the closed": NOBODY,
    },
    Permission.ACCEPT_ANSWER: {
        "asked": MODERATORS - {"moderator"} | {"member"},
        "asked, locked": MODERATORS - {"moderator"},
        "asked, archived": MODERATORS - {"moderator"},
        "in the attic": MODERATORS - {"moderator"},
        "plain": NOBODY,
    },
    Permission.VOTE: {
        "first": MEMBERS,
        "hidden post": NOBODY,
        "in the locked": NOBODY,
    },
    Permission.CLOSE_POLL: {
        "first": MODERATORS | {"member"},
        "reply": MODERATORS | {"other"},
        "hidden post": NOBODY,
    },
    Permission.READ_BALLOTS: {
        "first": MEMBERS,
        "in the locked": MEMBERS,
        "hidden post": MODERATORS,
    },
    Permission.REACT: {
        "first": MEMBERS - {"member"},
        "reply": MEMBERS - {"other"},
        "hidden post": NOBODY,
        "deleted by its author": NOBODY,
        "in the locked": MEMBERS - {"member"},
        "in the archive": NOBODY,
        "in the hidden": NOBODY,
        "of a former member": MEMBERS,
        "first in the attic": NOBODY,
        "in the closed": NOBODY,
        "in the secret": NOBODY,
    },
    Permission.BOOKMARK: {
        "first": MEMBERS,
        "hidden post": MODERATORS,
        "in the locked": MEMBERS,
        "in the hidden": MODERATORS,
        "first in the attic": CONFIRMED,
        "in the closed": {"insider"},
        "in the secret": {"confidant"},
    },
    Permission.READ_REACTIONS: {
        "first": MEMBERS,
        "hidden post": MODERATORS,
        "in the locked": MEMBERS,
        "in the hidden": MODERATORS,
        "first in the attic": CONFIRMED,
        "in the closed": {"insider"},
        "in the secret": {"confidant"},
    },
    Permission.READ_PROFILE: {
        "of a member": MEMBERS,
        "of a guest": MEMBERS | {"guest"},
        "of one unconfirmed": STAFF | {"unconfirmed"},
        "of one suspended": MEMBERS | {"suspended"},
        "of somebody imported": MEMBERS,
    },
    Permission.IGNORE: {"of a member": CONFIRMED - {"other"}, "of a guest": CONFIRMED - {"guest"}},
    Permission.BLOCK: {"of a member": CONFIRMED - {"other"}, "of a guest": CONFIRMED - {"guest"}},
    Permission.START_CONVERSATION: {"": MEMBERS | STAFF},
    Permission.WRITE_TO: {
        "to a member": (MEMBERS | STAFF) - {"other"},
        "to one who takes nothing": STAFF,
        "to a guest": STAFF,
        "to one suspended": NOBODY,
    },
    Permission.READ_CONVERSATION: {
        "talk of the member": {"member"},
        "talk of the guest": {"guest"},
        "talk of the expired": {"expired"},
        "talk of staff": {"staff"},
        "talk of one suspended": NOBODY,
        "talk one has left": NOBODY,
        "talk that is withheld": NOBODY,
    },
    Permission.SEND_MESSAGE: {
        "talk of the member": {"member"},
        "talk of the guest": {"guest"},
        "talk of one in grace": {"grace"},
        "talk of the expired": NOBODY,
        "talk one has left": NOBODY,
    },
    Permission.LEAVE_CONVERSATION: {
        "talk of the member": NOBODY,
        "talk of a group": {"member"},
        "talk of a group of the expired": {"expired"},
    },
    Permission.MANAGE_CONVERSATION: {
        "talk of the member": NOBODY,
        "talk of a group": {"member"},
        "talk of a group of others": NOBODY,
        "talk of a group of the expired": NOBODY,
    },
    Permission.READ_MESSAGE: {
        "said by the member": {"member"},
        "said by another": {"member"},
        "said to staff": {"staff"},
        "said before one came": NOBODY,
        "said and withheld": NOBODY,
    },
    Permission.EDIT_MESSAGE: {
        "said by the member": {"member"},
        "said by another": NOBODY,
        "said and deleted": NOBODY,
        "said long ago": NOBODY,
        "said by the expired": NOBODY,
    },
    Permission.DELETE_MESSAGE: {
        "said by the member": {"member"},
        "said by another": NOBODY,
        "said long ago": {"member"},
        "said by the expired": {"expired"},
    },
    Permission.FLAG_MESSAGE: {
        "said by another": {"member"},
        "said by the member": NOBODY,
        "said by another and deleted": NOBODY,
        "said to the expired": {"expired"},
        "said before one came": NOBODY,
    },
    Permission.READ_MESSAGE_FLAGS: {"": OVERSEERS},
    Permission.JUDGE_MESSAGE_FLAG: {
        "reported by the member": OVERSEERS,
        "reported by staff": OVERSEERS - {"staff"},
        "reported of the site moderator": STAFF,
    },
    Permission.REACT_TO_MESSAGE: {
        "said by the member": NOBODY,
        "said by another": {"member"},
        "said and deleted": NOBODY,
        "said to the expired": NOBODY,
    },
    Permission.EXPLAIN_TOPIC: {
        "plain": MODERATORS | {"member"},
        "public": OVERSEERS | {"member"},
        "locked": MODERATORS | {"member"},
        "hidden": MODERATORS,
        "by a guest": OVERSEERS | {"guest"},
        "by a former member": MODERATORS,
        "closed": {"insider"},
        "opened from the closed": OVERSEERS | {"insider"},
        "secret": {"confidant"},
    },
    Permission.EXPLAIN_PLACE: {
        "welcome": OVERSEERS,
        "lounge": MODERATORS,
        "nook": MODERATORS,
        "closed": NOBODY,
        "secret": NOBODY,
    },
    Permission.PREVIEW_TOPIC: {
        "plain": STAFF | {"member"},
        "hidden": STAFF,
        "by a guest": STAFF | {"guest"},
        "by a former member": STAFF,
        "closed": {"insider"},
        "secret": {"confidant"},
    },
    Permission.PREVIEW_SITE: {"": STAFF},
    Permission.UPLOAD: {"": CONFIRMED},
    Permission.REMOVE_FILE: {
        "first": MODERATORS | {"member"},
        "reply": MODERATORS | {"other"},
        "in the closed": {"insider"},
    },
    Permission.READ_LOG: {"": MODERATORS},
    Permission.READ_QUEUE: {"": MODERATORS},
    Permission.FLAG_POST: {
        "first": MEMBERS - {"member"},
        "reply": MEMBERS - {"other"},
        "hidden post": NOBODY,
        "deleted by its author": NOBODY,
        "in the locked": MEMBERS - {"member"},
        "in the hidden": NOBODY,
        "first in the attic": CONFIRMED - {"member"},
        "of a former member": MEMBERS,
        "in the closed": NOBODY,  # the insider wrote it
    },
    Permission.JUDGE_FLAGS: {
        "of the reply": MODERATORS,
        "of the hidden post": MODERATORS,
        "of a post in the hidden": MODERATORS,
        "of a post by the moderator": OVERSEERS,
        "of a post in the attic": OVERSEERS,
        "of a post in the closed": NOBODY,
        "of a post in the secret": NOBODY,
    },
    Permission.MANAGE_PEOPLE: {"": STAFF},
    Permission.MANAGE_SETTINGS: {"": STAFF},
    Permission.MANAGE_CATEGORIES: {"": STAFF},
    Permission.SEE_AUDIENCES: {"": STAFF},
    Permission.MANAGE_TAGS: {"": STAFF},
    Permission.MAKE_TAG: {
        "tags by staff": STAFF,
        "tags by moderators": MODERATORS,
        "tags by members": MEMBERS,
    },
}

# Whom a topic counts as its moderators: what the pages ask before they show what is concealed.
MODERATED: dict[str, set[str]] = {
    "plain": MODERATORS,
    "hidden": MODERATORS,
    "invited": MODERATORS,
    "public": OVERSEERS,
    "opened from the closed": OVERSEERS,
    "closed": NOBODY,
    "secret": NOBODY,
}

# What some are told. Nothing else is said to those who are not signed in, not confirmed, or suspended.
REASONS: dict[tuple[Permission, str, str], str] = {
    (Permission.READ_PLACE, "lounge", "guest"): "This place is not open to you.",
    (Permission.READ_TOPIC, "plain", "guest"): "This topic is not open to you.",
    (Permission.START_TOPIC, "attic", "staff"): "This category is kept as an archive; nothing new can be started here.",
    (Permission.START_TOPIC, "desk", "member"): "Here only staff start topics.",
    (Permission.START_TOPIC, "porch", "guest"): "Here only members start topics. Guests can answer where a topic is open to them.",
    (Permission.START_TOPIC, "closed", "member"): "You cannot start topics here.",
    (Permission.REPLY, "opened", "guest"): "You can read this topic, but only members can answer.",
    (Permission.REPLY, "closed", "member"): "You can read this topic, but not answer.",
    (Permission.REPLY, "locked", "member"): "This topic is locked: nobody can answer.",
    (Permission.REPLY, "in the attic", "member"): "This place is kept as an archive: nobody can answer.",
    (Permission.EDIT_POST, "first in the attic", "member"): "This place is kept as an archive: posts can no longer be edited.",
    (Permission.REPLY, "hidden", "staff"): "This topic is hidden: nobody can answer.",
    (Permission.RENAME_TOPIC, "plain", "other"): "Only its author and moderators can rename a topic.",
    (Permission.RENAME_TOPIC, "locked", "member"): "This topic is locked.",
    (Permission.RENAME_TOPIC, "old", "member"): "The time in which you could change this is over. A moderator can still do it.",
    (Permission.RENAME_TOPIC, "by a former member", "expired"): "This topic is not open to you.",
    (Permission.DELETE_TOPIC, "plain", "other"): "Only its author and moderators can delete a topic.",
    (Permission.DELETE_TOPIC, "plain", "member"): "It has been answered. You can delete your own posts; a moderator can delete the topic.",
    (Permission.DELETE_TOPIC, "locked", "member"): "This topic is locked.",
    (Permission.EDIT_POST, "hidden post", "staff"): "What is hidden or deleted cannot be edited.",
    (Permission.EDIT_POST, "in the locked", "member"): "This topic is locked: posts can no longer be edited.",
    (Permission.DELETE_POST, "in the locked", "member"): "This topic is locked: posts can no longer be deleted.",
    (Permission.DELETE_POST, "hidden post", "other"): "A moderator has hidden this post.",
    (Permission.HIDE_REVISION, "revision", "other"): "Only moderators of this place can hide what a post said before.",
    (Permission.LOCK_TOPIC, "plain", "member"): "Only moderators of this place can lock topics.",
    (Permission.ACCEPT_ANSWER, "plain", "staff"): "Only in a place for questions one reply is the answer.",
    (Permission.ACCEPT_ANSWER, "asked", "other"): "Only whoever asked and moderators say which reply is the answer.",
    (Permission.ACCEPT_ANSWER, "asked, locked", "member"): "This topic is locked.",
    (Permission.ACCEPT_ANSWER, "asked, archived", "member"): "This topic is kept as an archive.",
    (Permission.ACCEPT_ANSWER, "in the attic", "member"): "This place is kept as an archive.",
    (Permission.VOTE, "hidden post", "other"): "In what is hidden or deleted nobody votes.",
    (Permission.VOTE, "in the locked", "other"): "This topic is locked: nobody can answer.",
    (Permission.CLOSE_POLL, "hidden post", "staff"): "In what is hidden or deleted there is nothing to close.",
    (Permission.CLOSE_POLL, "reply", "member"): "Only whoever made the poll and moderators close it.",
    (Permission.READ_BALLOTS, "hidden post", "other"): "What is hidden or deleted shows no votes.",
    (Permission.REACT, "first", "member"): "Reactions to your own post are for others to give.",
    (Permission.REACT, "hidden post", "staff"): "What is hidden or deleted takes no reactions.",
    (Permission.REACT, "in the hidden", "staff"): "This topic is hidden: nobody can react.",
    (Permission.REACT, "first in the attic", "other"): "This place is kept as an archive: nobody can react.",
    (Permission.BOOKMARK, "hidden post", "other"): "What is hidden or deleted cannot be kept.",
    (Permission.READ_REACTIONS, "hidden post", "other"): "What is hidden or deleted shows no reactions.",
    (Permission.READ_PROFILE, "of a member", "guest"): "Profiles are for members.",
    (Permission.IGNORE, "of a member", "other"): "You cannot ignore yourself.",
    (Permission.BLOCK, "of a member", "other"): "You cannot block yourself.",
    (Permission.WRITE_TO, "to a member", "other"): "You cannot write to yourself.",
    (Permission.WRITE_TO, "to a member", "guest"): "You cannot begin private conversations here. When somebody writes to you, you can answer.",
    (Permission.SEND_MESSAGE, "talk of the expired", "expired"): "Your membership has run out. You can read your conversations, but not write in them.",
    (Permission.MANAGE_CONVERSATION, "talk of the member", "member"): "This is a conversation of two.",
    (Permission.MANAGE_CONVERSATION, "talk of a group of others", "member"): "Only the owner of this group can do that.",
    (Permission.EDIT_MESSAGE, "said by another", "member"): "Only its author can change a message.",
    (Permission.EDIT_MESSAGE, "said and deleted", "member"): "This message was deleted.",
    (Permission.EDIT_MESSAGE, "said long ago", "member"): "The time to change this message is over. You can delete it.",
    (Permission.FLAG_MESSAGE, "said by the member", "member"): "This is your own message. You can delete it.",
    (Permission.FLAG_MESSAGE, "said by another and deleted", "member"): "This message was deleted: there is nothing left to report.",
    (Permission.JUDGE_MESSAGE_FLAG, "reported by staff", "staff"): "This concerns you: somebody else decides.",
    (Permission.REACT_TO_MESSAGE, "said and deleted", "member"): "This message was deleted.",
    (Permission.REACT_TO_MESSAGE, "said by the member", "member"): "Reactions to your own message are for others to give.",
    (Permission.EXPLAIN_TOPIC, "plain", "other"): "Only its author and moderators are told who sees a topic, and why.",
    (Permission.EXPLAIN_PLACE, "lounge", "member"): "Only its moderators are told who sees a place, and why.",
    (Permission.PREVIEW_TOPIC, "plain", "other"): "Only its author and staff look at a topic as somebody else.",
    (Permission.PREVIEW_SITE, "", "moderator"): "Only staff look at all pages as somebody else.",
    (Permission.READ_LOG, "", "member"): "Only moderators read the log.",
    (Permission.READ_QUEUE, "", "member"): "Only moderators read what was reported.",
    (Permission.FLAG_POST, "reply", "other"): "This is your own post. You can edit or delete it.",
    (Permission.FLAG_POST, "hidden post", "staff"): "This post is no longer here: there is nothing left to report.",
    (Permission.JUDGE_FLAGS, "of the reply", "member"): "Only moderators of this place decide about reports.",
    (Permission.JUDGE_FLAGS, "of a post by the moderator", "moderator"): "This is about your own post: another moderator decides.",
    (Permission.MAKE_TAG, "tags by staff", "moderator"): "Only staff of the society can do this.",
    (Permission.MAKE_TAG, "tags by moderators", "member"): "Only moderators make new tags.",
    (Permission.MAKE_TAG, "tags by members", "guest"): "Only members make new tags.",
    (Permission.MANAGE_PEOPLE, "", "site_moderator"): "Only staff of the society can do this.",
}  # fmt: skip
FOR_ALL = {
    "visitor": "Sign in to take part.",
    "suspended": "Your account is suspended.",
    "unconfirmed": "Confirm your e-mail address first: the link is in the message we sent you.",
}
SAID_OTHERWISE = {
    Permission.READ_PLACE,
    Permission.READ_TOPIC,
    Permission.READ_PROFILE,
    Permission.READ_LOG,
    Permission.READ_QUEUE,
    Permission.MAKE_TAG,
} | {p for p in Permission if p.startswith("staff:")}


@dataclass
class Company:
    """The people and the things of the tables."""

    viewers: dict[str, Viewer]
    subjects: dict[str, Any]


def company(cast: Cast) -> Company:
    people = cast.people
    author, other, mo = cast.member, cast.other, cast.moderator
    grant(cast.expired, RoleName.MODERATOR, cast.lounge.place)  # roles end with the membership
    employee = make_user("emil", standing="guest")
    grant(employee, RoleName.STAFF)
    window = make_category("window", read="guests", start="members", parent=cast.lounge, opened=True)
    attic = make_category("attic", read="public", archived=True)
    loft = make_category("loft", read="public", for_questions=True)
    clinic = make_category("clinic", read="members", for_questions=True)
    cell = make_category("cell", read="members", parent=cast.closed)
    stage = make_category(
        "stage", read="members", start="group", group_id=cast.closed_group.id, parent=cast.lounge
    )
    with transaction():  # what somebody wrote while a member stays theirs, and out of their reach
        topics = {
            "public": make_topic(cast.welcome, author),
            "for guests": make_topic(cast.porch, author),
            "plain": make_topic(cast.lounge, author),
            "alone": make_topic(cast.lounge, author),
            "asked": make_topic(clinic, author),
            "asked, locked": make_topic(clinic, author),
            "asked, archived": make_topic(clinic, author),
            "nested": make_topic(cast.nook, author),
            "locked": make_topic(cast.lounge, author),
            "hidden": make_topic(cast.lounge, author),
            "for staff": make_topic(cast.lounge, mo, audience=choice("staff")),
            "at the desk": make_topic(cast.desk, cast.staff),
            "opened": make_topic(cast.lounge, author, audience=choice("guests", "members", opened=True)),
            "invited": make_topic(
                cast.lounge, author, audience=choice("people", opened=True), people=[cast.guest]
            ),
            "invited, not opened": make_topic(
                cast.lounge, author, audience=choice("people"), people=[cast.guest]
            ),
            "closed": make_topic(cast.closed, cast.insider),
            "opened from the closed": make_topic(
                cast.closed, cast.insider, audience=choice("guests", opened=True)
            ),
            "secret": make_topic(cast.secret, cast.confidant),
            "old": make_topic(cast.lounge, author, at=NOW - timedelta(days=2)),
            "of a day ago": make_topic(cast.lounge, author, at=NOW - timedelta(days=1)),
            "by a former member": make_topic(cast.lounge, cast.expired),
            "by a guest": make_topic(cast.welcome, cast.guest),
            "by a guest, before": make_topic(cast.welcome, cast.guest, at=NOW - timedelta(hours=2)),
            "in the attic": make_topic(loft, author),
            "withdrawn": make_topic(cast.lounge, author),
            "withdrawn, then hidden": make_topic(cast.lounge, author),
            "withdrawn, then deleted": make_topic(cast.lounge, author),
            "withdrawn, then locked": make_topic(cast.lounge, author),
            "withdrawn, then archived": make_topic(cast.lounge, author),
            "kept as an archive": make_topic(cast.lounge, author),
        }
        posts = {
            "reply": make_post(topics["plain"], other),
            "hidden post": make_post(topics["plain"], other),
            "deleted by its author": make_post(topics["plain"], other),
            "deleted by a moderator": make_post(topics["plain"], other),
            "deleted by one who moderated then": make_post(topics["plain"], other),
            "deleted, then hidden": make_post(topics["plain"], other),
            "deleted, then locked": make_post(topics["locked"], other),
            "deleted, then archived": make_post(topics["kept as an archive"], other),
        }
        concealing.hide_post(posts["hidden post"], actor=mo, reason="No.")
        concealing.delete_post(posts["deleted by its author"], actor=other)
        concealing.delete_post(posts["deleted by a moderator"], actor=mo, reason="No.")
        concealing.delete_post(posts["deleted by one who moderated then"], actor=mo, reason="No.")
        db.session.get_one(Post, posts["deleted by one who moderated then"].id).deleted_by_id = cast.grace.id
        concealing.delete_post(posts["deleted, then hidden"], actor=other)
        concealing.hide_post(posts["deleted, then hidden"], actor=mo, reason="No.")
        concealing.delete_post(posts["deleted, then locked"], actor=other)
        locking.lock_topic(topics["locked"], actor=mo)
        locking.lock_topic(topics["asked, locked"], actor=db.session.get_one(User, cast.staff.id))
        curating.archive_topic(topics["asked, archived"], actor=db.session.get_one(User, cast.staff.id))
        concealing.delete_post(posts["deleted, then archived"], actor=other)
        curating.archive_topic(topics["kept as an archive"], actor=mo)
        concealing.hide_topic(topics["hidden"], actor=mo, reason="No.")
        for name in (
            "withdrawn",
            "withdrawn, then hidden",
            "withdrawn, then deleted",
            "withdrawn, then locked",
            "withdrawn, then archived",
        ):
            concealing.delete_topic(topics[name], actor=author)
        concealing.hide_topic(topics["withdrawn, then hidden"], actor=mo, reason="No.")
        concealing.delete_topic(topics["withdrawn, then deleted"], actor=mo, reason="No.")
        locking.lock_topic(topics["withdrawn, then locked"], actor=mo)
        curating.archive_topic(topics["withdrawn, then archived"], actor=mo)
        archive_category(loft, archived=True, actor=db.session.get_one(User, cast.staff.id))
    viewers = {name: viewer_of(person) for name, person in people.items()}
    viewers |= {"visitor": VISITOR, "employee": viewer_of(employee)}
    subjects: dict[str, Any] = {"": None} | {
        f"tags by {who}": who for who in ("staff", "moderators", "members")
    }
    insiders = [viewers["staff"], viewers["insider"], viewers["confidant"]]
    for name, topic in topics.items():
        subjects[name] = next(t for v in insiders if (t := find_topic(v, topic.id)))
    firsts = {
        "first": "plain", "in the locked": "locked", "in the archive": "kept as an archive", "in the hidden": "hidden", "old post": "old", "post of a day ago": "of a day ago",
        "of a former member": "by a former member", "in the closed": "closed", "in the secret": "secret",
        "first in the attic": "in the attic", "by the moderator": "for staff",
    }  # fmt: skip
    for name, topic_name in firsts.items():
        first = db.session.query(Post).filter_by(topic_id=topics[topic_name].id, number=1).one()
        subjects[name] = next(p for v in insiders if (p := find_post(v, first.id)))
    subjects |= {
        "of a member": cast.other,
        "of a guest": cast.guest,
        "of one unconfirmed": cast.unconfirmed,
        "of one suspended": cast.suspended,
        "of somebody imported": make_user(
            "imported", standing="guest", imported_at=NOW, email_confirmed_at=None
        ),
    }
    for name, post in posts.items():
        subjects[name] = find_post(viewers["staff"], post.id)
    for name, post_name in {
        "revision": "reply",
        "in the closed, before": "in the closed",
        "in the secret, before": "in the secret",
    }.items():
        subjects[name] = Revision(post=subjects[post_name])
    whole = subjects["alone"]
    subjects["merged"] = Topic(
        place_id=whole.place_id,
        audience=whole.audience,
        author_id=whole.author_id,
        merged_into_id=subjects["plain"].id,
    )
    for name, post_name in {
        "of the reply": "reply",
        "of the hidden post": "hidden post",
        "of a post in the hidden": "in the hidden",
        "of a post by the moderator": "by the moderator",
        "of a post in the attic": "first in the attic",
        "of a post in the closed": "in the closed",
        "of a post in the secret": "in the secret",
    }.items():
        subjects[name] = Review(post=subjects[post_name])
    subjects |= talks(cast, viewers)
    for name, topic_name, mover, since in (
        ("moved by the moderator", "public", cast.moderator, ()),
        ("moved by staff", "public", cast.staff, ()),
        ("moved by a member", "public", cast.member, ()),
        ("moved, then moderated", "public", cast.moderator, ("curated",)),
        ("moved, then answered for fewer", "public", cast.moderator, ("shown",)),
        ("moved into the closed", "closed", cast.moderator, ()),
    ):
        subjects[name] = Move(
            topic=subjects[topic_name],
            place=cast.lounge.place,
            mover_id=mover.id,
            is_curated="curated" in since,
            would_show="shown" in since,
        )
    places = cast.categories | {"window": window, "attic": attic, "cell": cell, "stage": stage}
    subjects |= {f"into {name}": category.place for name, category in places.items()}
    return Company(viewers, {**subjects, **{f"place {name}": category for name, category in places.items()}})


def talks(cast: Cast, viewers: dict[str, Viewer]) -> dict[str, Any]:
    """People to write to, parts of people in conversations, and what is said in them."""

    def part(whose: User, owner: User | None = None, **fields: Any) -> Participant:
        kind = ConversationKind.GROUP if owner else ConversationKind.PAIR
        talk = Conversation(kind=kind, owner_id=owner.id if owner else None)
        return Participant(user_id=whose.id, conversation=talk, from_seq=5, is_withheld=False, **fields)

    def said(by: User, to: User, *, seq: int = 6, withheld: bool = False, **fields: Any) -> Seen:
        message = Message(author_id=by.id, seq=seq, **{"created_at": NOW, **fields})
        return Seen(message, part(to), is_withheld=withheld)

    member, other, expired = cast.member, cast.other, cast.expired
    withheld = part(member)
    withheld.is_withheld = True
    return {
        "to a member": Addressee(viewers["other"], "everyone"),
        "to one who takes nothing": Addressee(viewers["other"], "nobody"),
        "to a guest": Addressee(viewers["guest"], "everyone"),
        "to one suspended": Addressee(viewers["suspended"], "everyone"),
        "talk of the member": part(member),
        "talk of the guest": part(cast.guest),
        "talk of one in grace": part(cast.grace),
        "talk of the expired": part(expired),
        "talk of staff": part(cast.staff),
        "talk of one suspended": part(cast.suspended),
        "talk one has left": part(member, left_at=NOW),
        "talk that is withheld": withheld,
        "talk of a group": part(member, member),
        "talk of a group of others": part(member, other),
        "talk of a group of the expired": part(expired, expired),
        "said by the member": said(member, member),
        "said by another": said(other, member),
        "said to staff": said(other, cast.staff),
        "said to the expired": said(other, expired),
        "said by the expired": said(expired, expired),
        "said before one came": said(other, member, seq=5),
        "said and withheld": said(other, member, withheld=True),
        "said and deleted": said(member, member, deleted_at=NOW),
        "said by another and deleted": said(other, member, deleted_at=NOW),
        "reported by the member": MessageFlag(reporter_id=member.id, author_id=other.id),
        "reported by staff": MessageFlag(reporter_id=cast.staff.id, author_id=other.id),
        "reported of the site moderator": MessageFlag(
            reporter_id=member.id, author_id=cast.site_moderator.id
        ),
        "said long ago": said(member, member, created_at=NOW - timedelta(days=2)),
    }


def faults(them: Company) -> Iterator[str]:
    """Where the rules and the tables differ, as it is found."""
    for name, allowed in MODERATED.items():
        for who, viewer in them.viewers.items():
            if discussions.moderates(viewer, them.subjects[name]) is not (who in allowed):
                yield f"{who} moderates {name!r}: {who not in allowed}"
    for permission, rows in TABLE.items():
        for name, allowed in rows.items():
            about_place = permission in {
                Permission.READ_PLACE,
                Permission.START_TOPIC,
                Permission.EXPLAIN_PLACE,
                Permission.MODERATE_PLACE,
            }
            subject = them.subjects[f"place {name}" if about_place else name]
            for who, viewer in them.viewers.items():
                verdict = judge(permission, viewer, subject)
                if bool(verdict) is not (who in allowed):
                    yield f"{permission} {name!r}: {who} is {'allowed' if verdict else 'refused'}"
                elif not verdict:
                    reason = REASONS.get((permission, name, who))
                    if permission not in SAID_OTHERWISE:
                        reason = FOR_ALL.get(who, reason)
                    if not verdict.reason or reason not in (None, verdict.reason):
                        yield f"{permission} {name!r}: {who} is told {verdict.reason!r}"


def test_every_permission_over_the_whole_cast(cast: Cast) -> None:
    told = list(faults(company(cast)))
    assert not told, "\n".join(told)


def test_every_permission_has_a_rule_and_stands_in_the_table_allowed_and_refused() -> None:
    assert set(RULES) == set(Permission) == set(TABLE)
    for permission, rows in TABLE.items():
        assert any(rows.values()), f"nobody is allowed {permission}"
        assert any(EVERYBODY - allowed for allowed in rows.values()), f"nobody is refused {permission}"


def test_the_sets_of_the_table_name_the_whole_cast(cast: Cast) -> None:
    assert {*cast.people, "visitor", "employee"} == EVERYBODY


# Clauses that the table cannot miss, each with the reason.
HELD_OTHERWISE = {
    "may_read_profile: without viewer.user is not None": "nobody is without an id",
    "may_read_profile: without viewer.may_act": "whoever may not act is no member and holds no role",
    "moderates: without viewer.may_act": "whoever may not act holds no role",
    "_for_staff: without viewer.may_act": "whoever may not act holds no role",
    "may_read_log: without viewer.may_act": "whoever may not act holds no role",
    "may_read_queue: without viewer.may_act": "whoever may not act holds no role",
    "_within_window: without minutes in": "test_a_window_of_nought_has_no_end",
    "may_read_revisions: settings.current().history_for": "test_readers_see_earlier_versions_where_the_society_says_so",
    "may_read_revisions: without post.is_visible": "the same",
    "withdrew: without written.author_id is not None": "who may act has an id, and a topic an author",
}


def test_a_window_of_nought_has_no_end(cast: Cast) -> None:
    topic = company(cast).subjects["old"]
    assert not judge(Permission.RENAME_TOPIC, viewer_of(cast.member), topic)
    with transaction():
        settings.change({"edit_minutes": 0}, actor_id=None)
    assert judge(Permission.RENAME_TOPIC, viewer_of(cast.member), topic)


def test_readers_see_earlier_versions_where_the_society_says_so(cast: Cast) -> None:
    them = company(cast)
    with transaction():
        settings.change({"history_for": "readers"}, actor_id=None)
    for who, viewer in them.viewers.items():
        for name, allowed in (
            ("first", MEMBERS),
            ("hidden post", MODERATORS | {"other"}),
            ("in the closed", {"insider"}),
        ):
            assert bool(judge(Permission.READ_REVISIONS, viewer, them.subjects[name])) is (who in allowed)


def mutants() -> list[Mutant]:
    judging = [*RULES.values(), discussions.may_act, discussions.may_act_in, discussions.moderates]
    judging += [
        discussions._oversees_place,
        discussions.for_moderators,
        curating_rules._for_site_moderators,
        discussions.withdrew,
        discussions._within_window,
        site._for_staff,
        taking_part.may_react_in,
    ]
    return [mutant for function in judging for mutant in mutants_of(function)]


@pytest.mark.one_database("sqlite")
def test_every_clause_of_the_rules_is_missed_by_the_table(cast: Cast) -> None:
    them, unmissed = company(cast), []
    assert not list(faults(them))
    for mutant in mutants():
        with mutant.in_place():
            try:
                seen = any(faults(them))
            except (AttributeError, TypeError):
                seen = True
        if not seen and not any(known in str(mutant) for known in HELD_OTHERWISE):
            unmissed.append(str(mutant))
    assert not unmissed, "\n".join(unmissed)
