"""People: accounts, standing, sign-in, sessions, profiles, settings."""

from flask import Flask

from forum.accounts.identity import init_identity

__all__ = ["init_identity", "register"]


def register(app: Flask) -> None:
    """The doors of accounts."""
