"""What a draft keeps of a form beside title and text."""

import enum


class DraftField(enum.StrEnum):
    """What else the forms hold."""

    CATEGORY = "category"
    TAGS = "tags"
    REPLY_TO = "reply_to"
    INHERITS = "inherits"
    READ = "read"
    REPLY = "reply"
    GROUP = "group_id"
    PEOPLE = "people"
    UNTIL = "until"
    OPENED = "opened"
    REASON = "reason"
    POLL_QUESTION = "poll_question"
    POLL_OPTIONS = "poll_options"
    POLL_KIND = "poll_kind"
    POLL_LEAST = "poll_least"
    POLL_MOST = "poll_most"
    POLL_CLOSES = "poll_closes"
    POLL_RESULTS = "poll_results"
    POLL_OPEN = "poll_open"
    POLL_FINAL = "poll_final"
    POST_VERSION = "version"
