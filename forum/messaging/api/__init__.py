"""Conversations for programs: the same queries and actions as the sockets and the pages."""

from flask import Blueprint

from forum.web.operations import API

messaging_api = Blueprint("messaging_api", __name__, url_prefix=API)

from forum.messaging.api import (  # noqa: E402,F401 - they add their routes
    blocking,
    conversations,
    messages,
    participants,
)
