"""What a personal token is good for. An operation needs one of these; reading is part of every token."""

import enum

from flask_babel import gettext as _


class TokenScope(enum.StrEnum):
    READ = "read"
    WRITE = "write"
    MESSAGES = "messages"
    MODERATE = "moderate"
    ACCOUNT = "account"


SCOPES_FOR_PROGRAMS = {
    TokenScope.READ: "Read what you can read, see who you are.",
    TokenScope.WRITE: "Start topics, answer, edit and delete your own, keep drafts and what you have read.",
    TokenScope.MESSAGES: "Read and write your private messages. Without it a token knows of none.",
    TokenScope.MODERATE: "Use the roles you hold. Without it a token reads and writes as if you held none.",
    TokenScope.ACCOUNT: "List, make and revoke personal tokens; never one that may do more than itself.",
}


def explained() -> list[tuple[TokenScope, str, str]]:
    """(scope, what it is called, what it allows) in the reader's language, the harmless first."""
    return [
        (TokenScope.READ, _("Read"), _("What you can read, and who you are. Part of every token.")),
        (
            TokenScope.WRITE,
            _("Write"),
            _("Start topics, answer, edit and delete what is yours, keep drafts and what you have read."),
        ),
        (
            TokenScope.MESSAGES,
            _("Messages"),
            _("Read and write your private messages. Without this, the token knows of none."),
        ),
        (
            TokenScope.MODERATE,
            _("Moderate"),
            _("Use the roles you hold. Without this, the token reads and writes as if you held none."),
        ),
        (
            TokenScope.ACCOUNT,
            _("Tokens"),
            _("List, make and revoke tokens; never one that may do more than itself."),
        ),
    ]
