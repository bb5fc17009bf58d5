"""Discussions for programs: the same queries and actions as the pages."""

from flask import Blueprint

from forum.web.operations import API

discussions_api = Blueprint("discussions_api", __name__, url_prefix=API)

from forum.discussions.api import (  # noqa: E402,F401 - they add their routes
    answers,
    bookmarks,
    composing,
    curating,
    drafts,
    ignoring,
    moderating,
    polls,
    posts,
    reactions,
    reading,
    removing,
    splitting,
    tags,
    topics,
    watching,
)
