"""The rules: one pure function for each permission, over attributes alone."""

from collections.abc import Callable
from typing import Any, TypeVar

from forum.access.permissions import Permission
from forum.access.verdicts import Verdict
from forum.access.viewer import Viewer

Rule = Callable[[Viewer, Any], Verdict]
R = TypeVar("R", bound=Callable[..., Verdict])

RULES: dict[Permission, Rule] = {}


def rule(permission: Permission) -> Callable[[R], R]:
    """Say that this function judges this permission."""

    def register(function: R) -> R:
        if permission in RULES:
            raise RuntimeError(f"two rules for {permission}")
        RULES[permission] = function
        return function

    return register


def judge(permission: Permission, viewer: Viewer, subject: Any = None) -> Verdict:
    return RULES[permission](viewer, subject)


from forum.access.rules import (  # noqa: E402,F401 - the rules register themselves
    answering,
    curating,
    discussions,
    explaining,
    flags,
    messaging,
    people,
    polls,
    site,
    taking_part,
    uploads,
)
