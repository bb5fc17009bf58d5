"""People: accounts, standing, sign-in, sessions, profiles, settings."""

from flask import Flask

from forum.accounts.identity import init_identity
from forum.config import Config

__all__ = ["init_identity", "register"]


def register(app: Flask) -> None:
    """The doors of accounts."""
    from forum.accounts import listening, notices, tasks  # noqa: F401 - they listen, and are called by schedule
    from forum.accounts.api import accounts_api
    from forum.accounts.devices import network_name
    from forum.accounts.passwords import init_passwords
    from forum.accounts.routes import accounts

    config: Config = app.extensions["forum_config"]
    init_passwords(app, config)
    app.jinja_env.filters["network_name"] = network_name
    app.register_blueprint(accounts)
    app.register_blueprint(accounts_api)
