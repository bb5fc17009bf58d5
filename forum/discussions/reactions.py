"""The reactions that the society chose, read from its settings, and what a post says of those it got."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from forum.core import settings


@dataclass(frozen=True, slots=True)
class ReactionKind:
    """A reaction one can give. `emoji` is empty where the society has taken it out of its set again."""

    name: str
    emoji: str
    label: str


@dataclass(frozen=True, slots=True)
class ReactionCount:
    kind: ReactionKind
    count: int


def reaction_kinds() -> dict[str, ReactionKind]:
    """What can be given, by name, in the society's order."""
    lines = (line.split(maxsplit=2) for line in settings.current().reactions.splitlines())
    return {name: ReactionKind(name, emoji, _(label)) for name, emoji, label in lines}


def counted_reactions(
    counts: Mapping[str, int], kinds: Mapping[str, ReactionKind]
) -> tuple[ReactionCount, ...]:
    """Those that somebody gave, in the society's order; what is no longer in its set comes last, by its name."""
    known = [name for name in kinds if counts.get(name)]
    others = sorted(name for name, count in counts.items() if count and name not in kinds)
    return tuple(
        ReactionCount(kinds.get(name) or ReactionKind(name, "", name), counts[name])
        for name in [*known, *others]
    )
