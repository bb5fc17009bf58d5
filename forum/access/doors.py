"""Doors: every route says who may come in. A subject that is not there for the viewer is not there at all."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask
from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.verdicts import Verdict
from forum.access.viewer import Viewer, current_viewer
from forum.core.errors import Forbidden, NotFound, SignInNeeded

View = TypeVar("View", bound=Callable[..., Any])
Finder = Callable[..., Any]


def authorize(permission: Permission, viewer: Viewer, subject: Any = None) -> None:
    """Go on, or raise Forbidden with the rule's reason (SignInNeeded for a visitor, who may yet become somebody)."""
    verdict = judge(permission, viewer, subject)
    if verdict:
        return
    if not viewer.has_account:
        raise SignInNeeded(verdict.reason)
    raise Forbidden(verdict.reason)


def requires(permission: Permission, *, subject: Finder | None = None) -> Callable[[View], View]:
    """The route needs this permission. `subject(viewer, **url)` finds what it is about, or None where it is not there.

    The view gets `viewer`, and the subject where there is one; the arguments of the address that found it are used up.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def door(**url: Any) -> Any:
            viewer = current_viewer()
            if subject is None:
                authorize(permission, viewer)
                return view(viewer, **url)
            found = subject(viewer, **url)
            if found is None:
                raise NotFound
            authorize(permission, viewer, found)
            return view(viewer, found)

        door.find_subject = subject  # type: ignore[attr-defined]
        return cast(View, _mark(door, f"requires {permission}"))

    return decorate


def signed_in(view: View) -> View:
    """The route is for anybody with an account, and about that account alone."""

    @functools.wraps(view)
    def door(**url: Any) -> Any:
        viewer = current_viewer()
        if not viewer.has_account:
            raise SignInNeeded(_("Sign in to see this page."))
        if viewer.user is None:
            raise Forbidden(_("This page belongs to one person's account: a preview does not show it."))
        return view(viewer, **url)

    return cast(View, _mark(door, "signed in"))


def open_to_all(view: View) -> View:
    """The route answers everybody; what it lists goes through the audience rule."""

    @functools.wraps(view)
    def door(**url: Any) -> Any:
        return view(current_viewer(), **url)

    return cast(View, _mark(door, "open to all"))


def access_of(view: Any) -> str | None:
    """What a view declares, for the tests that count the doors."""
    declared: str | None = getattr(view, "declared_access", None)
    return declared


def finder_of(view: Any) -> Finder | None:
    """How a door finds what it is about, where it is about something."""
    found: Finder | None = getattr(view, "find_subject", None)
    return found


def _mark(door: Callable[..., Any], access: str) -> Any:
    door.declared_access = access  # type: ignore[attr-defined]
    return door


def init_doors(app: Flask) -> None:
    def can(permission: str, subject: Any = None) -> Verdict:
        return judge(Permission(permission), current_viewer(), subject)

    app.jinja_env.globals["can"] = can
