"""What slows guessing down. Counted by account and network together, by network, and for the whole site; how many wrong
passwords an account may see in a row is in `wrong_passwords`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2s

from forum.accounts import wrong_passwords
from forum.accounts.addresses import key_of
from forum.accounts.models import User
from forum.core.errors import Invalid
from forum.core.transactions import let_go
from forum.web import limits
from forum.web.request import client_network

FREE_FAILURES = 5
LONGEST_PAUSE = 4.0


@contextmanager
def guarding_password(account: str | User) -> Iterator[None]:
    """Around a check of a password: failures count, a success is forgotten. The account may be one that is not there."""
    (key, user_id), network = wrong_passwords.account_key(account), client_network()
    let_go()  # whoever waits below holds nothing
    limits.hit("signin:account", key, network)
    limits.check("signin:network", network)
    limits.check("signin:site")
    failures = limits.count("signin:failures", key)
    if (
        failures >= FREE_FAILURES
    ):  # from however many networks: each further try takes longer, for whoever tries
        time.sleep(min(0.25 * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE))
    try:
        yield
    except Invalid as error:
        if error.errors.keys() != {"new_password"}:  # then it is the new one that cannot be taken
            limits.note("signin:failures", key)
            wrong_passwords.note(key, user_id)
            limits.note("signin:site")
            limits.hit("signin:network", network)
        raise
    limits.clear("signin:account", key, network)
    limits.clear("signin:failures", key)


def guard_mail(email: str) -> None:
    """Before anything is sent to an address that anybody may give: a few a day for it, and for the network."""
    limits.hit("reset:network", client_network())
    limits.hit("reset:address", blake2s(key_of(email).encode("utf-8", "replace"), digest_size=12).hexdigest())


def guard_registration() -> None:
    limits.hit("register:network", client_network())
    limits.hit("register:site")


def guard_confirmation(user_id: int) -> None:
    """Before the password of one of several registrations for the same address is compared."""
    limits.hit("confirm:code", user_id)
