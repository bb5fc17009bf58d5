"""The pages of notifications."""

from flask import Blueprint

notifications = Blueprint("notifications", __name__)

from forum.notifications.routes import bell, preferring, unsubscribing  # noqa: E402,F401 - they add their routes
