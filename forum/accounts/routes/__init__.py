"""The pages of accounts."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)

from forum.accounts.routes import feeds, registering, resetting, settings, signing_in, tokens  # noqa: E402,F401 - they add their routes
