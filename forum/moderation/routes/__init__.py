"""The pages of moderation: the queue and the log for moderators, reporting for everybody."""

from flask import Blueprint

moderation = Blueprint("moderation", __name__)

from forum.moderation.routes import (  # noqa: E402,F401 - they add their routes
    flagging,
    log,
    messages,
    queue,
    several,
)
