"""Messages as pages: they work as plain forms, and scripts make a live talk of them."""

from flask import Blueprint

messaging = Blueprint("messaging", __name__)

from forum.messaging.routes import (  # noqa: E402,F401 - they add their routes
    beginning,
    choosing,
    keeping,
    messages,
    talking,
)
