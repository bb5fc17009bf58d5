"""The pages of accounts."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)

from forum.accounts.routes import feeds, ignoring, registering, resetting, settings, signing_in, tokens  # noqa: E402,F401 - they add their routes
