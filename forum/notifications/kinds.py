"""The kinds of notifications, and how closely one follows something."""

import enum


class NotificationKind(enum.StrEnum):
    MENTION = "mention"
    QUOTE = "quote"
    REPLY = "reply"  # to a post or a topic of theirs
    WATCHED = "watched"  # a post in a topic they watch
    FIRST_POST = "first_post"  # a topic in a place they watch
    ACCEPTED = "accepted"  # their answer was accepted, or their question has one
    MODERATED = "moderated"  # a moderator did something to what is theirs
    REMINDER = "reminder"  # they asked to be reminded of a post
    POLL = "poll"  # a poll that they started or voted in has closed
    FLAGGED = "flagged"  # a report of theirs was judged; or one waits for them, who moderate
    MESSAGE = "message"  # private messages wait for them; by mail alone, they have a count of their own


class WatchLevel(enum.StrEnum):
    """How closely somebody follows a topic or a place; `first_post` is for places alone."""

    MUTED = "muted"  # told of nothing, and nothing counts as unread
    NORMAL = "normal"  # told of what speaks to them
    TRACKING = "tracking"  # the same, and it stands among what they follow
    WATCHING = "watching"  # told of every post
    FIRST_POST = "first_post"  # told of every new topic


class WatchReason(enum.StrEnum):
    """Why a level is what it is."""

    DEFAULT = "default"
    CHOSEN = "chosen"
    STARTED = "started"
    POSTED = "posted"
    MENTIONED = "mentioned"
    READ = "read"
    PLACE = "place"


# What moderators do is told to those who ignore them too.
OFFICIAL = frozenset({NotificationKind.MODERATED, NotificationKind.FLAGGED})

# What concerns oneself, and not the discussion that was muted.
EVEN_IF_MUTED = frozenset({NotificationKind.MODERATED, NotificationKind.REMINDER, NotificationKind.FLAGGED})

# Of these nothing stands under the bell.
BY_MAIL_ALONE = frozenset({NotificationKind.MESSAGE})
