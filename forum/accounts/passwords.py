"""Passwords: hashed with argon2id away from the event loop, the same work whether or not the account is there."""

import os
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Flask, current_app
from flask_babel import gettext as _

from forum.accounts import weak_passwords
from forum.config import Config
from forum.core import settings
from forum.core.errors import Invalid, Unavailable
from forum.core.off_loop import off_loop
from forum.core.transactions import let_go

FEWEST_CHARACTERS = 15
MOST_BYTES = 256
PATIENCE = 10.0  # seconds one waits for a core before the answer is "try again"

P = ParamSpec("P")
R = TypeVar("R")


class Passwords:
    """The hasher of one application, at most one hash per core at a time."""

    def __init__(self, config: Config) -> None:
        if config.testing:
            self.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        else:
            self.hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self.turns = threading.BoundedSemaphore(_cores())
        self.verifications = 0
        self._decoy = ""

    def hash(self, password: str) -> str:
        return self._away(self.hasher.hash, password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether this is the password of that hash. Without a hash the same work is done, and the answer is no."""
        if not self._decoy:
            self._decoy = self.hash(secrets.token_hex(16))
        self.verifications += 1
        return self._away(self._matches, stored or self._decoy, password) and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        return self.hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self.hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _away(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it in a native thread where greenlets run (an inline hash would stop everybody), else right here."""
        if not self.turns.acquire(timeout=PATIENCE):
            raise Unavailable(
                message=_("Many people are signing in at this moment. Try again in a few seconds.")
            )
        try:
            return off_loop(work, *args, **kwargs)
        finally:
            self.turns.release()


def init_passwords(app: Flask, config: Config) -> None:
    app.extensions["forum_passwords"] = Passwords(config)


def hash_password(password: str) -> str:
    """Outside of any transaction: it takes long, and nothing is held open meanwhile."""
    let_go()
    return _passwords().hash(normalize(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it fits, outside of any transaction; the same work where there is no hash to compare with."""
    let_go()
    try:
        text = normalize(password)
    except ValueError:
        stored, text = None, ""
    return _passwords().verify(stored, text)


def is_outdated(stored: str | None) -> bool:
    """Whether a hash was made with weaker settings than those of today."""
    return stored is not None and _passwords().is_outdated(stored)


def normalize(password: str) -> str:
    """One form for what different keyboards send (NFKC). ValueError for what is too long; nothing is cut off."""
    text = unicodedata.normalize("NFKC", password)
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(_("At most %(count)s bytes.", count=MOST_BYTES))
    return text


def check_length(password: str) -> str:
    """The password as it came, if it is long enough and not too long."""
    if len(normalize(password)) < FEWEST_CHARACTERS:
        raise ValueError(
            _(
                "At least %(count)s characters. A few unrelated words make a good password.",
                count=FEWEST_CHARACTERS,
            )
        )
    return password


def check_strength(password: str, *, context: Iterable[str], field: str = "password") -> None:
    """Raise Invalid for what is short, or tried first by others. `context` names what stands around the account."""
    try:
        check_length(password)
    except ValueError as error:
        raise Invalid({field: str(error)}) from None
    if weak_passwords.is_easy(normalize(password), context=[settings.current().name, *context]):
        raise Invalid(
            {field: _("This is among the first that others would try. Take a few unrelated words instead.")}
        )


def _passwords() -> Passwords:
    found: Passwords = current_app.extensions["forum_passwords"]
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
