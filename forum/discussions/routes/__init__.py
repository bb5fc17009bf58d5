"""The pages of discussions."""

from flask import Blueprint

discussions = Blueprint("discussions", __name__)

from forum.discussions.routes import acting, audience, composing, drafts, history, printing, reading, topic  # noqa: E402,F401 - they add their routes
