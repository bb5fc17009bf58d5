"""Events: what may be asked over the line. Each says who may, what it takes and what it is about, as routes do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from forum.access.permissions import Permission
from forum.web.params import Params
from forum.web.token_scopes import TokenScope

Handler = TypeVar("Handler", bound=Callable[..., dict[str, Any]])
Finder = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `handler(viewer, params)`, or `handler(viewer, subject, params)` where it is about something."""

    name: str
    takes: type[Params]
    handler: Callable[..., dict[str, Any]]
    access: str
    permission: Permission | None
    find_subject: Finder | None
    scope: TokenScope
    recent: bool = False


EVENTS: dict[str, Event] = {}


def on(
    name: str,
    takes: type[Params],
    *,
    subject: Finder | None = None,
    permission: Permission | None = None,
    signed_in: bool = False,
    open_to_all: bool = False,
    scope: TokenScope = TokenScope.WRITE,
    recent: bool = False,
) -> Callable[[Handler], Handler]:
    """Answer this event. What the handler answers is the `data` of the acknowledgement.

    `subject(viewer, params)` finds what it is about, or None where that is not there for the viewer. `scope` is what a
    program's token must be good for. With `recent` the standing may be of a moment ago: its handler reads anew what the rule asks.
    """
    if (permission is not None) + signed_in + open_to_all != 1:
        raise TypeError(f"{name}: say who may: permission=…, signed_in=True or open_to_all=True")
    access = f"requires {permission}" if permission else "signed in" if signed_in else "open to all"

    def register(handler: Handler) -> Handler:
        known = EVENTS.get(name)
        if known is not None and known.handler.__module__ != handler.__module__:
            raise TypeError(f"{name}: answered twice")
        EVENTS[name] = Event(name, takes, handler, access, permission, subject, scope, recent)
        return handler

    return register
