"""The demo: a society to look around in, kept as plain files and loaded into an empty database."""

from flask import Flask

from forum.accounts.demo_accounts import EXTENSION
from forum.demo.accounts import list_accounts
from forum.demo.mark import holds_demo


def register(app: Flask) -> None:
    """Offer the demo accounts to the sign-in page, and tell every page whether it shows the demo."""
    app.extensions[EXTENSION] = list_accounts
    app.context_processor(lambda: {"demo": holds_demo()})
