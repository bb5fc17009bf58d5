"""The pages of discussions."""

from flask import Blueprint

discussions = Blueprint("discussions", __name__)

from forum.discussions.routes import (  # noqa: E402,F401 - they add their routes
    acting,
    answers,
    audience,
    authorship,
    bookmarks,
    composing,
    curating,
    drafts,
    history,
    ignoring,
    polls,
    printing,
    reactions,
    reading,
    related,
    removing,
    splitting,
    topic,
    watching,
)
