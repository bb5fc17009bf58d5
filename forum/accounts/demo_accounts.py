"""The accounts of the demo that one click signs in with: on this machine alone, where no site is configured."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from forum.accounts.models import User
from forum.accounts.queries import find_by_username, holds_demo
from forum.config import Config
from forum.web.request import is_loopback

# How the demo names them: username, what they are in one word, a line about them.
Listing = Callable[[], list[tuple[str, str, str]]]
EXTENSION = "forum_demo_accounts"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    user: User
    role: str
    about: str


def to_show() -> list[DemoAccount]:
    """Whom the sign-in page offers to whoever makes this request; nobody anywhere but in a demo on this machine."""
    config: Config = current_app.extensions["forum_config"]
    listing: Listing | None = current_app.extensions.get(EXTENSION)
    if listing is None or config.site_url or config.env == "production" or not is_loopback():
        return []
    if not holds_demo():
        return []
    found = [(find_by_username(username), role, about) for username, role, about in listing()]
    return [DemoAccount(user, role, about) for user, role, about in found if user is not None]


def find(username: str) -> User | None:
    """The account of that name, if the sign-in page offers it."""
    return next((account.user for account in to_show() if account.user.username == username), None)
