"""What slows guessing down. Counted by account and network together, and by network; an account alone is never locked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2s

from forum.accounts.addresses import key_of
from forum.accounts.models import User
from forum.core.errors import Invalid
from forum.web import limits
from forum.web.request import client_network

FREE_FAILURES = 5
LONGEST_PAUSE = 4.0


@contextmanager
def guarding_password(account: str | User) -> Iterator[None]:
    """Around a check of a password: failures count, a success is forgotten. The account may be one that is not there."""
    key, network = account_digest(account), client_network()
    limits.hit("signin:account", key, network)
    limits.check("signin:network", network)
    failures = limits.count("signin:failures", key)
    if (
        failures >= FREE_FAILURES
    ):  # from however many networks: each further try takes longer, for whoever tries
        time.sleep(min(0.25 * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE))
    try:
        yield
    except Invalid:
        limits.hit("signin:network", network)
        limits.note("signin:failures", key)
        raise
    limits.clear("signin:account", key, network)
    limits.clear("signin:failures", key)


def guard_mail(email: str) -> None:
    """Before anything is sent to an address that anybody may give: a few a day for it, and for the network."""
    limits.hit("reset:network", client_network())
    limits.hit("reset:address", account_digest(email))


def guard_registration() -> None:
    limits.hit("register:network", client_network())
    limits.hit("register:site")


def guard_confirmation(user_id: int) -> None:
    """Before the password of one of several registrations for the same address is compared."""
    limits.hit("confirm:code", user_id)


def account_digest(account: str | User) -> str:
    """The key an account is counted by: no address is kept in memory or in Redis."""
    text = account if isinstance(account, str) else account.email_key or account.username_key
    return blake2s(key_of(text).encode("utf-8", "replace"), digest_size=12).hexdigest()
