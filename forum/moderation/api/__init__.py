"""Moderation for programs: the same queries and actions as the pages."""

from flask import Blueprint

from forum.web.operations import API

moderation_api = Blueprint("moderation_api", __name__, url_prefix=API)

from forum.moderation.api import flags, log, messages, several  # noqa: E402,F401 - they add their routes
