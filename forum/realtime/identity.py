"""Who is behind a connection. The accounts, which are above this, say it through one hook."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from forum.access.viewer import VISITOR, Viewer
from forum.core import clock
from forum.core.db import which_database
from forum.core.remembered import set_free
from forum.core.transactions import commits

RECENT = timedelta(seconds=0.25)
MOST_RECENT = 20_000


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a connection stands on: a browser's session, a program's token, or nothing (a visitor)."""

    user_id: int | None = None
    session_id: int | None = None
    token_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sign-in is worth at this moment; `ended` says why it is worth nothing any more."""

    viewer: Viewer = VISITOR
    ended: str = ""
    session: Any = None
    bearer: Any = None


class Identity(Protocol):
    """What accounts answer."""

    def recognize(self, auth: Mapping[str, Any]) -> SignIn:
        """Who connects, in the context of the request that does; raises a ForumError for whoever must not."""
        ...

    def standings(self, sign_ins: Collection[SignIn], *, kept: bool) -> dict[SignIn, Standing]:
        """What these are worth now, read from the database; one statement for all sessions, one for all tokens. With
        `kept` the people may be those that are kept in process as long as their rows are the same: for looking alone."""
        ...

    def doubtful(self, sign_ins: Collection[SignIn]) -> set[SignIn]:
        """Those of them that may be over, at a glance: all that are, and perhaps more."""
        ...


class _Nobody:
    """Before accounts have registered: all are visitors."""

    def recognize(self, auth: Mapping[str, Any]) -> SignIn:
        return SignIn()

    def standings(self, sign_ins: Collection[SignIn], *, kept: bool) -> dict[SignIn, Standing]:
        return {sign_in: Standing() for sign_in in sign_ins}

    def doubtful(self, sign_ins: Collection[SignIn]) -> set[SignIn]:
        return set()


_identity: Identity = _Nobody()
_recent: dict[SignIn, tuple[object, datetime, Standing]] = {}


def use_identity(identity: Identity) -> None:
    """Tell who knows people; called once by `accounts`."""
    global _identity
    _identity = identity


def recognize(auth: Mapping[str, Any]) -> SignIn:
    return _identity.recognize(auth)


def recent_standing(sign_in: SignIn) -> Standing:
    """What it was worth a moment ago, if nothing was changed in this process since, else now. For looking alone: whoever
    acts on it reads again what matters."""
    mark, now = (which_database(), commits()), clock.now()
    known = _recent.get(sign_in)
    if known is not None and known[0] == mark and timedelta(0) <= now - known[1] < RECENT:
        return known[2]
    standing = standings_of({sign_in}, kept=True)[sign_in]
    if standing.viewer.user is not None:
        set_free(
            standing.viewer.user
        )  # others look at it, while the session that read it does something else
    if len(_recent) > MOST_RECENT:
        _recent.clear()
    _recent[sign_in] = (mark, now, standing)
    return standing


def standings_of(sign_ins: Collection[SignIn], *, kept: bool = False) -> dict[SignIn, Standing]:
    """What these are worth now; visitors cost nothing. `kept`: nothing is changed with what is answered."""
    known = {sign_in for sign_in in sign_ins if sign_in.user_id is not None}
    found: dict[SignIn, Standing] = dict.fromkeys(set(sign_ins) - known, Standing())
    return found | (_identity.standings(known, kept=kept) if known else {})


def doubtful(sign_ins: Collection[SignIn]) -> set[SignIn]:
    """Those of them that must be looked at closely."""
    known = {sign_in for sign_in in sign_ins if sign_in.user_id is not None}
    return _identity.doubtful(known) if known else set()
