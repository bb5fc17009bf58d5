"""For what a post is reported, what can be decided about it, and what comes of that."""

import enum


class FlagReason(enum.StrEnum):
    SPAM = "spam"
    RUDE = "rude"
    OFF_TOPIC = "off_topic"
    PATIENT = "patient"  # somebody treated can be recognized
    OTHER = "other"


class Outcome(enum.StrEnum):
    """What a judgment does; `settled`: it has been dealt with in some other way, such as an edit."""

    DISMISSED = "dismissed"
    SETTLED = "settled"
    POST_HIDDEN = "post_hidden"
    POST_DELETED = "post_deleted"
    TOPIC_LOCKED = "topic_locked"
    TOPIC_HIDDEN = "topic_hidden"
    TOPIC_DELETED = "topic_deleted"


# Of these nothing is told in the thread: what was said of them is an answer to those who reported.
ANSWERED = {Outcome.DISMISSED, Outcome.SETTLED}


class Sort(enum.StrEnum):
    OLDEST = "oldest"
    MOST = "most"


class Act(enum.StrEnum):
    DISMISS = "dismiss"
    SETTLE = "settle"
    HIDE_POST = "hide_post"
    DELETE_POST = "delete_post"
    LOCK_TOPIC = "lock_topic"
    HIDE_TOPIC = "hide_topic"
    DELETE_TOPIC = "delete_topic"


# For the first post of a topic alone.
WHOLE_TOPIC = {Act.HIDE_TOPIC, Act.DELETE_TOPIC}


class Reaches(enum.StrEnum):
    """Who is there to look at a report: moderators of the place, those of the whole site, or nobody who may read the post."""

    PLACE = "place"
    SITE = "site"
    NOBODY = "nobody"
